"""Equalities with free variables: residues at random points, and points that refute."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.equality.context import Context
from veridical.math.equality.scalars import compare_scalars, is_scalar
from veridical.math.equality.survey import survey
from veridical.math.equality.work import Work
from veridical.math.policy import MathPolicy
from veridical.math.terms import Relation
from veridical.proof.deciders.arithmetic import Truth, outcome_of
from veridical.proof.deciders.polynomials import Polynomial, names_in, plus, polynomial
from veridical.proof.deciders.readings import readings
from veridical.proof.deciders.substitution import at_point
from veridical.proof.model import ClaimVerdict, ErrorKind, Finding, Method

_POLICY = MathPolicy()
_POINTS = (2, 3, 5, 7, -1, 1, 0, 11, -4)


def is_identity(relation: Relation, work: Work) -> bool:
    """Say whether an equality holds for all values, by residues or values at random points.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    for reading in readings(relation, work):
        if is_scalar(reading.left) and is_scalar(reading.right):
            found = compare_scalars(reading.left, reading.right, Context(_POLICY, work))
            if found.equal:
                return True
    return False


def gap(relation: Relation, work: Work) -> Polynomial | None:
    """Return the left side less the right one; None where that is no polynomial."""
    left, right = polynomial(relation.left, work), polynomial(relation.right, work)
    return None if left is None or right is None else plus(left, right, Fraction(-1))


def decide_never(relation: Relation, work: Work) -> Finding | None:
    """Refute an equality whose sides differ by a number other than 0; None for any other.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    apart = gap(relation, work)
    if not apart or names_in(apart):
        return None
    return refuted_at_point(relation, work)


def refuted_at_point(relation: Relation, work: Work) -> Finding | None:
    """Return a finding with a small point at which an equality fails under every reading.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    names = sorted(survey(relation, work).names)
    for start in range(len(_POINTS)):
        point = {
            name: Fraction(_POINTS[(start + at) % len(_POINTS)]) for at, name in enumerate(names)
        }
        finding = refuted_by(relation, point, work)
        if finding is not None:
            return finding
    return None


def refuted_by(relation: Relation, point: dict[str, Fraction], work: Work) -> Finding | None:
    """Return a finding with `point` as counterexample; None where it refutes nothing.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    first = None
    for reading in readings(relation, work):
        outcome = outcome_of(at_point(reading, point, work), work)
        first = first or outcome
        if outcome.truth is not Truth.FALSE:
            return None
    if first is None:
        return None
    shown = tuple((name, str(value)) for name, value in sorted(point.items()))
    return Finding(
        ClaimVerdict.CONTRADICTED,
        Method.RANDOM_EVALUATION,
        counterexample=(*shown, ("left", str(first.left)), ("right", str(first.right))),
        error=ErrorKind.CALCULATION,
        note=f"{first.left} {relation.operator} {first.right} is false there",
    )
