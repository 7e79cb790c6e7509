"""Words of order: which end of which scale `older`, `cheapest` or `second from the right` names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from veridical.proof.logic.text import ORDINAL, ordinal

_SCALES = (
    ("old ancient", "new young recent modern"),
    ("left", "right"),
    ("cheap inexpensive affordable", "expensive costly pricey dear valuable"),
    ("short", "tall long"),
    ("light", "heavy"),
    ("small little tiny", "large big"),
    ("slow", "fast quick"),
    ("poor", "rich wealthy"),
    ("weak", "strong"),
    ("near close", "far distant"),
    ("cold cool", "hot warm"),
    ("early", "late"),
    ("thin", "thick"),
    ("narrow", "wide broad"),
    ("shallow", "deep"),
    ("quiet", "loud noisy"),
    ("dark", "bright"),
    ("soft", "hard"),
    ("easy", "difficult"),
    ("dull", "sharp"),
)
"""The two ends of each scale; places are counted from the first of them."""

_RANKS = {
    "above": -1, "before": -1, "ahead of": -1, "in front of": -1,
    "below": 1, "after": 1, "behind": 1, "under": 1,
}  # fmt: skip
_SIDES = {
    "left": ("left", -1), "right": ("left", 1), "top": ("rank", -1), "front": ("rank", -1),
    "start": ("rank", -1), "beginning": ("rank", -1), "bottom": ("rank", 1), "back": ("rank", 1), "end": ("rank", 1),
}  # fmt: skip
RANK = "rank"


@dataclass(frozen=True, slots=True)
class End:
    """One end of a scale.

    Attributes:
        scale: Its name.
        sign: -1 for the end from which places are counted, 1 for the other.
    """

    scale: str
    sign: int

    def place(self, number: int, count: int) -> int:
        """The place of the `number`-th of `count` objects, seen from this end."""
        return number if self.sign < 0 else count + 1 - number


def _graded(adjective: str) -> Iterator[tuple[str, str]]:
    """The comparative and superlative forms of an adjective."""
    stem = adjective[:-1] + "i" if adjective.endswith("y") else adjective.removesuffix("e")
    yield stem + "er", stem + "est"
    yield stem + stem[-1] + "er", stem + stem[-1] + "est"


_PLAIN = {
    word: End(low.split()[0], sign)
    for low, high in _SCALES
    for words, sign in ((low, -1), (high, 1))
    for word in words.split()
}
_COMPARATIVES = {pair[0]: end for word, end in _PLAIN.items() for pair in _graded(word)}
_SUPERLATIVES = {pair[1]: end for word, end in _PLAIN.items() for pair in _graded(word)}


def _adjective(word: str) -> End:
    return _PLAIN.get(word, End(word, 1))


def comparative(words: str) -> End | None:
    """The end that `newer`, `more expensive`, `to the left of`, `above` point to."""
    if words in _RANKS:
        return End(RANK, _RANKS[words])
    if side := re.fullmatch(r"(?:to|on) the (left|right)(?: side)? of", words):
        return End(*_SIDES[side[1]])
    if graded := re.fullmatch(r"(more|less) ([\w-]+)(?: than)?", words):
        end = _adjective(graded[2])
        return End(end.scale, end.sign if graded[1] == "more" else -end.sign)
    word = words.removesuffix(" than")
    if word in _COMPARATIVES:
        return _COMPARATIVES[word]
    return End(word[:-2], 1) if re.fullmatch(r"[a-z]{3,}er", word) else None


def superlative(words: str) -> End | None:
    """The end that `newest`, `most expensive`, `leftmost`, `last` name."""
    if words in {"first", "last"}:
        return End(RANK, -1 if words == "first" else 1)
    if words.endswith("most") and words[:-4] in _SIDES:
        return End(*_SIDES[words[:-4]])
    if graded := re.fullmatch(r"(most|least) ([\w-]+)", words):
        end = _adjective(graded[2])
        return End(end.scale, end.sign if graded[1] == "most" else -end.sign)
    if words in _SUPERLATIVES:
        return _SUPERLATIVES[words]
    return End(words[:-3], 1) if re.fullmatch(r"[a-z]{3,}est", words) else None


COMPARATIVE = (
    r"(?:(?:more|less) [\w-]+ than|[a-z]+er than|(?:to|on) the (?:left|right)(?: side)? of|"
    r"above|below|before|after|ahead of|behind|in front of|under)"
)
"""A pattern of what stands between two objects that are compared, in lower case."""

_SUPERLATIVE = r"(?:(?:most|least) [\w-]+|(?:left|right|top|bottom)most|[a-z]+est|last)"
PLACE = (
    rf"(?:{ORDINAL}[- ]{_SUPERLATIVE}|{_SUPERLATIVE}|{ORDINAL}(?: [a-z]+)? from the [a-z]+|"
    rf"{ORDINAL}[- ](?:to[- ])?last|{ORDINAL})"
)
"""A pattern of a place, in lower case: `second-newest`, `third from the left`, `third-to-last`."""

_COUNTED = re.compile(rf"({ORDINAL})[- ](?:[a-z]+ (?=from the ))?(.+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a scale.

    Attributes:
        number: Which, seen from the end, from 1.
        end: The end; None for a bare ordinal, whose end the context says.
    """

    number: int
    end: End | None


def place(words: str) -> Place | None:
    """Reads what `PLACE` matches."""
    if words == "last":
        return Place(1, End(RANK, 1))
    if (bare := ordinal(words)) is not None:
        return Place(bare, None)
    counted = _COUNTED.fullmatch(words)
    number, rest = (ordinal(counted[1]) or 0, counted[2]) if counted else (1, words)
    if rest.startswith("from the "):
        side = _SIDES.get(rest.removeprefix("from the "))
        return Place(number, End(*side)) if side else None
    if rest in {"to-last", "to last", "last"}:
        return Place(number, End(RANK, 1))
    end = superlative(rest)
    return Place(number, end) if end else None


def direction(low: str, high: str) -> End | None:
    """The end that `from ... to ...` starts at."""
    if low in {"most", "least"}:
        low = f"{low} {high.split()[-1]}"
    low = low.removeprefix("the ")
    return End(*_SIDES[low]) if low in _SIDES else superlative(low)
