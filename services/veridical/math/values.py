"""Comparing plain numbers, and lists of them, exactly and under a policy."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from veridical.math.policy import MathPolicy, OrderPolicy, UnitPolicy
from veridical.math.precision import Written, close
from veridical.math.rational import Plain, read_plain


class Form(Enum):
    """How several numbers are held together."""

    SINGLE = "single"
    LIST = "list"
    SET = "set"
    TUPLE = "tuple"
    BRACKETS = "brackets"


@dataclass(frozen=True, slots=True)
class Values:
    """One plain number or several.

    Attributes:
        members: The numbers as written, one at least.
        form: How they are held together.
        hedged: Whether "or" stands between them.
    """

    members: tuple[Plain, ...]
    form: Form
    hedged: bool = False


_MAX_MEMBERS = 64
_BRACKETS = (
    (r"\{", r"\}", Form.SET),
    ("{", "}", Form.SET),
    ("(", ")", Form.TUPLE),
    ("[", "]", Form.BRACKETS),
)
_WORDS = re.compile(r"\b(?:and|or)\b|\\(?:lor|vee)\b|;|, ")
_OR = re.compile(r"\bor\b|\\(?:lor|vee)\b")


def read_values(text: str) -> Values | None:
    """Read `text`, in normal form, as a plain number or a list of them; None if it is neither."""
    single = read_plain(text)
    if single is not None:
        return Values((single,), Form.SINGLE)
    for opening, closing, form in _BRACKETS:
        if text.startswith(opening) and text.endswith(closing):
            return _members(text[len(opening) : -len(closing)], form)
    return _members(text, Form.LIST)


def _members(text: str, form: Form) -> Values | None:
    parts = [part for part in _WORDS.split(text) if part.strip(" ,")]
    if len(parts) == 1:
        parts = text.split(",")
    fewest = 1 if form is Form.SET else 2
    if not fewest <= len(parts) <= _MAX_MEMBERS:
        return None
    members: list[Plain] = []
    for part in parts:
        member = read_plain(part.strip(" ,"))
        if member is None:
            return None
        members.append(member)
    return Values(tuple(members), form, _OR.search(text) is not None)


def equal_values(gold: Values, answer: Values, policy: MathPolicy) -> bool | None:
    """Say whether `answer` equals `gold`; None where that is not certain from the numbers alone."""
    if gold.form is Form.SINGLE and answer.form is Form.SINGLE:
        return equal_plain(gold.members[0], answer.members[0], policy)
    unordered = {Form.LIST, Form.SET}
    same = gold.form is answer.form or {gold.form, answer.form} == unordered
    if not same or Form.SINGLE in (gold.form, answer.form):
        return None
    ordered = policy.order is OrderPolicy.STRICT or (
        policy.order is OrderPolicy.BY_FORM and gold.form not in unordered
    )
    if len(gold.members) != len(answer.members):
        return False if gold.form is not Form.SET else None
    if _all_equal(gold.members, answer.members, policy):
        return True
    if ordered:
        return False
    return _all_equal(_sorted(gold.members), _sorted(answer.members), policy)


def _sorted(members: tuple[Plain, ...]) -> tuple[Plain, ...]:
    return tuple(sorted(members, key=lambda member: member.value))


def _all_equal(gold: tuple[Plain, ...], answer: tuple[Plain, ...], policy: MathPolicy) -> bool:
    pairs = zip(gold, answer, strict=True)
    return all(equal_plain(left, right, policy) is True for left, right in pairs)


def equal_plain(gold: Plain, answer: Plain, policy: MathPolicy) -> bool | None:
    """Say whether two plain numbers are equal; None where a letter may be a unit or a variable."""
    if (gold.base or 10) != (answer.base or 10) or _names_differ(gold, answer, policy):
        return False
    if (gold.unit is None) != (answer.unit is None):
        if not (gold.unit_certain and answer.unit_certain):
            return None
        if answer.unit is None and policy.units is UnitPolicy.REQUIRED:
            return False
    if gold.unit is not None and answer.unit is not None:
        if gold.unit.dimension != answer.unit.dimension:
            return False
        if gold.unit.factor != answer.unit.factor:
            converted = answer.value * answer.unit.factor / gold.unit.factor
            answer = replace(answer, value=converted)
    if gold.value == answer.value and gold.percent is answer.percent:
        return True
    return close(_written(gold), _written(answer), policy)


def _names_differ(gold: Plain, answer: Plain, policy: MathPolicy) -> bool:
    named = bool(gold.name and answer.name) and not policy.ignore_variable_names
    return named and gold.name != answer.name


def _written(number: Plain) -> Written:
    step = Fraction(1, 10**number.decimals) if number.decimals else None
    if not number.percent:
        return Written(number.value, step)
    return Written(number.value / 100, None if step is None else step / 100, percent=True)
