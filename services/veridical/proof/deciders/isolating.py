"""Roots of an equation between two rationals: where its sides change places, and what holds there.

Sides are made of operations that are continuous where they are defined, so that sides that change places
are equal somewhere in between; a pole, where they are far apart on both ends, is no root.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from veridical.math.equality.work import OutOfReachError, Work
from veridical.math.terms import Apply, Relation, Term
from veridical.proof.deciders.readings import readings
from veridical.proof.deciders.rounding import has_decimals
from veridical.proof.deciders.values import measure
from veridical.proof.parts import parts_of

Ends: TypeAlias = tuple[Fraction, Fraction]
_GRID = tuple(
    Fraction(tenths, 10)
    for tenths in (-400, -230, -130, -70, -45, -29, -17, -7, -1, 3, 9, 13, 19, 27, 37, 53, 80, 130, 270, 600)
)  # fmt: skip
"""Where signs are compared: uneven, so that hardly a root lies on it."""
_MAX_ROOTS = 3
_HALVINGS = 33
_NEAR = Fraction(1, 10**6)
"""Distance of the sides, relative to their sizes, below which they may be equal."""
_ROUNDED = Fraction(1, 20)
"""The same where decimals stand in an equation."""
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
_HAIR = Fraction(1, 1 << 40)


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
        ends = _narrowed(relation, point, name, ((low, below), (high, above)), work)
        if ends is not None:
            found.append(ends)
    return tuple(found)


def fails_between(
    relation: Relation,
    point: Mapping[str, Fraction],
    name: str,
    ends: Ends,
    work: Work,
    *,
    rounded: bool = False,
) -> bool:
    """Say whether the sides of an equation are well apart, the same way round, at both ends of a narrow interval.

    Args:
        relation: An equation.
        point: Values of its other unknowns.
        name: The unknown.
        ends: The interval.
        work: What this may take.
        rounded: Whether the interval comes from decimals, which may be rounded.

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
        near = _ROUNDED if rounded or has_decimals(reading) else _NEAR
        if min(abs(first), abs(second)) <= near * scale:
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
    ends: tuple[Ends, Ends],
    work: Work,
) -> Ends | None:
    """Return a narrow interval around a root between two places, each given with what the sides differ by there."""
    (low, _), (high, above) = ends
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        value = _apart(relation, {**point, name: middle}, work)
        if value is None:
            return None
        if not value:
            low, high = middle - _HAIR, middle + _HAIR
            break
        if (value > 0) == (above > 0):
            high = middle
        else:
            low = middle
    near = (low, high)
    apart = _apart(relation, {**point, name: low}, work)
    scale = _scale(relation, {**point, name: low}, work)
    is_root = is_root_between(relation, point, name, near, work)
    return near if is_root and apart is not None and abs(apart) < _NEAR * scale else None


def _jumps(term: Term) -> bool:
    return any(
        isinstance(part, Apply) and (part.function in _JUMPS or len(part.function) == 1)
        for part in parts_of(term)
    )


def _apart(relation: Relation, point: Mapping[str, Fraction], work: Work) -> Fraction | None:
    """Return the left side less the right one, 0 where they are not told apart; None where one is not real."""
    try:
        left, right = measure(relation.left, work, point), measure(relation.right, work, point)
    except OutOfReachError:
        return None
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
