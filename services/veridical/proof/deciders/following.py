"""Whether an equation can be another one rewritten: it cannot, if it fails wherever that one holds.

Points at which the first equation holds are found exactly: all unknowns but one get small numbers, and the
last one is solved for, where it stands to the first power. Of one unknown the polynomials are compared.
Other roots are shut in between two rationals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.survey import check_size
from veridical.math.equality.work import Work
from veridical.math.terms import Relation
from veridical.proof.deciders.identities import gap, refuted_by
from veridical.proof.deciders.isolating import Ends, fails_between, roots_between
from veridical.proof.deciders.limits import NOT_DECIDED
from veridical.proof.deciders.opaque import opaque
from veridical.proof.deciders.polynomials import (
    Polynomial,
    common,
    degree,
    names_in,
    rational_roots,
    remainder,
    simple,
    univariate,
)
from veridical.proof.deciders.rounding import has_decimals
from veridical.proof.model import ClaimVerdict, ErrorKind, Finding, Method
from veridical.proof.parts import names_of

_LEAST = 3
"""Points that a refutation takes."""
_TRIED = 8
_NONLINEAR = _SEVERAL = 2
_VALUES = tuple(map(Fraction, ("2", "3", "5", "-1", "7", "1/2", "-4", "11", "3/7", "13")))
_AT = (Fraction(3), Fraction(5), Fraction(7))
"""Values of the last unknown at which its power is told: evenly apart, and none of them special."""


def refute_following(
    before: Relation, after: Relation, work: Work, *, exact: bool = False
) -> Finding | None:
    """Refute that `after` follows from `before` alone; None where it may.

    Args:
        before: An equation.
        after: An equation in some of its unknowns.
        work: What this may take.
        exact: Whether only points count that are known exactly.
    """
    try:
        check_size(before, work)
        check_size(after, work)
        before, after = opaque(before, work), opaque(after, work)
        names = sorted(names_of(before))
        if not names_of(after) or not names_of(after) <= {*names}:
            return None
        if len(names) == 1:
            return _of_one(before, after, names[0], work)
        return _of_several(before, after, names, work, exact=exact)
    except NOT_DECIDED:
        return None


def is_signed(first: Polynomial | None, second: Polynomial | None) -> bool:
    """Say whether an equation is another one but for signs, and neither is linear or of one unknown.

    Args:
        first: The left side of the one less its right side; None where that is no polynomial.
        second: The same of the other one.
    """
    if not first or not second or first.keys() != second.keys() or len(first) < _LEAST:
        return False
    if degree(first) < _NONLINEAR or len(names_in(first)) < _SEVERAL:
        return False
    ratios = {second[monomial] / factor for monomial, factor in first.items()}
    return len(ratios) == _SEVERAL and not sum(ratios)


def _of_one(before: Relation, after: Relation, name: str, work: Work) -> Finding | None:
    """Refute an equation that has no root in common with the one before, at a root of that."""
    first, second = gap(before, work), gap(after, work)
    left = None if first is None else univariate(first)
    wanted = None if second is None else univariate(second)
    if not left or not wanted or len(left) < _SEVERAL or len(wanted) < _SEVERAL:
        # A side is no polynomial, or says nothing of the unknown.
        return None if first == {} or second == {} else _between(before, after, name, work)
    left = simple(left, work)
    if not remainder(wanted, left, work) or len(common(left, wanted, work)) > 1:
        return None
    for root in rational_roots(left, work):
        found = _failing(before, after, {name: root}, work)
        if found is not None:
            return found
    return _between(before, after, name, work)


def _of_several(
    before: Relation, after: Relation, names: list[str], work: Work, *, exact: bool
) -> Finding | None:
    found: Finding | None = None
    count = 0
    for point in _solutions(before, names, work):
        failing = _failing(before, after, point, work)
        if failing is None:
            return None
        found, count = found or failing, count + 1
        if count > _LEAST:
            break
    if count:
        return found if count >= _LEAST else None
    return None if exact else _of_curve(before, after, names, work)


def _of_curve(before: Relation, after: Relation, names: list[str], work: Work) -> Finding | None:
    """Refute an equation in no unknown linear, at points that are known between two rationals."""
    found: Finding | None = None
    count = 0
    for others in _others(names):
        name = names[-1]
        point = {key: value for key, value in others.items() if key != name}
        ends = roots_between(before, point, name, work)
        if not ends:
            continue
        failing = _failing_between(after, point, name, ends, work, rounded=has_decimals(before))
        if failing is None:
            return None
        found, count = found or failing, count + 1
        if count == _LEAST:
            return found
    return None


def _between(before: Relation, after: Relation, name: str, work: Work) -> Finding | None:
    """Refute an equation of one unknown that fails at every root that the one before has."""
    ends = roots_between(before, {}, name, work)
    if not ends:
        return None
    return _failing_between(after, {}, name, ends, work, rounded=has_decimals(before))


def _failing_between(
    after: Relation,
    point: dict[str, Fraction],
    name: str,
    ends: Sequence[Ends],
    work: Work,
    *,
    rounded: bool,
) -> Finding | None:
    if not all(fails_between(after, point, name, each, work, rounded=rounded) for each in ends):
        return None
    low, high = ends[0]
    others = tuple((key, str(value)) for key, value in sorted(point.items()))
    return Finding(
        ClaimVerdict.NOT_ENTAILED,
        Method.RANDOM_EVALUATION,
        counterexample=(*others, (name, f"{low} to {high}")),
        error=ErrorKind.RULE,
        note="what it is made of holds in between, and it does not",
    )


def _failing(
    before: Relation, after: Relation, point: dict[str, Fraction], work: Work
) -> Finding | None:
    """Return a finding if `before` holds at a point and `after` does not, however it is read."""
    if _apart(before, point, work) != 0:
        return None
    finding = refuted_by(after, point, work)
    if finding is None:
        return None
    return Finding(
        ClaimVerdict.NOT_ENTAILED,
        Method.RANDOM_EVALUATION,
        counterexample=finding.counterexample,
        error=ErrorKind.RULE,
        note="what it is made of holds there, and it does not",
    )


def _solutions(relation: Relation, names: list[str], work: Work) -> Iterator[dict[str, Fraction]]:
    """Yield points at which an equation holds, solved for the first unknown that allows it."""
    for name in reversed(names):
        found = 0
        for others in _others(names):
            value = _solved(relation, name, others, work)
            if value is not None:
                found += 1
                yield {**others, name: value}
        if found >= _LEAST:
            return


def _others(names: list[str]) -> Iterator[dict[str, Fraction]]:
    for start in range(_TRIED):
        yield {
            other: _VALUES[(3 * start + 2 * at + bool(at)) % len(_VALUES)]
            for at, other in enumerate(names)
        }


def _solved(
    relation: Relation, name: str, others: dict[str, Fraction], work: Work
) -> Fraction | None:
    """Return the value of `name` at which an equation holds if it stands there to the first power."""
    values = [_apart(relation, {**others, name: at}, work) for at in _AT]
    low, middle, high = values
    if low is None or middle is None or high is None:
        return None
    if high - 2 * middle + low or low == middle:
        return None
    return _AT[0] - low * (_AT[1] - _AT[0]) / (middle - low)


def _apart(relation: Relation, point: dict[str, Fraction], work: Work) -> Fraction | None:
    left, right = fold(relation.left, work, point), fold(relation.right, work, point)
    return None if left is None or right is None else left - right
