r"""What a reader of a response would see: it without hidden text, and the way back to its offsets.

Invisible characters, comments, `\phantom{...}`, white text and struck-out text neither make an
answer nor keep a reader from what stands beside them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import NamedTuple

from veridical.math.answer.span import Span

MAX_PIECES = 4096
"""Pieces into which hidden text may cut a response; of one in more pieces nothing counts as seen."""
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
_REORDERING = re.compile("[\u202d\u202e\u2066-\u2069]")
_WHITE = r"(?:white|transparent|\#[fF]{3}(?:[fF]{3})?)"
_HIDING = re.compile(
    rf"""(?P<comment><!--)
    | (?P<off>\\iffalse(?![A-Za-z])|\\begin\{{comment\}})
    | (?P<blank>\\[hv]?phantom\s?\{{|\\[hv]space\*?\s?\{{)
    | (?P<painted>\\textcolor\s?\{{{_WHITE}\}}\s?\{{)
    | (?P<painting>\\color\s?\{{{_WHITE}\}})
    | (?P<paint>\\(?:text)?color\s?(?:\[\w{{1,9}}\])?\{{[^{{}}]{{0,40}}\}})
    | <(?P<tag>[a-zA-Z]{{1,10}})\b(?:(?<=<del)|(?<=<strike)
        |[^<>]{{0,200}}?(?:\bhidden\b|display\s?:\s?none|visibility\s?:\s?hidden
          |opacity\s?:\s?0(?![.\d])|font-size\s?:\s?0(?![.\d])
          |\bcolor\s?[:=]\s?["']?(?:{_WHITE})\b))[^<>]{{0,200}}>
    | (?P<lines>(?:^(?:%|\[[^\]\n]{{0,40}}\]:[ ]?(?:\#|<>))[^\n]*\n?)+)
    """,
    re.VERBOSE | re.MULTILINE,
)
_HINTS = (
    "<!--", "phantom", "color{", "color[", "color {", r"\iffalse", "{comment}", r"\hspace", r"\vspace",
    "<del", "<strike", "hidden", "display:", "display :", "opacity", "font-size", "color:", "color=", "\n%", "]:",
)  # fmt: skip
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_PAINTED_END = re.compile(r"\\color(?![A-Za-z])|\\.|[{}$]|\n[ \t]*\n", re.DOTALL)
_PAINT_ENDS = frozenset({r"\color", r"\)", r"\]", "$"})


class _Piece(NamedTuple):
    """A piece of visible text and its offset in the response."""

    origin: int
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A response as a reader sees it.

    Attributes:
        text: The visible text.
        size: Length of the response.
        places: Offsets in `text` at which a piece of the response begins, ascending; empty where
            `text` is the whole response.
        origins: Offset in the response of each of those pieces.
    """

    text: str
    size: int
    places: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()

    def in_response(self, start: int, end: int) -> Span:
        """Return the range of the response that shows as `text[start:end]`, which is not empty."""
        return Span(self._origin(start), self._origin(end - 1) + 1)

    def around(self, start: int, end: int) -> Span:
        """Return that range with the hidden text directly before and behind it."""
        first = self._origin(start - 1) + 1 if start else 0
        return Span(first, self._origin(end) if end < len(self.text) else self.size)

    def _origin(self, at: int) -> int:
        if not self.places:
            return at
        piece = bisect_right(self.places, at) - 1
        return self.origins[piece] + at - self.places[piece]


def visible(response: str) -> View:
    """Return what is to be seen of `response`, in time linear in its length."""
    if not _may_hide(response):
        return View(response, len(response))
    shown = list(islice(_shown(response), MAX_PIECES)) or [_Piece(0, "")]
    if len(shown) == MAX_PIECES:
        shown = [_Piece(0, "")]
    sizes = accumulate((len(piece.text) for piece in shown[:-1]), initial=0)
    text = "".join(piece.text for piece in shown)
    return View(text, len(response), tuple(sizes), tuple(piece.origin for piece in shown))


def _may_hide(response: str) -> bool:
    if response.startswith("%") or any(map(response.__contains__, _HINTS)):
        return True
    return not response.isascii() and _INVISIBLE.search(response) is not None


def is_reordered(text: str) -> bool:
    """Say whether `text` shows its characters in another order than it has them."""
    return not text.isascii() and _REORDERING.search(text) is not None


def _shown(response: str) -> Iterator[_Piece]:
    at = 0
    while (hiding := _HIDING.search(response, at)) is not None:
        yield from _without_invisible(response, at, hiding.start())
        if hiding["blank"]:
            # A gap stays a gap, so that its neighbours do not become one word.
            yield _Piece(hiding.start(), " ")
        at = _hidden_end(response, hiding)
    yield from _without_invisible(response, at, len(response))


def _without_invisible(response: str, start: int, end: int) -> Iterator[_Piece]:
    at = start
    for run in _INVISIBLE.finditer(response, start, end):
        if run.start() > at:
            yield _Piece(at, response[at : run.start()])
        at = run.end()
    if end > at:
        yield _Piece(at, response[at:end])


def _hidden_end(response: str, hiding: re.Match[str]) -> int:
    """Return the end of what `hiding` begins; what never ends hides all the rest."""
    match hiding.lastgroup:
        case "comment":
            return _behind(response, hiding.end(), "-->")
        case "off":
            closing = r"\fi" if hiding["off"].startswith(r"\iffalse") else r"\end{comment}"
            return _behind(response, hiding.end(), closing)
        case "tag":
            return _behind(response, hiding.end(), f"</{hiding['tag']}>")
        case "painting":
            return _group_end(_PAINTED_END, response, hiding.end())
        case "blank" | "painted":
            return _group_end(_BRACE, response, hiding.end()) + 1
    return hiding.end()


def _behind(response: str, start: int, closing: str) -> int:
    end = response.find(closing, start)
    return len(response) if end < 0 else end + len(closing)


def _group_end(ends: re.Pattern[str], response: str, start: int) -> int:
    """Return the offset of what closes the group that is open at `start`."""
    depth = 0
    for mark in ends.finditer(response, start):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}" and depth:
            depth -= 1
        elif mark[0] == "}" or mark[0] in _PAINT_ENDS or mark[0].isspace():
            return mark.start()
    return len(response)
