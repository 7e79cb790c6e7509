"""Finding the committed answer in a response."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from veridical.math.boxes import find_boxed
from veridical.math.markers import (
    find_answer_line,
    find_answer_tags,
    find_bare,
    find_final_answer,
    find_hashes,
)
from veridical.math.policy import Extraction
from veridical.math.span import Found, Span


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
)


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
