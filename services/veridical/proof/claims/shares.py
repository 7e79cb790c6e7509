r"""Shares in words of a number that is named: `half of the 24 apples is 12`, `three times 5 is 15`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from veridical.math.terms import Number, Product, Relation
from veridical.proof.model import Claim

MAX_SHARES = 40
"""Claims of this kind that are read of one step."""

_COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10,
}  # fmt: skip
_TIMES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
_NUMBER = r"\$?(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,4})?(?![\w/^]|[.,]\d)"
_COUNT = "|".join(_COUNTS)
_PART = "|".join(_PARTS)
_SHARE = re.compile(
    r"(?<![\w$-])(?:"
    rf"(?:(?P<count>{_COUNT})[ -])?(?P<part>{_PART})s? of (?:the |those |these |his |her |its |their |all )?"
    rf"|(?P<times>{'|'.join(_TIMES)}) (?:the |of )?"
    rf"|(?P<factor>{_COUNT}|\d{{1,3}}) times (?:the )?"
    rf"|(?P<percent>\d{{1,3}}(?:\.\d{{1,2}})?)\s?(?:\\?%|percent) of (?:the |those |these |his |her |its |their |all )?"
    rf")(?P<whole>{_NUMBER})(?: [a-z]+){{0,3}}? (?:is|are|equals|makes|gives|comes to) (?:only |just |exactly |equal to |also )?"
    rf"(?P<result>{_NUMBER})"
    r"(?!\s*(?:more|less|fewer|times|percent|\\?%|of\b|plus|minus|[-+*/×÷^=]|and\b|to\b|or\b|\d|hundred|thousand|million|dozen|half))",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(
    r"\b(?:if|whether|when|suppose|assum\w+|not|n['’]t|unless|wrong\w*|incorrect\w*|than|about|nearly|almost|approximately"
    r"|roughly|around|least|most|mod\w*|base|what)\b[^.;\n]*\Z"
    r"|(?:\b(?:and a|and|plus|minus|times|of|over|under|first|second|other|every|per|by)|[-+*/×÷])\s*\Z",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:of (?:[a-z]+ )?|times |twice |double |triple |thrice )\$?\d", re.IGNORECASE
)
_NEARBY = 60


def read_shares(text: str) -> Iterator[Claim]:
    """Yield what a step says of shares of numbers."""
    if _CUE.search(text) is None:
        return
    for match in [*_SHARE.finditer(text)][:MAX_SHARES]:
        near = text[max(0, match.start() - _NEARBY) : match.start()]
        is_question = text[match.end() :].lstrip().startswith("?")
        if _UNCERTAIN.search(near) is None and not is_question:
            whole, result = _number(match["whole"]), _number(match["result"])
            statement = Relation("=", Product((Number(_share(match)), whole)), result)
            yield Claim(match[0], match.start(), match.end(), statement)


def _share(match: re.Match[str]) -> Fraction:
    if match["times"]:
        return Fraction(_TIMES[match["times"].lower()])
    if match["factor"]:
        factor = match["factor"].lower()
        return Fraction(_COUNTS.get(factor) or int(factor))
    if match["percent"]:
        return Fraction(match["percent"]) / 100
    return Fraction(_COUNTS[(match["count"] or "one").lower()], _PARTS[match["part"].lower()])


def _number(written: str) -> Number:
    digits = written.replace(",", "").replace("$", "")
    decimals = len(digits.partition(".")[2])
    return Number(Fraction(digits), Fraction(1, 10**decimals) if decimals else None)
