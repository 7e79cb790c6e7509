"""Whether a statement holds at a point."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from veridical.math.equality.work import Work
from veridical.math.terms import Logic, Relation, Term
from veridical.proof.deciders.arithmetic import NOT, Truth, outcome_of
from veridical.proof.deciders.properties import holds, property_of
from veridical.proof.deciders.substitution import at_point


def truth_at(statement: Term, point: Mapping[str, Fraction], work: Work) -> Truth:
    """Say whether a statement holds at `point`, read in the plainest way.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if isinstance(statement, Relation):
        return outcome_of(at_point(statement, point, work), work).truth
    said = property_of(statement)
    if said is not None:
        return holds(said, point, work)
    if not isinstance(statement, Logic):
        return Truth.OPEN
    truths = {truth_at(part, point, work) for part in statement.parts}
    match statement.operator:
        case "and":
            return _joined(truths, Truth.FALSE, Truth.TRUE)
        case "or":
            return _joined(truths, Truth.TRUE, Truth.FALSE)
        case _:
            return NOT[truths.pop()]


def _joined(truths: set[Truth], settling: Truth, otherwise: Truth) -> Truth:
    if settling in truths:
        return settling
    return Truth.OPEN if Truth.OPEN in truths else otherwise
