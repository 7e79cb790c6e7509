"""Identities with roots, absolute values and inverse functions: they hold on all branches, or are none.

Random points may all lie where `sqrt(x^2) = x` is true. Such an equality counts as one for all values only
if it holds at points of either sign, near 0 and far from it, wherever it is defined and the facts allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.work import OutOfReachError, Work
from veridical.math.terms import Apply, Power, Relation, Term
from veridical.proof.deciders.arithmetic import Truth, outcome_of
from veridical.proof.deciders.readings import readings
from veridical.proof.deciders.substitution import at_point
from veridical.proof.deciders.truth import truth_at
from veridical.proof.deciders.values import measure
from veridical.proof.model import Domain, Fact
from veridical.proof.parts import free_names, names_of, parts_of

_BRANCHED = frozenset([
    "abs", "root", "sqrt", "log", "ln", "lg", "floor", "ceil", "mod", "max", "min", "sign", "piecewise",
    "arcsin", "arccos", "arctan", "arccot", "arcsec", "arccsc",
])  # fmt: skip
_VALUES = tuple(
    map(
        Fraction,
        (
            "2",
            "-1",
            "1/3",
            "-5/2",
            "4",
            "-4",
            "-1/3",
            "13/2",
            "7",
            "-8",
            "100",
            "-100",
            "3/2",
            "37",
            "-61",
            "150",
        ),
    )
)
_WHOLE = tuple(map(Fraction, (2, -1, 0, 3, -2, 5, -3, 7, 1, -6, 10, 4)))


def is_branched(term: Term, work: Work) -> bool:
    """Say whether a part of `term` has branches: a function of several pieces, or a broken power."""
    return any(_has_branch(part, work) for part in parts_of(term))


def _has_branch(part: Term, work: Work) -> bool:
    if isinstance(part, Apply):
        return part.function in _BRANCHED and bool(names_of(part))
    if not isinstance(part, Power) or not names_of(part.base):
        return False
    exponent = fold(part.exponent, work)
    return exponent is not None and exponent.denominator != 1


def holds_on_branches(
    relation: Relation, facts: Sequence[Fact], domain: Domain, work: Work
) -> bool:
    """Say whether an equality that holds at some points holds on all branches of its functions.

    Where one side is real and the other is not, it fails; where both are not, it is not asked about.

    Args:
        relation: It.
        facts: What is known: points at which one of them fails do not count.
        domain: Where its variables live.
        work: What this may take.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if domain is Domain.COMPLEX or not is_branched(relation, work):
        return True
    bounds = [fact.statement for fact in facts if _is_bound(fact.statement)]
    points = [
        point
        for point in _points(sorted(free_names(relation, work)), domain)
        if not any(truth_at(bound, point, work) is Truth.FALSE for bound in bounds)
    ]
    return any(_holds(reading, points, work) for reading in readings(relation, work))


def _holds(relation: Relation, points: Sequence[dict[str, Fraction]], work: Work) -> bool:
    """Say whether one reading of an equality fails at no point, and holds at some."""
    held = False
    for point in points:
        truth = _truth(relation, point, work)
        if truth is Truth.FALSE:
            return False
        held |= truth is Truth.TRUE
    return held


def _points(names: Sequence[str], domain: Domain) -> Iterator[dict[str, Fraction]]:
    values = _WHOLE if domain is Domain.INTEGER else _VALUES
    for start in range(len(values)):
        point = {name: values[(start + 5 * at) % len(values)] for at, name in enumerate(names)}
        yield (
            {name: abs(value) for name, value in point.items()}
            if domain is Domain.POSITIVE
            else point
        )


def _is_bound(statement: Term) -> bool:
    return isinstance(statement, Relation) and statement.operator != "="


def _truth(relation: Relation, point: dict[str, Fraction], work: Work) -> Truth:
    """Say whether an equality of reals holds at a point."""
    try:
        real = [_is_real(side, point, work) for side in (relation.left, relation.right)]
        if None in real:
            return Truth.OPEN
        if all(real):
            return outcome_of(at_point(relation, point, work), work).truth
    except OutOfReachError:
        return Truth.OPEN
    return Truth.FALSE if any(real) else Truth.OPEN


def _is_real(side: Term, point: dict[str, Fraction], work: Work) -> bool | None:
    """Say whether all parts of a side are real; None where one has no value."""
    values = [measure(part, work, point) for part in parts_of(side) if _is_value(part)]
    if any(value is None for value in values):
        return None
    return all(abs(value.imaginary) <= value.radius for value in values if value is not None)


def _is_value(part: Term) -> bool:
    return isinstance(part, Apply | Power) and bool(names_of(part))
