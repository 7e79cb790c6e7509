"""Comparing sets, bare lists, tuples and lists in square brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from mpmath import libmp

from veridical.math.equality.arithmetic import size
from veridical.math.equality.context import Context
from veridical.math.equality.exact import fold
from veridical.math.equality.matching import (
    Equal,
    equal_in_any_order,
    equal_in_order,
    without_repeats,
)
from veridical.math.equality.rewrite import spread
from veridical.math.equality.values import constant_value
from veridical.math.policy import OrderPolicy
from veridical.math.terms import Row, Term


class Form(Enum):
    """How members are held together."""

    SET = "set"
    LIST = "list"
    TUPLE = "tuple"
    BRACKETS = "brackets"


_FORMS = {
    ("{", "}"): Form.SET,
    ("", ""): Form.LIST,
    ("(", ")"): Form.TUPLE,
    ("<", ">"): Form.TUPLE,
    ("[", "]"): Form.BRACKETS,
}
_UNORDERED = frozenset({Form.SET, Form.LIST})


@dataclass(frozen=True, slots=True)
class Collection:
    """Members and how they are held together."""

    form: Form
    members: tuple[Term, ...]


def as_collection(term: Term, context: Context) -> Collection | None:
    """Return a row as a collection, each plus-or-minus spread out; None for anything else."""
    if not isinstance(term, Row):
        return None
    form = _FORMS.get((term.opening, term.closing))
    if form is None:
        return None
    if form not in _UNORDERED:
        return Collection(form, term.members)
    members = [each for member in term.members for each in spread(member, context.work)]
    return Collection(form, tuple(members))


def equal_collections(
    gold: Collection, answer: Collection, equal: Equal, context: Context
) -> bool | None:
    """Say whether two collections are equal; None where that hangs on an unknown.

    Sets and bare lists match in any order, unless the policy says otherwise; a bare list matches a
    tuple in its order; square brackets match round ones and bare lists unless they hold two numbers
    in rising order, which may be an interval.
    """
    order = context.policy.order
    if order is not OrderPolicy.IGNORED and not _fit(gold, answer, context):
        return False
    unordered = gold.form in _UNORDERED and answer.form in _UNORDERED
    if order is OrderPolicy.STRICT or (order is OrderPolicy.BY_FORM and not unordered):
        return equal_in_order(gold.members, answer.members, equal)
    left: Sequence[Term] = gold.members
    right: Sequence[Term] = answer.members
    if len(left) != len(right) and (
        Form.SET in (gold.form, answer.form) or _are_points(left) or _are_points(right)
    ):
        left, right = without_repeats(left, equal), without_repeats(right, equal)
    shortcuts = context.shortcuts
    return equal_in_any_order(left, right, equal, context.work, shortcuts=shortcuts)


def _are_points(members: Sequence[Term]) -> bool:
    """Say whether all members are tuples: solutions, of which none counts twice."""
    return all(isinstance(member, Row) and member.opening == "(" for member in members)


def _fit(gold: Collection, answer: Collection, context: Context) -> bool:
    """Say whether two forms can be equal at all."""
    if gold.form is answer.form or {gold.form, answer.form} == _UNORDERED:
        return True
    if Form.SET in (gold.form, answer.form):
        return False
    if Form.BRACKETS in (gold.form, answer.form):
        return not (may_be_interval(gold, context) or may_be_interval(answer, context))
    return True


def may_be_interval(collection: Collection, context: Context) -> bool:
    """Say whether a collection is two rising numbers in brackets, or two that cannot be compared."""
    if len(collection.members) != 2 or collection.form in _UNORDERED:
        return False
    low, high = collection.members
    exact = fold(low, context.work), fold(high, context.work)
    if exact[0] is not None and exact[1] is not None:
        return exact[0] < exact[1]
    values = constant_value(low, context.work), constant_value(high, context.work)
    if values[0] is None or values[1] is None:
        return True
    distance = libmp.mpf_sub(values[1].real, values[0].real)
    return bool(distance[0] == 0 and size(distance) > max(values[0].error, values[1].error))
