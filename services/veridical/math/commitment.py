"""Whether an answer commits to one value: negations, false chains, hedges and lists of guesses."""

from __future__ import annotations

import re

from veridical.math.decision import MathReason
from veridical.math.rational import Plain, read_plain
from veridical.math.values import Form, Values

_LOOK_BACK = 48
_DECORATION = " \t\n$*_({[:\\"
_DENIALS = (
    "not",
    "n't",
    "never",
    "not be",
    "not equal",
    "not equal to",
    "≠",
    "!=",
    r"\ne",
    r"\neq",
)
_DENIAL = re.compile(r"(?:(?<![a-z])not|(?<![a-z])never|n't|\\ne|≠|!=)[a-z ]{0,9}$")
_LEADING_DENIAL = re.compile(r"(?:\\neq?(?![a-z])|≠|!=|not\s*[-+\d\\(])", re.IGNORECASE)
_LINK = re.compile(r"=|\\(?:to|rightarrow|Rightarrow|implies)(?![A-Za-z])|→")
_GAP = re.compile(r"(?:\.{2,}|\\[lc]?dots)?")


def is_negated(response: str, start: int) -> bool:
    r"""Say whether the words before offset `start` deny the answer there: `not \boxed{42}`."""
    before = response[max(0, start - _LOOK_BACK) : start]
    before = before.removesuffix(r"\boxed{").removesuffix(r"\fbox{").rstrip(_DECORATION).lower()
    return before.endswith(_DENIALS) and _DENIAL.search(before) is not None


def flaw_of(text: str, chain: tuple[Plain, ...]) -> MathReason | None:
    """Return why `text`, in normal form, is not one answer whatever the gold is, None if it may be."""
    if _LEADING_DENIAL.match(text):
        return MathReason.NEGATED_ANSWER
    return MathReason.FALSE_CHAIN if len({link.value for link in chain}) > 1 else None


def read_chain(text: str) -> tuple[Plain, ...]:
    """Return the numbers of a chain of nothing but plain numbers, such as `1/2=0.5`, else nothing."""
    if "=" not in text and "\\" not in text and "→" not in text:
        return ()
    links = [link.strip() for link in _LINK.split(text)]
    numbers = [read_plain(link) for link in links if not _GAP.fullmatch(link)]
    chain = tuple(number for number in numbers if number is not None)
    return chain if len(links) > 1 and len(chain) == len(numbers) else ()


def several_guesses(values: Values) -> MathReason | None:
    """Return why `values` are more than one answer to a question for one number, else None."""
    if values.form is not Form.LIST or len({member.value for member in values.members}) == 1:
        return None
    return MathReason.HEDGED_ANSWER if values.hedged else MathReason.SEVERAL_ANSWERS
