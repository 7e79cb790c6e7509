"""Comparing plain numbers, and lists of them, exactly and under a policy."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction

from veridical.math.policy import MathPolicy, OrderPolicy, PercentPolicy, UnitPolicy
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


MIN_SIGNIFICANT = 6
"""Correct significant digits that a decimal needs to stand for a value that it does not equal."""
MIN_ROUNDED = 3
"""The same for a decimal gold and an answer that no decimal can write, such as 25/9 and 2.78."""
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
    sign_left_off = gold.percent and not answer.percent
    if sign_left_off and policy.percent is PercentPolicy.SIGN_OPTIONAL:
        percent = replace(answer, percent=True)
        if _close(gold, percent, policy):
            return True
    return _close(gold, answer, policy)


def _names_differ(gold: Plain, answer: Plain, policy: MathPolicy) -> bool:
    named = bool(gold.name and answer.name) and not policy.ignore_variable_names
    return named and gold.name != answer.name


def _scaled(number: Plain) -> Fraction:
    return number.value / 100 if number.percent else number.value


def _close(gold: Plain, answer: Plain, policy: MathPolicy) -> bool:
    gold_value, answer_value = _scaled(gold), _scaled(answer)
    if gold_value == answer_value:
        return True
    if policy.rtol is not None or policy.atol is not None:
        accepted = Fraction(policy.atol or 0.0) + Fraction(policy.rtol or 0.0) * abs(gold_value)
        return abs(gold_value - answer_value) <= accepted
    if gold.decimals is None and answer.decimals is None:
        return False
    if answer.decimals is None and gold.decimals and not _is_decimal(answer_value):
        return _rounds_to(gold, gold_value, answer_value, MIN_ROUNDED)
    return _rounds_to(gold, gold_value, answer_value, MIN_SIGNIFICANT) or _rounds_to(
        answer, answer_value, gold_value, MIN_SIGNIFICANT
    )


def _rounds_to(written: Plain, value: Fraction, exact: Fraction, digits: int) -> bool:
    """Say whether `written`, with `digits` significant digits at least, is `exact` rounded or cut."""
    if not written.decimals:
        return False
    last = Fraction(1, 10 ** (written.decimals + (2 if written.percent else 0)))
    return abs(value) >= last * 10 ** (digits - 1) and abs(value - exact) < last


def _is_decimal(value: Fraction) -> bool:
    """Say whether a decimal of ordinary length can write `value` exactly."""
    return 10**20 % value.denominator == 0
