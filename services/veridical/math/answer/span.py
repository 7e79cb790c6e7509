"""Ranges of a response, in code points."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A range of code points in a response, `end` exclusive."""

    start: int
    end: int


class Found(NamedTuple):
    """A range that holds an answer.

    Attributes:
        start: Offset of the answer in the response.
        end: Offset behind it.
        closed: Whether something ends it, so that a cut behind it cannot have shortened it.
        parts: The contents of its boxes where it spans several, else empty.
    """

    start: int
    end: int
    closed: bool
    parts: tuple[str, ...] = ()


def trimmed(text: str, start: int, end: int, *, closed: bool) -> Found | None:
    """Return the range without white space at its ends, None if nothing is left."""
    content = text[start:end]
    if not content or content.isspace():
        return None
    first = end - len(content.lstrip())
    return Found(first, start + len(content.rstrip()), closed)
