"""The places of a response where its answer may stand, in the order in which they count."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from veridical.math.answer.boxes import find_boxed
from veridical.math.answer.markers import (
    find_answer_line,
    find_answer_tags,
    find_bare,
    find_conclusion,
    find_final_answer,
    find_hashes,
)
from veridical.math.answer.span import Found, Span
from veridical.math.policy import Extraction


class Extracted(NamedTuple):
    """An answer in a response.

    Attributes:
        found: Where it stands.
        extraction: The form in which it was found.
    """

    found: Found
    extraction: Extraction


_FINDERS: tuple[tuple[Extraction, Callable[[str, Span], Found | None]], ...] = (
    (Extraction.BOXED, find_boxed),
    (Extraction.HASHES, find_hashes),
    (Extraction.ANSWER_TAGS, find_answer_tags),
    (Extraction.FINAL_ANSWER, find_final_answer),
    (Extraction.ANSWER_LINE, find_answer_line),
    (Extraction.BARE, find_bare),
    (Extraction.CONCLUSION, find_conclusion),
)
_MARKED = (
    Extraction.HASHES,
    Extraction.ANSWER_TAGS,
    Extraction.FINAL_ANSWER,
    Extraction.ANSWER_LINE,
)
MAX_BESIDE = 200
"""Code points before an answer in which another one counts as given side by side with it."""
_HINTS = ("####", "nswer", "NSWER", "A:", "a:")
"""One of these stands in every marked answer."""
_SHORTEST = 3
"""Characters of the shortest marked answer, `A:1`."""


def extract(response: str, span: Span, places: tuple[Extraction, ...] = ()) -> Extracted | None:
    """Return the answer at the first place that holds one, None if there is none.

    Args:
        response: The whole response.
        span: The part of it that is answer text.
        places: Where to look, always in the order of `Extraction`; empty means everywhere.
    """
    for extraction, find in _FINDERS:
        if places and extraction not in places:
            continue
        found = find(response, span)
        if found is not None:
            return Extracted(found, extraction)
    return None


def extract_behind(
    response: str, span: Span, first: Extracted, places: tuple[Extraction, ...] = ()
) -> Extracted | None:
    """Return what is marked as the answer behind `first` at another place, the last of it if several."""
    behind = Span(min(first.found.end, span.end), span.end)
    if behind.end - behind.start < _SHORTEST or all(
        response.find(hint, *behind) < 0 for hint in _HINTS
    ):
        return None
    later = [
        Extracted(found, place)
        for place, find in _FINDERS
        if place in _MARKED and place is not first.extraction and (not places or place in places)
        if (found := find(response, behind)) is not None
    ]
    return max(later, key=lambda each: each.found.start, default=None)


def extract_beside(response: str, span: Span, last: Extracted) -> Extracted | None:
    """Return the answer at the same place directly before `last`, which is in no box."""
    if last.extraction not in _MARKED:
        return None
    find = next(find for place, find in _FINDERS if place is last.extraction)
    start, end = max(span.start, last.found.start - MAX_BESIDE), last.found.start
    if last.extraction in (Extraction.HASHES, Extraction.ANSWER_LINE):
        end = max(response.rfind("\n", start, end), start)
    found = find(response, Span(start, end))
    return None if found is None else Extracted(found, last.extraction)
