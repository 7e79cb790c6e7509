"""Whether an answer commits to one value: negations, false chains, hedges and lists of guesses."""

from __future__ import annotations

import re

from veridical.math.decision import MathReason
from veridical.math.rational import read_plain
from veridical.math.reading import Reading
from veridical.math.values import Form, Values

_LOOK_BACK = 48
_DECORATION = " \t\n$*_({[:"
_NEGATED = re.compile(
    r"(?:\bnot|n't|\bnever|\bneither|\bcannot be|\\neq?|≠|!=)(?: (?:be|equal(?: to)?))?$",
    re.IGNORECASE,
)
_LEADING_NEGATION = re.compile(r"(?:\\neq?(?![a-z])|≠|!=|not\b)", re.IGNORECASE)
_LINK = re.compile(r"=|\\(?:to|rightarrow|Rightarrow|implies)(?![A-Za-z])|→")
_GAP = re.compile(r"(?:\.{2,}|\\[lc]?dots)?")


def is_negated(response: str, start: int) -> bool:
    r"""Say whether the words before offset `start` deny the answer there: `not \boxed{42}`."""
    before = response[max(0, start - _LOOK_BACK) : start]
    before = before.removesuffix(r"\boxed{").removesuffix(r"\fbox{").rstrip(_DECORATION + "\\")
    return _NEGATED.search(before) is not None


def broken_commitment(gold: Reading, answer: Reading) -> MathReason | None:
    """Return why `answer` is not one answer, None if nothing speaks against it."""
    if _LEADING_NEGATION.match(answer.normal) and not _LEADING_NEGATION.match(gold.normal):
        return MathReason.NEGATED_ANSWER
    if is_false_chain(answer.normal):
        return MathReason.FALSE_CHAIN
    if gold.values is not None and gold.values.form is Form.SINGLE:
        return _several_guesses(answer.values)
    return None


def is_false_chain(text: str) -> bool:
    """Say whether `text` is a chain of plain numbers, two of them different: `1=2=...=42`."""
    if "=" not in text and "\\" not in text and "→" not in text:
        return False
    links = [link for link in _LINK.split(text) if not _GAP.fullmatch(link)]
    numbers = [read_plain(link) for link in links]
    values = {number.value for number in numbers if number is not None}
    return len(links) > 1 and None not in numbers and len(values) > 1


def _several_guesses(values: Values | None) -> MathReason | None:
    if values is None or values.form is not Form.LIST:
        return None
    if len({member.value for member in values.members}) == 1:
        return None
    return MathReason.HEDGED_ANSWER if values.hedged else MathReason.SEVERAL_ANSWERS
