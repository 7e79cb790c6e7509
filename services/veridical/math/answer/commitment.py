"""Whether an answer's own text commits to one value: negations, false chains, hedges, guesses."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from veridical.math.decision import MathReason
from veridical.math.rational import Plain, read_plain
from veridical.math.values import Form, Values

_LEADING_DENIAL = re.compile(
    r"(?:\\n(?:eq?|eg|ot)(?![a-z])|\\lnot(?![a-z])|≠|!=|¬|not\b|never\b|n['’]t\b|\\x?b?cancel(?![a-z])"
    r"|~~|anything but\b|everything (?:but|except)\b|any(?:thing|number)? other than\b)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:wrong|incorrect|false|invalid|impossible|fail(?:s|ed)?|reject(?:ed)?|excluded?|no answer|(?:cannot|can['’]?t|can not|could not|couldn['’]t) be"
    r"|(?:is|are|was)(?:n['’]t| not) (?:the|correct|right|it|my|an?)|rather than|instead of)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:not|never|cannot)\b|n['’]t\b|≠", re.IGNORECASE)
_LINK = re.compile(
    r"=+>|[-–—]+>|=|\\(?:to|(?:long)?rightarrow|(?:Long)?[Rr]ightarrow|implies|mapsto|leadsto"
    r"|Leftrightarrow|iff)(?![A-Za-z])|[→⇒⟹⟶↦➜⇔]"
)
_APPROXIMATE = re.compile(r"\\(?:approx|simeq|sim)(?![A-Za-z])|[≈≃~]")
_HEDGED = re.compile(
    r"(?:about|around|roughly|either|i(?: think| guess))\b",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\?|\b(?:maybe|perhaps|probably|possibly|presumably|(?:might|may|could) (?:also )?be|not sure"
    r"|unsure|uncertain|guess(?:ing)?|no idea|don['’]?t know|dunno|who knows|or so|give or take"
    r"|either)\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"\$[^$]{0,40}\b(?:no|not|but|wait|actually|instead|rather)\b[^$]{0,40}\$")
_GAP = re.compile(r"(?:\.{2,}|\\[lc]?dots)?")
_OR = re.compile(
    r"(?<![A-Za-z\\])or(?![A-Za-z])|\\(?:lor|vee)(?![A-Za-z])|∨|\|\||(?<=[\d)}])\s?\|\s?(?=[\d\\(-])"
)
_PLURAL = re.compile(
    r"[,;<>≤≥∪∩∈±∨|\[]|\\(?:pm|mp|cup|cap|in|leq?|geq?|lt|gt|neq?|lor|vee|[lg]eqslant|\{|begin|mid"
    r"|quad|text|equiv|forall)(?![A-Za-z])|(?<![A-Za-z\\])(?:or|and)(?![A-Za-z])|=.*="
)
_BOX_BESIDE = re.compile(r"[^\\].*?\\f?box(?:ed)?\s?\{", re.DOTALL)
_NAME = re.compile(r"[A-Za-z]{1,12}(?:_\w)?")
_CODE = re.compile(
    r"__[a-z]|[A-Za-z]\s?\(['\"]|(?<!\\)\b(?:import|lambda|eval|exec|print|return|def)\b[ (:]"
)
_RANGE = re.compile(r"[<>≤≥]|\\(?:leq?|geq?|lt|gt|[lg]eqslant)(?![A-Za-z])")
_MATHEMATICS = re.compile(r"[\d\\=]")


def flaw_of(text: str, chain: tuple[Plain, ...]) -> MathReason | None:
    """Return why `text`, in normal form, is not one answer whatever the gold is, None if it may be.

    A gold of the same flaw lifts it: "not prime" may answer "not prime".
    """
    if _LEADING_DENIAL.match(text):
        return MathReason.NEGATED_ANSWER
    if _CONTRAST.search(text) or _BOX_BESIDE.match(text):
        return MathReason.SEVERAL_ANSWERS
    if _HEDGED.match(text):
        return MathReason.HEDGED_ANSWER
    if not text.isdecimal() and _MATHEMATICS.search(text):
        if _DENIED.search(text):
            return MathReason.NEGATED_ANSWER
        if _DOUBTED.search(text):
            return MathReason.HEDGED_ANSWER
        if _CODE.search(text):
            return MathReason.ANSWER_UNPARSABLE
    if any(not may_equal(left, right) for left, right in pairwise(chain)) or _is_false_chain(text):
        return MathReason.FALSE_CHAIN
    return None


def is_doubtful(sentence: str) -> bool:
    """Say whether words in `sentence` deny or hedge what it states."""
    found = (words.search(sentence) for words in (_DENIED, _DOUBTED, _NEGATION, _OR))
    return any(match is not None for match in found)


def _is_false_chain(text: str) -> bool:
    """Say whether `x=17=18`: a chain of equations with unequal plain numbers among its links."""
    if text.count("=") < 2 or "," in text or ";" in text or "→" in text:
        return False
    numbers = [number for link in text.split("=") if (number := read_plain(link)) is not None]
    return any(not may_equal(left, right) for left, right in pairwise(numbers))


def may_equal(left: Plain, right: Plain) -> bool:
    """Say whether two links are equal, or one the other rounded or in another unit."""
    if left.unit != right.unit or left.percent != right.percent:
        return True
    places = [number.decimals for number in (left, right) if number.decimals is not None]
    accepted = Fraction(1, 10 ** min(places)) if places else Fraction(0)
    return left.value == right.value or abs(left.value - right.value) < accepted


def read_chain(text: str) -> tuple[Plain, ...]:
    """Return the numbers of a chain of plain numbers, such as `1/2=0.5` or `x=1/2=0.5`, else nothing."""
    if text.isdecimal():
        return ()
    links = [link.strip() for link in _LINK.split(_APPROXIMATE.sub("=", text))]
    name = links.pop(0) if len(links) > 2 and _NAME.fullmatch(links[0]) else ""
    numbers = [read_plain(link) for link in links if not _GAP.fullmatch(link)]
    chain = tuple(replace(number, name=name) for number in numbers if number is not None)
    return chain if len(links) > 1 and len(chain) == len(numbers) else ()


def several_guesses(values: Values) -> MathReason | None:
    """Return why `values` are more than one answer to a question for one number, else None."""
    if values.form is not Form.LIST or len({member.value for member in values.members}) == 1:
        return None
    return MathReason.HEDGED_ANSWER if values.hedged else MathReason.SEVERAL_ANSWERS


def choice_for_one(gold: str, answer: str) -> MathReason | None:
    """Return why `answer` leaves a choice ("x+1 or x+2", "≥ 42") where `gold` is one value, else None.

    Both are in normal form.
    """
    if _PLURAL.search(gold) is not None or _MATHEMATICS.search(answer) is None:
        return None
    if _RANGE.match(answer):
        return MathReason.SEVERAL_ANSWERS
    return MathReason.HEDGED_ANSWER if _OR.search(answer) else None
