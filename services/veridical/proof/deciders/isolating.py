"""Roots of an equation between two rationals: where its sides change places, and what holds there.

Sides are made of operations that are continuous where they are defined, so that sides that change places
are equal somewhere in between; a pole, where they are far apart on both ends, is no root.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Relation, Term
from veridical.proof.deciders.readings import readings
from veridical.proof.deciders.values import measure
from veridical.proof.parts import parts_of

Ends: TypeAlias = tuple[Fraction, Fraction]
_GRID = tuple(
    map(
        Fraction,
        [
            "-40",
            "-23",
            "-13",
            "-7",
            "-9/2",
            "-29/10",
            "-17/10",
            "-7/10",
            "-1/10",
            "3/10",
            "9/10",
            "13/10",
            "19/10",
            "27/10",
            "37/10",
            "53/10",
            "8",
            "13",
            "27",
            "60",
        ],
    )
)
"""Where signs are compared: uneven, so that hardly a root lies on it."""
_MAX_ROOTS = 4
_HALVINGS = 42
_NEAR = Fraction(1, 10**6)
"""Distance of the sides, relative to their sizes, below which they may be equal."""
_JUMPS = frozenset(
    {
        "floor",
        "ceil",
        "mod",
        "sign",
        "gcd",
        "lcm",
        "piecewise",
        "factorial",
        "binomial",
        "tan",
        "cot",
        "sec",
        "csc",
    }
)
_COARSE = 1 << 56


def roots_between(
    relation: Relation, point: Mapping[str, Fraction], name: str, work: Work
) -> tuple[Ends, ...]:
    """Return narrow intervals that hold a root of an equation each, as far as some are found.

    Args:
        relation: An equation.
        point: Values of its other unknowns.
        name: The unknown.
        work: What this may take.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if relation.operator != "=" or _jumps(relation) or len(list(readings(relation, work))) > 1:
        return ()
    found: list[Ends] = []
    values = [(at, _apart(relation, {**point, name: at}, work)) for at in _GRID]
    for (low, below), (high, above) in pairwise(values):
        if below is None or above is None or below * above >= 0 or len(found) == _MAX_ROOTS:
            continue
        ends = _narrowed(relation, point, name, (low, high), above > 0, work)
        if ends is not None:
            found.append(ends)
    return tuple(found)


def fails_between(
    relation: Relation, point: Mapping[str, Fraction], name: str, ends: Ends, work: Work
) -> bool:
    """Say whether the sides of an equation are well apart, the same way round, at both ends of a narrow interval.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if relation.operator != "=" or _jumps(relation):
        return False
    for reading in readings(relation, work):
        apart = [_apart(reading, {**point, name: at}, work) for at in ends]
        if any(each is None or not each for each in apart):
            return False
        first, second = apart[0] or Fraction(0), apart[1] or Fraction(0)
        if first * second <= 0:
            return False
        scale = _scale(reading, {**point, name: ends[0]}, work)
        if min(abs(first), abs(second)) <= _NEAR * scale:
            return False
    return True


def is_root_between(
    relation: Relation, point: Mapping[str, Fraction], name: str, ends: Ends, work: Work
) -> bool:
    """Say whether the sides of an equation change places between two ends.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    below, above = (_apart(relation, {**point, name: at}, work) for at in ends)
    return below is not None and above is not None and below * above < 0


def _narrowed(
    relation: Relation,
    point: Mapping[str, Fraction],
    name: str,
    ends: Ends,
    rises: bool,
    work: Work,
) -> Ends | None:
    low, high = ends
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        value = _apart(relation, {**point, name: middle}, work)
        if value is None:
            return None
        if value == 0:
            low, high = middle - Fraction(1, _COARSE), middle + Fraction(1, _COARSE)
            break
        if (value > 0) == rises:
            high = middle
        else:
            low = middle
    apart = _apart(relation, {**point, name: low}, work)
    scale = _scale(relation, {**point, name: low}, work)
    is_root = is_root_between(relation, point, name, (low, high), work)
    return (low, high) if is_root and apart is not None and abs(apart) < _NEAR * scale else None


def _jumps(term: Term) -> bool:
    return any(
        isinstance(part, Apply) and (part.function in _JUMPS or len(part.function) == 1)
        for part in parts_of(term)
    )


def _apart(relation: Relation, point: Mapping[str, Fraction], work: Work) -> Fraction | None:
    """Return the left side less the right one, 0 where they are not told apart; None where one is not real."""
    left, right = measure(relation.left, work, point), measure(relation.right, work, point)
    if left is None or right is None:
        return None
    if abs(left.imaginary) > left.radius or abs(right.imaginary) > right.radius:
        return None
    difference = left.real - right.real
    return difference if abs(difference) > left.radius + right.radius else Fraction(0)


def _scale(relation: Relation, point: Mapping[str, Fraction], work: Work) -> Fraction:
    left, right = measure(relation.left, work, point), measure(relation.right, work, point)
    sizes = [abs(each.real) for each in (left, right) if each is not None]
    return max([Fraction(1), *sizes])
