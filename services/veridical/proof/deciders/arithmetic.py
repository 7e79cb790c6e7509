"""Relations between constants: exact rationals, decimals as rounded, irrationals with error bounds."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from veridical.math.equality.work import Work
from veridical.math.terms import Constant, Number, Quantity, Relation
from veridical.proof.deciders.readings import readings, units_of
from veridical.proof.deciders.rounding import Room, has_decimals, result_step, room
from veridical.proof.deciders.values import Measure, difference, measure
from veridical.proof.model import ClaimVerdict, ErrorKind, Finding, Method, OpenReason

OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "approx"})
_LETTERS = (Constant.I, Constant.E)
_CLOSE = Fraction(1, 50)
"""Relative distance that "about" allows."""
_WRONG = Fraction(1, 10)
"""Relative distance that no "about" allows."""
_DIGITS = 100
"""Units of its last place from which on a decimal is precise."""
_AGREED = Fraction(1, 1 << 90)
"""Distance, relative to the values, up to which irrationals that are not told apart are equal."""


class Truth(Enum):
    """Whether a relation of constants holds."""

    TRUE = "true"
    FALSE = "false"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reading of a relation comes to.

    Attributes:
        truth: Whether it holds.
        left: The value of its left side, None where it has none.
        right: The same for its right side.
    """

    truth: Truth
    left: Measure | None = None
    right: Measure | None = None


def decide_constants(
    relation: Relation,
    work: Work,
    *,
    approximate: bool = False,
    rounded: AbstractSet[Fraction] = frozenset(),
) -> Finding:
    """Decide a relation without variables.

    Args:
        relation: It.
        work: What this may take.
        approximate: Whether the text says "about".
        rounded: Absolute values of decimals that are known to be rounded.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    first: Outcome | None = None
    is_open = False
    for reading in readings(relation, work):
        outcome = outcome_of(reading, work, approximate=approximate, rounded=rounded)
        first = first or outcome
        if outcome.truth is Truth.TRUE:
            return Finding(ClaimVerdict.ENTAILED, Method.ARITHMETIC)
        is_open = is_open or outcome.truth is Truth.OPEN
    if first is None or first.left is None or first.right is None:
        return _open(OpenReason.UNSUPPORTED, "a side has no value that is known")
    if is_open or len(units_of(relation)) > 1:
        return _open(OpenReason.AMBIGUOUS, f"{first.left} against {first.right}")
    if relation.left in _LETTERS or relation.right in _LETTERS:
        return _open(OpenReason.AMBIGUOUS, "a letter that is a constant, or a variable")
    return _refuted(relation, first.left, first.right)


def _open(reason: OpenReason, note: str) -> Finding:
    return Finding(ClaimVerdict.UNVERIFIED, open=reason, note=note)


def _refuted(relation: Relation, left: Measure, right: Measure) -> Finding:
    return Finding(
        ClaimVerdict.CONTRADICTED,
        Method.ARITHMETIC,
        counterexample=(("left", str(left)), ("right", str(right))),
        error=ErrorKind.CALCULATION,
        note=f"{left} {relation.operator} {right} is false",
    )


def outcome_of(
    relation: Relation,
    work: Work,
    *,
    approximate: bool = False,
    rounded: AbstractSet[Fraction] = frozenset(),
) -> Outcome:
    """Say whether one reading of a relation holds.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    left, right = measure(relation.left, work), measure(relation.right, work)
    if left is None or right is None or relation.operator not in OPERATORS:
        return Outcome(Truth.OPEN, left, right)
    if relation.operator == "approx" or (approximate and _may_be_about(relation)):
        truth = _about(relation, left, right, work)
    elif relation.operator in {"=", "!="}:
        truth = _equal(relation, left, right, rounded, work)
        if relation.operator == "!=":
            truth = NOT[truth]
    else:
        truth = _ordered(relation, left, right, work)
    return Outcome(truth, left, right)


def _may_be_about(relation: Relation) -> bool:
    """Say whether "about" can be meant of a relation: `sqrt(8) = 2 sqrt(2)` beside it is exact."""
    sides = (relation.left, relation.right)
    return has_decimals(relation) or any(isinstance(side, Number | Quantity) for side in sides)


NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.OPEN: Truth.OPEN}
"""The truth of what is denied."""


def _equal(
    relation: Relation, left: Measure, right: Measure, rounded: AbstractSet[Fraction], work: Work
) -> Truth:
    apart, radius = difference(left, right)
    if apart <= radius:
        scale = max(abs(left.real), abs(left.imaginary), Fraction(1))
        return Truth.TRUE if radius <= scale * _AGREED else Truth.OPEN
    if has_decimals(relation):
        return _within(apart - radius, room(relation, rounded, work))
    if left.is_exact and right.is_exact and _is_whole_part(relation, left, right):
        return Truth.OPEN
    return Truth.FALSE


def _within(apart: Fraction, allowed: Room) -> Truth:
    if apart <= allowed.sure:
        return Truth.TRUE
    return Truth.OPEN if apart <= allowed.likely or apart < allowed.cut else Truth.FALSE


def _is_whole_part(relation: Relation, left: Measure, right: Measure) -> bool:
    """Say whether an integer stands for a fraction beside it, as `7 / 2 = 3` may mean 3 times."""
    for value, whole, side in (
        (left.real, right.real, relation.right),
        (right.real, left.real, relation.left),
    ):
        if value.denominator != 1 and whole.denominator == 1 and result_step(side) is None:
            return whole in {math.floor(value), math.ceil(value)} and abs(value) > 1
    return False


def _about(relation: Relation, left: Measure, right: Measure, work: Work) -> Truth:
    apart, radius = difference(left, right)
    scale = max(abs(left.real), abs(right.real), abs(left.imaginary), abs(right.imaginary))
    if _is_precise(relation):
        allowed = radius + _CLOSE * scale + room(relation, frozenset(), work).likely
        return Truth.TRUE if apart <= allowed else Truth.FALSE
    steps = [result_step(side) or Fraction(0) for side in (relation.left, relation.right)]
    if apart <= radius + max(sum(steps), _CLOSE * scale):
        return Truth.TRUE
    integers = [side.real for side in (left, right) if side.is_exact and side.real.denominator == 1]
    near = Fraction(1) if integers else max(steps) * 2
    return Truth.OPEN if apart <= radius + max(near, _WRONG * scale) else Truth.FALSE


def _is_precise(relation: Relation) -> bool:
    """Say whether one side is a decimal of so many digits that it is no rough guess."""
    sides = ((side, result_step(side)) for side in (relation.left, relation.right))
    return any(
        step is not None
        and step < 1
        and isinstance(side, Number)
        and abs(side.value) >= _DIGITS * step
        for side, step in sides
    )


def _ordered(relation: Relation, left: Measure, right: Measure, work: Work) -> Truth:
    if abs(left.imaginary) > left.radius or abs(right.imaginary) > right.radius:
        return Truth.OPEN
    apart = left.real - right.real
    radius = left.radius + right.radius
    if abs(apart) <= radius:
        if radius:
            return Truth.OPEN
        return Truth.TRUE if relation.operator in {"<=", ">="} else Truth.FALSE
    holds = (apart < 0) == (relation.operator in {"<", "<="})
    if not holds and has_decimals(relation):
        return Truth.OPEN if abs(apart) <= room(relation, frozenset(), work).likely else Truth.FALSE
    return Truth.TRUE if holds else Truth.FALSE
