"""Whether the conclusion of a trace is what was asked for, and comes out of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from veridical.math.terms import Apply, Logic, Number, Power, Relation, Symbol, Term
from veridical.proof.deciders import decide
from veridical.proof.deciders.properties import SQUARE, property_of
from veridical.proof.model import (
    PROBLEM,
    CheckedStep,
    Claim,
    ClaimVerdict,
    Domain,
    Fact,
    Role,
)
from veridical.proof.parts import parts_of
from veridical.proof.verdict.asked import Asked, Demand, value_of
from veridical.proof.verdict.first_error import WRONG
from veridical.proof.verdict.links import Node, Way, nodes_of, sides
from veridical.proof.verdict.scores import is_decided

_HELD = {ClaimVerdict.ENTAILED: True, ClaimVerdict.CONTRADICTED: False}


def answers(asked: Asked | None, way: Way, problem: Sequence[Claim], domain: Domain) -> bool | None:
    """Say whether a conclusion is what was asked for; None where that is not known.

    Args:
        asked: What the problem asks for.
        way: The claims that lead to the conclusion.
        problem: The claims of the problem text.
        domain: Where free variables live.
    """
    final = way.final
    if asked is None or final is None:
        return None
    claim = final.claim.claim
    if asked.demand is Demand.DERIVATIVE:
        return final.claim.finding.verdict is ClaimVerdict.ENTAILED or None
    if asked.term is None:
        return None
    if asked.demand is Demand.PROOF:
        return _shows(asked.term, way, domain) or None
    if asked.demand is Demand.SOLUTION:
        return _solves(asked, claim, domain)
    facts = [Fact(each.statement, PROBLEM, each.role) for each in problem if each.role in _KNOWN]
    goal = Relation("=", asked.term, value_of(claim))
    return _HELD.get(decide(goal, facts, domain, approximate=claim.approximate).verdict)


_KNOWN = frozenset({Role.GIVEN, Role.DEFINITION, Role.GOAL})
"""An equation to solve holds of its unknowns; where one is to be shown, nothing is asked for by value."""


def _solves(asked: Asked, claim: Claim, domain: Domain) -> bool | None:
    """Whether a conclusion follows from what is to be solved, and the other way round."""
    assert asked.term is not None
    if not isinstance(claim.statement, Relation | Logic):
        return None
    there = decide(claim.statement, [Fact(asked.term, PROBLEM, Role.GIVEN)], domain)
    back = decide(asked.term, [Fact(claim.statement, PROBLEM, Role.DERIVED)], domain)
    if there.verdict in WRONG or back.verdict in WRONG:
        return False
    follows = there.verdict is back.verdict is ClaimVerdict.ENTAILED
    return True if follows else None


def _shows(term: Term, way: Way, domain: Domain) -> bool:
    """Whether a true equation that is to be shown is what the trace ends in, or gets to a side of."""
    said = property_of(term)
    if said is not None and way.final is not None:
        return _shows_property(said, way.final)
    if not isinstance(term, Relation) or way.final is None:
        return False
    ends = set(sides(way.final.statement))
    reached = way.final.statement == term or bool(ends & {term.left, term.right})
    return reached and decide(term, (), domain).verdict is ClaimVerdict.ENTAILED


def _shows_property(asked: Apply, final: Node) -> bool:
    """Whether the conclusion says of the number asked about, however it is written, what was to be shown."""
    found = property_of(final.statement)
    if found is None or found.function != asked.function:
        return False
    same = decide(Relation("=", asked.arguments[0], found.arguments[0]), (), Domain.INTEGER)
    held = final.claim.finding.verdict is ClaimVerdict.ENTAILED
    return held and same.verdict is ClaimVerdict.ENTAILED


def assumes(steps: Sequence[CheckedStep], way: Way) -> int | None:
    """The step that supposes what the conclusion says, None where there is none.

    A definition may well be repeated at the end, if something else leads there, too.
    """
    final = way.final
    for number, step in enumerate(steps[: final.step + 1] if final else ()):
        for each in step.claims:
            if final and _supposes(each.claim, final, supported=way.supported):
                return number
    return None


def _supposes(claim: Claim, final: Node, *, supported: bool) -> bool:
    if claim.role is Role.ASSUMPTION and _says_the_same(claim.statement, final.statement):
        return True
    if supported or claim.role not in (Role.ASSUMPTION, Role.DEFINITION):
        return False
    bare = _is_bare(final) and value_of(claim) == final.statement
    return bare or claim.statement == final.statement


def _says_the_same(supposed: Term, final: Term) -> bool:
    """Whether what is supposed is the conclusion, or the square that the conclusion is about."""
    said = property_of(final)
    if said is None or said.function != SQUARE or not isinstance(supposed, Relation):
        return supposed == final
    squares = [side for side in (supposed.left, supposed.right) if isinstance(side, Power)]
    return bool(squares) and said.arguments[0] in (supposed.left, supposed.right)


def _is_bare(final: Node) -> bool:
    return not isinstance(final.statement, Relation | Logic)


def comes_from_nowhere(steps: Sequence[CheckedStep], final: Node, way: Way, problem: str) -> bool:
    """Whether all steps are decided and none has to do with the conclusion.

    Then it was guessed, be it right or not.
    """
    before = steps[: final.step]
    value = value_of(final.claim.claim)
    if not isinstance(value, Number) or value.value.denominator != 1:
        return False
    says_what = bool(final.names) or final.claim.claim.role is Role.ANSWER
    if not says_what or final.step != len(steps) - 1:
        return False
    if way.supported or not before or not all(map(is_decided, before)):
        return False
    if final.names:
        said = {
            part
            for step in before
            for each in step.claims
            for part in parts_of(each.claim.statement)
        }
        return not any(Symbol(name) in said for name in final.names)
    if _is_worked_out(abs(value.value), steps):
        return False
    written = str(abs(value.value))
    texts = [problem, *(step.segment.text for step in before)]
    is_said_before = any(written in text for text in texts)
    return not is_said_before and steps[-1].segment.text.count(written) == 1


def _is_worked_out(value: Fraction, steps: Sequence[CheckedStep]) -> bool:
    """Whether a claim beside the answer has the value on a side, wherever its numbers come from."""
    return any(
        value in node.results
        for node in nodes_of(steps)
        if node.claim.claim.role is not Role.ANSWER
    )
