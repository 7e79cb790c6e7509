"""English cut into sentences and clauses, with offsets, and its small numbers and ordinals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_SUFFIXED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)$")

ORDINAL = rf"(?:{'|'.join(_ORDINALS[1:])}|\d{{1,2}}(?:st|nd|rd|th))"
"""A pattern of an ordinal: `third`, `3rd`."""

ANSWER = re.compile(r"\banswer\s*(?:is|:)\s*\(?([A-Z])\)?(?!\w)")
"""The letter of the option that a text answers with."""

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text.

    Attributes:
        text: The piece, without white space and punctuation at its ends.
        start: Where it starts in the whole text, in Unicode code points.
    """

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.start + len(self.text)


def trimmed(text: str, start: int) -> Span:
    """The span without the white space and punctuation at its ends."""
    head = len(text) - len(text.lstrip(" \t\n,.;:-*•"))
    return Span(text[head:].rstrip(" \t\n,.;:!?"), start + head)


def cut(span: Span, separator: re.Pattern[str]) -> Iterator[Span]:
    """The non-empty pieces of a span between matches of a pattern."""
    at = 0
    for match in separator.finditer(span.text):
        yield from _piece(span, at, match.start())
        at = match.end()
    yield from _piece(span, at, len(span.text))


def _piece(span: Span, start: int, end: int) -> Iterator[Span]:
    piece = trimmed(span.text[start:end], span.start + start)
    if piece.text:
        yield piece


def sentences(text: str) -> Iterator[Span]:
    """The sentences and lines of a text."""
    yield from cut(Span(text, 0), _SENTENCE_END)


def ordinal(word: str) -> int | None:
    """The number of an ordinal in lower case, None for another word."""
    if word in _ORDINALS:
        return _ORDINALS.index(word)
    match = _SUFFIXED.match(word)
    return int(match[1]) if match else None


def number(word: str) -> int | None:
    """The number that a word or some digits name, None for another word."""
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return int(word)
    return _NUMBERS.index(word) if word in _NUMBERS else None
