"""A part of a long text in one line, with carets under what matters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len

_CUT = "…"
_NEWLINE = "⏎"
_UNPRINTABLE = "·"
_LEAST_ANSWER = 9


class Excerpt(NamedTuple):
    """Two lines of equal grid: `carets` stand under a part of `line`."""

    line: str
    carets: str


def excerpt(text: str, start: int, end: int, width: int) -> Excerpt:
    """Return the surroundings of a range of a text, with the range pointed at.

    A line break is shown as ⏎, what does not print (hidden characters among them) as ·, and what was cut as ….

    Args:
        text: The text.
        start: Where the range begins, in code points.
        end: Where it ends, exclusive.
        width: Cells of the screen that a line may take, 20 or more.
    """
    middle = _squeezed(_visible(text[start:end]), max(width * 2 // 3, _LEAST_ANSWER))
    room = width - cell_len(middle)
    # Far more than fits: what surrounds the range may be a megabyte.
    before, behind = (
        _visible(text[max(0, start - width) : start]),
        _visible(text[end : end + width]),
    )
    left = _nearest(reversed(before), max(room * 2 // 3, room - cell_len(behind)))[::-1]
    left = left if len(left) == start else _CUT + left[1:]
    right = _nearest(behind, room - cell_len(left))
    right = right if len(right) == len(text) - end else right[:-1] + _CUT
    carets = " " * cell_len(left) + "^" * max(1, cell_len(middle))
    return Excerpt(left + middle + right, carets)


def _visible(text: str) -> str:
    """Return one character for each code point, none of which moves the cursor oddly."""
    return "".join(
        _NEWLINE if each == "\n" else each if each.isprintable() else _UNPRINTABLE for each in text
    )


def _nearest(characters: Iterable[str], cells: int) -> str:
    """Return the first characters that fit into so many cells."""
    fitting = []
    for each in characters:
        cells -= cell_len(each)
        if cells < 0:
            break
        fitting.append(each)
    return "".join(fitting)


def _squeezed(text: str, cells: int) -> str:
    """Return a text that fits, cut in its middle where it must be."""
    if cell_len(text) <= cells:
        return text
    head = _nearest(text, (cells - 1) * 2 // 3)
    return head + _CUT + _nearest(reversed(text), cells - 1 - cell_len(head))[::-1]
