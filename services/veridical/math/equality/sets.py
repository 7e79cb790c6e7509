"""Comparing sets of reals, however they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from veridical.math.decision import MathRule
from veridical.math.equality.conditions import as_region
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.inequalities import compare_inequalities
from veridical.math.equality.kinds import Kind, different, kind_of
from veridical.math.equality.matching import equal_in_any_order
from veridical.math.equality.regions import Region, equal_regions
from veridical.math.terms import Logic, Relation, Row, SetBuilder, SetOperation, Term

Compare = Callable[[Term, Term], Finding]


def compare_regions(gold: Term, answer: Term, compare: Compare, context: Context) -> Finding:
    """Compare two terms of which at least one is a set of reals, or a condition on them."""
    left, right = as_region(gold, context), as_region(answer, context)
    if left is not None and right is not None:
        if left.name != right.name and isinstance(gold, Relation) and isinstance(answer, Relation):
            return compare_inequalities(gold, answer, context)
        return _compare_two(left, right, compare, context)
    if isinstance(gold, Relation) and isinstance(answer, Relation):
        return compare_inequalities(gold, answer, context)
    if Kind.SCALAR in (kind_of(gold), kind_of(answer)) or _never(left, answer, right, gold):
        return different(gold, answer)
    match gold, answer:
        case SetBuilder(one, condition), SetBuilder(other, rule) if one == other:
            return compare(condition, rule)
    if left is None and right is None and type(gold) is type(answer):
        return _compare_parts(gold, answer, compare, context)
    return unknown(MathRule.REGION, "a set or a condition was not understood")


def _never(left: Region | None, answer: Term, right: Region | None, gold: Term) -> bool:
    """Say whether one side is a set of reals, and the other no condition that may hold there."""
    for region, other in ((left, answer), (right, gold)):
        kind = kind_of(other)
        if region is None or kind in {Kind.REGION, Kind.OTHER}:
            continue
        if kind is not Kind.EQUATION or any(piece.low != piece.high for piece in region.pieces):
            return True
    return False


def _compare_two(gold: Region, answer: Region, compare: Compare, context: Context) -> Finding:
    named = bool(gold.name and answer.name) and not context.policy.ignore_variable_names
    if named and gold.name != answer.name:
        return known(MathRule.REGION, equal=False, detail="the variables differ")
    equal = equal_regions(gold, answer, lambda one, other: compare(one, other).equal)
    return Finding(equal, MathRule.REGION)


def _compare_parts(gold: Term, answer: Term, compare: Compare, context: Context) -> Finding:
    """Compare systems of conditions, or unions of sets, part by part."""
    parts = _parts(gold), _parts(answer)
    if len(parts[0]) > 1 and getattr(gold, "operator", "") == getattr(answer, "operator", ""):

        def equal(one: Term, other: Term) -> bool | None:
            return compare(one, other).equal

        if equal_in_any_order(parts[0], parts[1], equal, context.work):
            return known(MathRule.REGION, equal=True)
    return unknown(MathRule.REGION, "a set or a condition was not understood")


def _parts(term: Term) -> Sequence[Term]:
    if isinstance(term, Logic | SetOperation):
        return term.parts
    return term.members if isinstance(term, Row) else ()
