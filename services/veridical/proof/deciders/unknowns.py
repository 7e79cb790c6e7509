"""Equations of one unknown: which of its values the facts leave, and which the goal allows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from veridical.math.equality.work import Work
from veridical.math.terms import Number, Relation, Symbol, Term
from veridical.proof.deciders.arithmetic import Truth, outcome_of
from veridical.proof.deciders.identities import gap
from veridical.proof.deciders.polynomials import (
    Univariate,
    common,
    names_in,
    rational_roots,
    real_root_count,
    remainder,
    simple,
    univariate,
)
from veridical.proof.deciders.readings import readings
from veridical.proof.deciders.substitution import at_point
from veridical.proof.model import ClaimVerdict, ErrorKind, Fact, Finding, Method, OpenReason


def decide_unknown(
    goal: Relation, name: str, facts: Sequence[tuple[Relation, Fact]], work: Work
) -> Finding | None:
    """Decide an equation of one unknown from equations of the same one; None where they do not tell.

    Args:
        goal: An equation in `name` alone.
        name: The unknown.
        facts: Equations in it alone, each as it is with known values put in, and as a fact.
        work: What this may take.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    wanted = _poly(goal, work)
    given = [(poly, fact) for relation, fact in facts if (poly := _poly(relation, work))]
    if given and wanted:
        found = _by_roots(goal, name, wanted, given, facts, work)
        if found is not None:
            return found
    return _by_value(goal, name, facts, work)


def _poly(relation: Relation, work: Work) -> Univariate | None:
    apart = gap(relation, work)
    if apart is None or not names_in(apart):
        return None
    return univariate(apart)


def _by_roots(
    goal: Relation,
    name: str,
    wanted: Univariate,
    given: Sequence[tuple[Univariate, Fact]],
    facts: Sequence[tuple[Relation, Fact]],
    work: Work,
) -> Finding | None:
    left = given[0][0]
    for poly, _ in given[1:]:
        left = common(left, poly, work)
    left = simple(left, work)
    if len(left) < 2:
        note = "what is known contradicts itself"
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.AMBIGUOUS, note=note)
    premises = tuple(sorted({fact.step for _, fact in given}))
    if not remainder(wanted, left, work):
        return Finding(ClaimVerdict.ENTAILED, Method.RANDOM_EVALUATION, premises)
    shared = common(left, wanted, work)
    others = [root for root in rational_roots(left, work) if _is_off(root, wanted)]
    if not others:
        return None if len(shared) > 1 else _at_own_root(name, wanted, facts, premises, work)
    if len(shared) > 1 and real_root_count(shared, work):
        return _not_entailed(goal, name, others[0], premises, work)
    return _refuted(goal, name, others[0], premises, work)


def _at_own_root(
    name: str,
    wanted: Univariate,
    facts: Sequence[tuple[Relation, Fact]],
    premises: tuple[int, ...],
    work: Work,
) -> Finding | None:
    """Refute a goal that has no root in common with the facts, at a root of its own."""
    for root in rational_roots(wanted, work):
        for relation, _ in facts:
            if _fails(relation, name, root, work):
                return Finding(
                    ClaimVerdict.CONTRADICTED,
                    Method.RANDOM_EVALUATION,
                    premises,
                    _shown(relation, name, root, work),
                    ErrorKind.RULE,
                    note=f"at {name} = {root} a premise fails",
                )
    return None


def _is_off(root: Fraction, wanted: Univariate) -> bool:
    total = Fraction(0)
    for value in reversed(wanted):
        total = total * root + value
    return total != 0


def _refuted(
    goal: Relation, name: str, root: Fraction, premises: tuple[int, ...], work: Work
) -> Finding:
    outcome = outcome_of(at_point(goal, {name: root}, work), work)
    return Finding(
        ClaimVerdict.CONTRADICTED,
        Method.RANDOM_EVALUATION,
        premises,
        ((name, str(root)), ("left", str(outcome.left)), ("right", str(outcome.right))),
        ErrorKind.RULE,
        note=f"the premises hold at {name} = {root}, and it does not",
    )


def _not_entailed(
    goal: Relation, name: str, root: Fraction, premises: tuple[int, ...], work: Work
) -> Finding:
    outcome = outcome_of(at_point(goal, {name: root}, work), work)
    return Finding(
        ClaimVerdict.NOT_ENTAILED,
        Method.RANDOM_EVALUATION,
        premises,
        ((name, str(root)), ("left", str(outcome.left)), ("right", str(outcome.right))),
        ErrorKind.RULE,
        note=f"{name} = {root} is lost",
    )


def _by_value(
    goal: Relation, name: str, facts: Sequence[tuple[Relation, Fact]], work: Work
) -> Finding | None:
    """Refute `x = c` where a fact fails at c."""
    value = value_of(goal, name)
    if value is None:
        return None
    for relation, fact in facts:
        if relation.operator != "=" or not _fails(relation, name, value, work):
            continue
        return Finding(
            ClaimVerdict.CONTRADICTED,
            Method.ARITHMETIC,
            (fact.step,),
            _shown(relation, name, value, work),
            ErrorKind.RULE,
            note=f"at {name} = {value} a premise fails",
        )
    return None


def value_of(goal: Relation, name: str) -> Fraction | None:
    """Return c of `name = c`; None of any other statement, and of a rounded c."""
    sides: tuple[Term, Term] = (goal.left, goal.right)
    for one, other in (sides, sides[::-1]):
        if one == Symbol(name) and isinstance(other, Number) and other.step is None:
            return other.value
    return None


def _fails(relation: Relation, name: str, value: Fraction, work: Work) -> bool:
    return all(
        outcome_of(at_point(reading, {name: value}, work), work).truth is Truth.FALSE
        for reading in readings(relation, work)
    )


def _shown(
    relation: Relation, name: str, value: Fraction, work: Work
) -> tuple[tuple[str, str], ...]:
    outcome = outcome_of(at_point(relation, {name: value}, work), work)
    return ((name, str(value)), ("left", str(outcome.left)), ("right", str(outcome.right)))
