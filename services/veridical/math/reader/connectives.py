"""Words within mathematics that join it: `or`, `for all real numbers`, `if`."""

from __future__ import annotations

import re
from functools import lru_cache

from veridical.math.reader.tokens import Kind

Connective = tuple[tuple[Kind, str], ...]
"""Kinds and texts of the tokens that words stand for."""

_WORDS: dict[str, Connective] = {
    "and": ((Kind.AND, ""),),
    "or": ((Kind.OR, ""),),
    "not": ((Kind.NOT, ""),),
    "and/or": ((Kind.OR, ""),),
    "but": ((Kind.AND, ""),),
    "mod": ((Kind.MOD, ""),),
    "otherwise": ((Kind.GIVEN, "otherwise"),),
    "else": ((Kind.GIVEN, "otherwise"),),
    "in": ((Kind.RELATION, "in"),),
    "to": ((Kind.RELATION, "to"),),
    "is": ((Kind.RELATION, "="),),
    "only": (),
    "by": ((Kind.TIMES, ""),),
    "percent": ((Kind.PERCENT, ""),),
    "i": ((Kind.CONSTANT, "i"),),
    "e": ((Kind.CONSTANT, "e"),),
    "times": ((Kind.TIMES, ""),),
    "(mod": ((Kind.OPEN, "("), (Kind.MOD, "")),
}
_GIVEN = re.compile(
    r"(?:,? *)(?:for|where|with|when|if|whenever|given|such that|provided(?: that)?|on|as|while)"
    r"(?: (?:all|any|every|each|some|a))?(?: (?P<kind>.+))?"
)
_IS_A = re.compile(r"(?:is|are|be)(?: (?:an?|any|some))? (?P<kind>.+)")
_KIND = re.compile(
    r"(?P<sign>positive |negative |nonnegative |non-negative |arbitrary |nonzero )?"
    r"(?P<set>real|integer|natural|rational|complex|whole)s?(?: numbers?)?(?: constants?)?"
    r"|(?P<constant>(?:real )?constants?)"
    r"|(?P<parity>even|odd|prime|positive|negative)(?: (?:integer|number)s?)?"
)
_SETS = {"whole": "nonnegative integers", "natural": "naturals", "complex": "complexes"}


@lru_cache(maxsize=1024)
def connective(words: str) -> Connective | None:
    """Return the tokens that `words` stand for, None if they do not join mathematics."""
    words = words.strip(" ,").lower()
    if words in _WORDS:
        return _WORDS[words]
    if words.startswith(("and ", "or ")):
        first, rest = words.split(" ", 1)
        following = connective(rest)
        return None if following is None else _WORDS[first] + following
    if (given := _GIVEN.fullmatch(words)) is not None:
        if given["kind"] is None:
            return ((Kind.GIVEN, ""),)
        kind = kind_of_number(given["kind"])
        return None if kind is None else ((Kind.GIVEN, kind),)
    if (is_a := _IS_A.fullmatch(words)) is not None:
        kind = kind_of_number(is_a["kind"])
        return None if kind is None else ((Kind.IS_A, kind),)
    return None


_PHRASE = re.compile(
    r"(?:(?:for|where|with|when|if|whenever|given|such that|provided that)(?![A-Za-z])"
    r"(?: (?:all|any|every|each|some)(?![A-Za-z]))?|(?:is|are)(?: (?:an?|any|some))?)"
    r"(?P<kind> (?:(?:positive|negative|nonnegative|non-negative|nonzero|arbitrary) )?"
    r"(?:real|integer|natural|rational|complex|whole|even|odd|prime)s?(?: numbers?| integers?)?"
    r"(?![A-Za-z]))?"
)


def match_connective(text: str, start: int) -> tuple[Connective, int] | None:
    """Return what joins mathematics in plain text from `start` on, and the offset behind it."""
    match = _PHRASE.match(text, start)
    if match is None:
        return None
    linked = connective(match[0])
    return None if linked is None else (linked, match.end())


def kind_of_number(words: str) -> str | None:
    """Return the name of the set of numbers that `words` are, such as `positive integers`."""
    match = _KIND.fullmatch(words)
    if match is None:
        return None
    if match["constant"]:
        return "constants"
    if match["parity"]:
        return f"{match['parity']} integers"
    name = _SETS.get(match["set"], match["set"] + "s")
    sign = (match["sign"] or "").strip().replace("non-", "non")
    return name if sign in {"", "arbitrary"} else f"{sign} {name}"
