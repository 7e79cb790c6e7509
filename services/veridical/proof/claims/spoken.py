r"""Arithmetic in words: `the gcd of 12 and 18 is 6`, `\(2.6\) rounded to the nearest integer is 3`, `= about 5`.

Only what names its numbers as numbers is read, and only where the words say what is so: not what is asked,
supposed or denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from veridical.math.terms import Apply, Number, Product, Relation, Term
from veridical.proof.claims.reading import read_side
from veridical.proof.claims.tokens import Kind, Token
from veridical.proof.model import Claim

MAX_SPOKEN = 40
"""Claims in words that are read of one step."""

_NUMBER = r"[\\$(]{0,3}\s*(-?\d{1,3}(?:,\d{3})+(?!\d)|-?\d{1,12}(?:\.\d{1,9})?)(?![\d^/!%*]|[.,]\d)\s*[\\$)]{0,3}"
_IS = r"\s*,?\s*(?:which is|is|equals|are|=)\s*(?:equal to |just |simply |exactly )?"
_NAMES = {
    "gcd": "gcd", "gcf": "gcd", "hcf": "gcd", "greatest common divisor": "gcd",
    "greatest common factor": "gcd", "highest common factor": "gcd",
    "lcm": "lcm", "least common multiple": "lcm", "lowest common multiple": "lcm",
}  # fmt: skip
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_COMMON = re.compile(
    rf"\b({_NAME})\b(?:\s*\([A-Za-z]{{3}}\))?\s+of\s+{_NUMBER}\s*and\s*{_NUMBER}"
    rf"(?:{_IS}|[^.?]{{0,8}}\.\s[^.?]{{0,80}}\bthe (?:{_NAME}) is\s*){_NUMBER}",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(ceiling|floor)\s+of\s+(?:\\\((?P<a>[^()$]{1,80}?)\\\)|\$(?P<b>[^$]{1,80})\$)"
    rf"{_IS}{_NUMBER}",
    re.IGNORECASE,
)
_PLACES = {
    "integer": 0, "whole number": 0, "whole": 0, "unit": 0, "tenth": 1, "hundredth": 2, "thousandth": 3,
    "ten": -1, "hundred": -2, "thousand": -3,
}  # fmt: skip
_ROUNDED = re.compile(
    rf"{_NUMBER}\s*(?:when\s+)?rounded to the nearest ({'|'.join(sorted(_PLACES, key=len, reverse=True))})\b"
    rf"(?:{_IS}|[^.?]{{0,8}}[:,][^?]{{0,120}}?\brounds? (?:up |down )?to\s*){_NUMBER}",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(
    r"\b(?:if|whether|when|suppose|assum\w+|not|n't|unless|wrong\w*|incorrect\w*|mod\w*|base)\b[^.]*\Z",
    re.IGNORECASE,
)
_CUE = re.compile(rf"\b(?:{_NAME}|ceiling|floor)\b[^.]{{0,8}}\bof\b|\bnearest\b", re.IGNORECASE)
_NEARBY = 60
_ABOUT = frozenset(["approximately", "approx", "about", "roughly", "nearly"])
_PLAIN = frozenset(["exactly", "precisely", "simply", "just"])
_CHOSEN = frozenset([Kind.NUMBER, Kind.SYMBOL])
_CHOICE = 2
"""Tokens before the lower number of a choice."""
_VALUES = frozenset([Kind.NUMBER, Kind.EDGE, Kind.OPERATOR, Kind.COMMAND])


def with_spoken_relations(tokens: list[Token]) -> list[Token]:
    r"""Return tokens with `= about 5` as one relation, and `\(a\) equals \(b\)` as well."""
    found: list[Token] = []
    for index, token in enumerate(tokens):
        before, behind = found[-1] if found else None, _next(tokens, index)
        word = token.text.lower() if token.kind is Kind.WORD else ""
        if before is None or behind is None or not word:
            found.append(token)
        elif before.kind is Kind.RELATION and behind.kind in _VALUES and word in _ABOUT | _PLAIN:
            if word in _ABOUT and before.text == "=":
                found[-1] = before._replace(text="approx")
        elif word == "equals" and before.kind is behind.kind is Kind.EDGE:
            found.append(token._replace(kind=Kind.RELATION, text="="))
        else:
            found.append(token)
    return found


def with_choices(tokens: list[Token]) -> list[Token]:
    """Return tokens with `9 choose 3` as one of them."""
    found: list[Token] = []
    for token in tokens:
        if token.kind in _CHOSEN and len(found) >= _CHOICE and _is_choice(*found[-_CHOICE:]):
            first = found[-_CHOICE]
            found[-_CHOICE:] = [
                Token(
                    Kind.COMMAND,
                    rf"\binom{{{first.text}}}{{{token.text}}} ",
                    first.start,
                    token.end,
                    False,
                    first.gap,
                )
            ]
        else:
            found.append(token)
    return found


def _is_choice(first: Token, word: Token) -> bool:
    return first.kind in _CHOSEN and word.kind is Kind.WORD and word.text.lower() == "choose"


def _next(tokens: list[Token], index: int) -> Token | None:
    return tokens[index + 1] if index + 1 < len(tokens) else None


def read_spoken(text: str) -> Iterator[Claim]:
    """Yield the claims of a step that stand in words."""
    found = 0
    if _CUE.search(text) is None:
        return
    for pattern, statement in ((_COMMON, _common), (_WHOLE, _whole), (_ROUNDED, _rounded)):
        for match in pattern.finditer(text):
            term = statement(match)
            near = text[max(0, match.start() - _NEARBY) : match.start()]
            if term is None or _UNCERTAIN.search(near) or found >= MAX_SPOKEN:
                continue
            found += 1
            yield Claim(match[0], match.start(), match.end(), term)


def _number(text: str) -> Number:
    return Number(Fraction(text.replace(",", "")))


def _common(match: re.Match[str]) -> Term:
    one, other, value = (_number(match[at]) for at in (2, 3, 4))
    return Relation("=", Apply(_NAMES[match[1].lower()], (one, other)), value)


def _whole(match: re.Match[str]) -> Term | None:
    inner = read_side(match["a"] or match["b"])
    if inner is None:
        return None
    function = {"ceiling": "ceil", "floor": "floor"}[match[1].lower()]
    return Relation("=", Apply(function, (inner,)), _number(match[4]))


def _rounded(match: re.Match[str]) -> Term:
    """Return that a number goes over into the next multiple of a place: halves may go either way."""
    value, result = _number(match[1]), _number(match[3])
    place = Number(Fraction(10) ** -_PLACES[match[2].lower()])
    half = Number(place.value / 2)
    apart = Apply("abs", (Number(value.value - result.value),))
    if (result.value / place.value).denominator != 1:
        return Relation("=", Apply("mod", (result, place)), Number(Fraction(0)))
    return Relation("<=", Product((apart,)), half)
