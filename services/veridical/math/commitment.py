"""Whether an answer commits to one value: negations, false chains, hedges and lists of guesses."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

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
_HEDGED = re.compile(
    r"(?:about|around|roughly|maybe|perhaps|probably|possibly|either|i(?: think| guess))\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"\$[^$]{0,40}\b(?:no|not|but|wait|actually|instead|rather)\b[^$]{0,40}\$")
_GAP = re.compile(r"(?:\.{2,}|\\[lc]?dots)?")


_DENIED_AFTER = re.compile(
    r"[}$\s*_)\].,\\]{0,12}(?:is|are|was|were)(?:\s+(?:wrong|incorrect|false)\b"
    r"|(?:n['’]t|\s+not)\b\s*(?:the|an?|my|our|correct|right|it|valid|what|true|[.!\n]|$))"
)
_REVISED = re.compile(
    r"\b(?:wait|actually|oops|sorry|correction|no)\b[^\n]{0,80}?(?:\b(?:is|be|are)\b|=|:)"
    r"[\s*$]{0,4}(?P<number>[-+]?[\d.,/]*\d)(?![\d%])",
    re.IGNORECASE,
)
_REVISION_REACH = 400


def is_denied_after(response: str, end: int) -> bool:
    r"""Say whether the words behind offset `end` deny the answer: `\boxed{42} is not the answer`."""
    return _DENIED_AFTER.match(response, end, end + _LOOK_BACK) is not None


def is_revised(response: str, end: int, limit: int, answer: str) -> bool:
    """Say whether the text behind `end` takes `answer` back for another number.

    "The answer is 18. But wait, it is 17." is no answer 18; that it is 18 after all is one.
    """
    if (stated := read_plain(answer)) is None:
        return False
    revised = _REVISED.search(response, end, min(limit, end + _REVISION_REACH))
    number = None if revised is None else read_plain(revised["number"])
    return number is not None and number.value != stated.value


def is_negated(response: str, start: int) -> bool:
    r"""Say whether the words before offset `start` deny the answer there: `not \boxed{42}`."""
    before = response[max(0, start - _LOOK_BACK) : start]
    before = before.removesuffix(r"\boxed{").removesuffix(r"\fbox{").rstrip(_DECORATION).lower()
    return before.endswith(_DENIALS) and _DENIAL.search(before) is not None


def flaw_of(text: str, chain: tuple[Plain, ...]) -> MathReason | None:
    """Return why `text`, in normal form, is not one answer whatever the gold is, None if it may be."""
    if _LEADING_DENIAL.match(text):
        return MathReason.NEGATED_ANSWER
    if _CONTRAST.search(text):
        return MathReason.SEVERAL_ANSWERS
    if _HEDGED.match(text):
        return MathReason.HEDGED_ANSWER
    if len({link.value for link in chain}) > 1 or _is_false_chain(text):
        return MathReason.FALSE_CHAIN
    return None


def _is_false_chain(text: str) -> bool:
    """Say whether `x=17=18`: a chain of equations with unequal plain numbers among its links."""
    if text.count("=") < 2 or "," in text or ";" in text or "→" in text:
        return False
    numbers = [number for link in text.split("=") if (number := read_plain(link)) is not None]
    return any(not _may_equal(left, right) for left, right in pairwise(numbers))


def _may_equal(left: Plain, right: Plain) -> bool:
    """Say whether two links are equal, or one the other rounded or in another unit."""
    if left.unit != right.unit or left.percent != right.percent:
        return True
    places = [number.decimals for number in (left, right) if number.decimals is not None]
    accepted = Fraction(1, 10 ** min(places)) if places else Fraction(0)
    return left.value == right.value or abs(left.value - right.value) < accepted


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
