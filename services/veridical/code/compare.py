"""What a program wrote held against what it should have written, in time linear in both.

Neither side is ever split as a whole: memory stays within a few times that of the texts, except
where lines are compared in any order and must be sorted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from math import isfinite
from operator import eq

from veridical.code.judgement import shown
from veridical.code.submission import CompareMode, Comparison

_PIECE = 1 << 20
_SPACE = re.compile(r"\s")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
_MAX_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two outputs differ, as a person wants to see it."""

    place: str
    expected: str
    actual: str


def compare_output(expected: str, actual: bytes, how: Comparison) -> Difference | None:
    """Say where `actual` differs from `expected`; None if it does not.

    Output that is not UTF-8 equals nothing. A checker is not run here.

    Raises:
        ValueError: `how.mode` is CHECKER.
    """
    try:
        text = actual.decode()
    except UnicodeDecodeError as error:
        return Difference(
            f"byte {error.start}: not UTF-8", shown(expected), shown(repr(actual[:256]))
        )
    if text == expected and how.mode is not CompareMode.CHECKER:
        return None
    match how.mode:
        case CompareMode.EXACT:
            return _first_difference("line", _pieces(expected, "\n"), _pieces(text, "\n"))
        case CompareMode.LINES:
            return _first_difference("line", _lines(expected), _lines(text))
        case CompareMode.TOKENS:
            return _first_difference("token", _tokens(expected), _tokens(text))
        case CompareMode.FLOATS:
            return _compare_floats(expected, text, how)
        case CompareMode.UNORDERED:
            return _compare_unordered(expected, text)
        case CompareMode.CHECKER:
            raise ValueError("a checker compares in a cell of its own")


def _pieces(text: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators; only a piece of the text is split at a time."""
    start = 0
    while start <= len(text):
        end = text.find(separator, start + _PIECE)
        end = len(text) if end < 0 else end
        yield from text[start:end].split(separator)
        start = end + 1


def _lines(text: str) -> Iterator[str]:
    """Yield lines without trailing white space, and without empty ones at the end."""
    empty = 0
    for line in map(str.rstrip, _pieces(text, "\n")):
        if line:
            yield from [""] * empty
            empty = 0
            yield line
        else:
            empty += 1


def _tokens(text: str) -> Iterator[str]:
    return chain.from_iterable(_token_pieces(text))


def _token_pieces(text: str) -> Iterator[list[str]]:
    start = 0
    while start < len(text):
        space = _SPACE.search(text, start + _PIECE)
        end = space.start() if space else len(text)
        yield text[start:end].split()
        start = end


def _first_difference(
    what: str, expected: Iterable[str], actual: Iterable[str]
) -> Difference | None:
    for number, (wanted, came) in enumerate(zip_longest(expected, actual), 1):
        if wanted != came:
            return _difference(f"{what} {number}", wanted, came)
    return None


def _difference(place: str, wanted: str | None, came: str | None) -> Difference:
    return Difference(place, _excerpt(wanted), _excerpt(came))


def _excerpt(part: str | None) -> str:
    return "(nothing)" if part is None else shown(part)


def _compare_floats(expected: str, actual: str, how: Comparison) -> Difference | None:
    pairs = zip_longest(_tokens(expected), _tokens(actual))
    for number, (wanted, came) in enumerate(pairs, 1):
        if wanted != came and not (
            wanted is not None and came is not None and _is_near(wanted, came, how)
        ):
            return _difference(f"token {number}", wanted, came)
    return None


def _is_near(expected: str, actual: str, how: Comparison) -> bool:
    wanted, came = _number(expected), _number(actual)
    if wanted is None or came is None:
        return False
    return abs(came - wanted) <= max(how.rtol * abs(wanted), how.atol)


def _number(token: str) -> float | None:
    """The finite number that a token writes; None if it writes none."""
    if len(token) > _MAX_DIGITS or not _NUMBER.fullmatch(token):
        return None
    number = float(token)
    return number if isfinite(number) else None


def _compare_unordered(expected: str, actual: str) -> Difference | None:
    """Compare the lines that hold something, in any order.

    The counts come first: so what is sorted of the output is no longer than what is expected.
    """
    wanted, came = (
        sum(map(bool, map(str.rstrip, _pieces(side, "\n")))) for side in (expected, actual)
    )
    if wanted != came:
        return Difference("number of lines", str(wanted), str(came))
    sides = [
        sorted(filter(None, map(str.rstrip, _pieces(side, "\n")))) for side in (expected, actual)
    ]
    if all(map(eq, *sides)):
        return None
    only = next((pair for pair in zip(*sides, strict=True) if pair[0] != pair[1]), ("", ""))
    return _difference("lines in order", *only)
