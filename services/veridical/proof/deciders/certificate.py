"""Whether the counterexample of a finding re-evaluates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Relation, Term
from veridical.proof.deciders.arithmetic import Truth, outcome_of
from veridical.proof.deciders.congruences import congruence_of, residue
from veridical.proof.deciders.decide import decide, plain
from veridical.proof.deciders.derivatives import NoDerivativeError
from veridical.proof.deciders.identities import refuted_by
from veridical.proof.deciders.isolating import fails_between, is_root_between
from veridical.proof.deciders.opaque import opaque
from veridical.proof.deciders.substitution import at_point, known_from, substitute
from veridical.proof.deciders.truth import truth_at
from veridical.proof.deciders.values import difference
from veridical.proof.model import ClaimVerdict, Domain, Fact, Finding, Method

_BUDGET = 40_000
_SIDES = frozenset({"left", "right"})
_WRONG = frozenset({ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED})


def recheck(statement: Term, finding: Finding, facts: Sequence[Fact] = ()) -> bool:
    """Say whether a finding that refutes `statement` holds by its own counterexample.

    Args:
        statement: What was decided.
        finding: What was found.
        facts: What was used for it.
    """
    if finding.verdict not in _WRONG or not finding.counterexample:
        return False
    try:
        return _holds(statement, finding, facts, Work(_BUDGET))
    except (WorkExceededError, NoDerivativeError):
        return False


def _holds(statement: Term, finding: Finding, facts: Sequence[Fact], work: Work) -> bool:
    shut_in = _shut_in(finding)
    if shut_in is not None:
        return _holds_between(statement, facts, shut_in, work)
    point = _point(finding)
    if point is None or (finding.method is Method.ELIMINATION and not point):
        again = decide(statement, facts, Domain.REAL)
        return again.counterexample == finding.counterexample
    if any("(" in name for name in point) and isinstance(statement, Relation):
        # A symbol stands for each value of an unknown function.
        statement = opaque(statement, work)
    goal = substitute(plain(statement, work), known_from(facts, work), work, values=False).term
    statements = [fact.statement for fact in facts]
    if _is_refuted(goal, point, work):
        return all(truth_at(each, point, work) is not Truth.FALSE for each in statements)
    return any(_is_refuted(each, point, work) for each in statements)


@dataclass(frozen=True, slots=True)
class _ShutIn:
    """A counterexample of which one value is known between two rationals."""

    point: dict[str, Fraction]
    name: str
    ends: tuple[Fraction, Fraction]


def _shut_in(finding: Finding) -> _ShutIn | None:
    found = [(name, value.split(" to ")) for name, value in finding.counterexample]
    ends = [
        (name, (Fraction(low), Fraction(high))) for name, (low, *rest) in found for high in rest
    ]
    if not ends:
        return None
    (name, between), *_ = ends
    return _ShutIn({key: Fraction(one) for key, (one, *rest) in found if not rest}, name, between)


def _holds_between(statement: Term, facts: Sequence[Fact], at: _ShutIn, work: Work) -> bool:
    """Say whether a fact holds between the ends, and what was claimed does not."""
    if not isinstance(statement, Relation):
        return False
    holds = any(
        isinstance(fact.statement, Relation)
        and is_root_between(fact.statement, at.point, at.name, at.ends, work)
        for fact in facts
    )
    return holds and fails_between(statement, at.point, at.name, at.ends, work)


def _point(finding: Finding) -> dict[str, Fraction] | None:
    try:
        return {
            name: Fraction(value) for name, value in finding.counterexample if name not in _SIDES
        }
    except ValueError:
        return None


def _is_refuted(statement: Term, point: Mapping[str, Fraction], work: Work) -> bool:
    if not isinstance(statement, Relation):
        return truth_at(statement, point, work) is Truth.FALSE
    congruence = congruence_of(statement, work)
    if congruence is None:
        return (
            _differs(statement, point, work) or refuted_by(statement, dict(point), work) is not None
        )
    whole = {name: int(value) for name, value in point.items()}
    sides = (congruence.left, congruence.right)
    left, right = (residue(side, congruence.modulus, whole, work) for side in sides)
    return left is not None and right is not None and (left == right) is not congruence.holds


def _differs(statement: Relation, point: Mapping[str, Fraction], work: Work) -> bool:
    """Say whether the sides of an equality have other exact values, with no leave for rounding."""
    if statement.operator != "=":
        return truth_at(statement, point, work) is Truth.FALSE
    outcome = outcome_of(at_point(statement, point, work), work)
    left, right = outcome.left, outcome.right
    if left is None or right is None or not (left.is_exact and right.is_exact):
        return False
    return difference(left, right)[0] > 0
