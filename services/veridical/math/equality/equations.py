"""Comparing equations with each other and with values: `x = 5` is 5, and `y = x` is `x - y = 0`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from veridical.math.decision import MathRule
from veridical.math.equality.conditions import is_region
from veridical.math.equality.context import Context
from veridical.math.equality.curves import compare_equations
from veridical.math.equality.finding import Finding, known
from veridical.math.equality.kinds import different
from veridical.math.equality.lists import as_collection, equal_collections
from veridical.math.equality.rewrite import minus, renamed, spread
from veridical.math.equality.sets import compare_regions
from veridical.math.equality.statements import (
    Assignment,
    assignment,
    is_equation,
    without_names,
)
from veridical.math.equality.survey import names_of
from veridical.math.terms import Logic, Number, Product, Relation, Row, Term

Compare = Callable[[Term, Term], Finding]


def compare_with_equations(gold: Term, answer: Term, compare: Compare, context: Context) -> Finding:
    """Compare two terms of which at least one is an equation, or a list with one in it."""
    left, right = listed(gold, context), listed(answer, context)
    if isinstance(left, Relation) and isinstance(right, Relation):
        if {left.operator, right.operator} <= {"=", "approx"}:
            return _compare_two(left, right, compare, context)
        return compare_regions(gold, answer, compare, context)
    if is_equation(left) and is_equation(right):
        return _compare_lists(left, right, compare, context)
    if is_region(gold) or is_region(answer):
        return compare_regions(gold, answer, compare, context)
    bare = without_names(left), without_names(right)
    if bare[0] is None or bare[1] is None or bare == (left, right):
        return different(gold, answer)
    return compare(bare[0], bare[1])


def listed(term: Term, context: Context) -> Term:
    """Return statements joined by words, or by a sign of either kind, as a list, or a set of any."""
    if isinstance(term, Relation):
        choices = _choices(term, context)
        return choices[0] if len(choices) == 1 else Row("{", "}", choices)
    if isinstance(term, Logic) and term.operator in {"and", "or"}:
        opening, closing = ("{", "}") if term.operator == "or" else ("", "")
        return Row(opening, closing, tuple(listed(part, context) for part in term.parts))
    if isinstance(term, Row):
        members = tuple(listed(member, context) for member in term.members)
        return Row(term.opening, term.closing, members)
    return term


def _choices(term: Relation, context: Context) -> tuple[Term, ...]:
    """Spread signs of either kind, and give each name of a tuple its value."""
    if isinstance(term.left, Row) and isinstance(term.right, Row):
        names, values = term.left.members, term.right.members
        if assignment(term) is not None and len(names) == len(values):
            pairs = zip(names, values, strict=True)
            given = tuple(Relation("=", name, value) for name, value in pairs)
            return (Row("(", ")", given),)
    return spread(term, context.work)


def _compare_two(gold: Relation, answer: Relation, compare: Compare, context: Context) -> Finding:
    left, right = assignment(gold), assignment(answer)
    if left is not None and right is not None:
        found = _compare_assignments(left, right, compare, context)
        if found is not None:
            return found
    return compare_equations(gold, answer, context)


def _compare_assignments(
    gold: Assignment, answer: Assignment, compare: Compare, context: Context
) -> Finding | None:
    """Compare what two names are given; None where that does not settle it."""
    if gold.parameters and len(gold.parameters) == len(answer.parameters):
        names = dict(zip(answer.parameters, gold.parameters, strict=True))
        if gold.function == answer.function or context.policy.ignore_variable_names:
            return compare(gold.value, renamed(answer.value, names, context.work))
        return known(MathRule.EQUATION, equal=False, detail="the names differ")
    values = names_of(gold.value) | names_of(answer.value)
    if gold.name == answer.name:
        return None if names_of(gold.name) & values else compare(gold.value, answer.value)
    is_curve = bool(gold.parameters) is not bool(answer.parameters) and bool(values)
    if context.policy.ignore_variable_names or is_curve:
        return compare(gold.value, answer.value)
    return None if values else known(MathRule.EQUATION, equal=False, detail="the names differ")


def _compare_lists(gold: Term, answer: Term, compare: Compare, context: Context) -> Finding:
    """Compare systems and lists of solutions; names say what belongs together, so order is free."""
    sides = [_unwrapped(side) for side in (gold, answer)]
    rows = [side if isinstance(side, Row) else Row("", "", (side,)) for side in sides]
    bare = [Row("", "", row.members) for row in rows]
    if 1 in (len(rows[0].members), len(rows[1].members)) and len(rows[0].members) != len(
        rows[1].members
    ):
        joined = [_as_one(row) for row in rows]
        if joined[0] is not None and joined[1] is not None:
            return compare_equations(joined[0], joined[1], context)
    left, right = as_collection(bare[0], context), as_collection(bare[1], context)
    assert left is not None
    assert right is not None
    equal = equal_collections(left, right, lambda one, other: compare(one, other).equal, context)
    return Finding(equal, MathRule.EQUATION)


def _as_one(row: Row) -> Relation | None:
    """Return equations as the one that each of their solutions solves; None for a system."""
    if len(row.members) == 1:
        single = row.members[0]
        return single if isinstance(single, Relation) else None
    given = [assignment(member) for member in row.members]
    names = {each.name for each in given if each is not None}
    if None in given or len(names) != 1:
        return None
    parts = [
        minus(member.left, member.right) for member in row.members if isinstance(member, Relation)
    ]
    return Relation("=", Product(tuple(parts)), Number(Fraction(0)))


def _unwrapped(term: Term) -> Term:
    if isinstance(term, Row) and len(term.members) == 1 and isinstance(term.members[0], Row):
        return term.members[0]
    return term
