r"""Where maths stands in a text.

A zone is a stretch between maths delimiters: `\(..\)`, `\[..\]`, `$$..$$`, `$..$`, an environment such as
`align`, a calculator note `<<3*4=12>>`, or a code fence. What lies outside is prose. A dollar opens maths
only if what stands up to the next dollar looks like a formula; otherwise it is a currency sign. The cost
is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_OPENER = re.compile(r"\\[\[(]|\\begin\{(?P<name>[a-z]+\*?)\}|\\.|\$\$?|<<|```", re.DOTALL)
_NOTE = re.compile(r"<<[^<>\n]{1,300}>>")
_TEXT = re.compile(
    r"\\(?:text|textbf|textit|textrm|mbox|mathrm|operatorname|begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+"
)
_LONG_WORD = re.compile(
    r"[A-Za-z]{4,}|(?<![A-Za-z])(?:and|or|the|for|per|has|are|was|is|of|to|in|on)(?![A-Za-z])"
)
_FORMULA = re.compile(r"\\[A-Za-z]|[\^_=<>+*/!|≤≥≠≈×÷·-]")
_SHORT = re.compile(
    r"\s*(?:[-+]?\s*[0-9][0-9.,]*\s*(?:\\?%)?|[A-Za-z]{1,5}'?|\([^()$]*\)|[0-9.]*[A-Za-z]{1,2})\s*[.,]?\s*"
)
_OPEN_END = re.compile(r"[-+*/=<>×÷·(]\s*\Z")
_ENVIRONMENTS = frozenset(
    [
        "align",
        "align*",
        "aligned",
        "gather",
        "gather*",
        "gathered",
        "equation",
        "equation*",
        "eqnarray",
        "eqnarray*",
        "split",
        "multline",
        "multline*",
        "alignat",
        "alignat*",
        "displaymath",
        "math",
        "cases",
        "array",
    ]
)
MAX_INLINE = 2000
"""Characters that may stand between two single dollars."""


class ZoneKind(Enum):
    """What a zone holds."""

    INLINE = "inline"
    DISPLAY = "display"
    NOTE = "note"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of maths.

    Attributes:
        start: Where its opening delimiter starts, in Unicode code points.
        end: Where its closing delimiter ends, exclusive.
        inner_start: Where its content starts.
        inner_end: Where its content ends, exclusive.
        kind: What it holds.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    kind: ZoneKind


class _Finder:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.zones: list[Zone] = []
        self._hopeless: set[str] = set()

    def run(self) -> tuple[Zone, ...]:
        at = 0
        while (match := _OPENER.search(self.text, at)) is not None:
            at = self._open(match)
        return tuple(self.zones)

    def _open(self, match: re.Match[str]) -> int:
        opener, name = match[0], match["name"]
        if opener == "$":
            return self._dollar(match.start())
        if opener == "<<":
            return self._note(match)
        if name is not None:
            return self._close(match, f"\\end{{{name}}}") if name in _ENVIRONMENTS else match.end()
        closer = {"\\[": "\\]", "\\(": "\\)", "$$": "$$", "```": "```"}.get(opener)
        return match.end() if closer is None else self._close(match, closer)

    def _close(self, match: re.Match[str], closer: str) -> int:
        found = -1 if closer in self._hopeless else self.text.find(closer, match.end())
        if found < 0:
            self._hopeless.add(closer)
            return match.end()
        kind = (
            ZoneKind.INLINE
            if closer == "\\)"
            else ZoneKind.CODE
            if closer == "```"
            else ZoneKind.DISPLAY
        )
        self._add(match.start(), match.end(), found, found + len(closer), kind)
        return found + len(closer)

    def _note(self, match: re.Match[str]) -> int:
        note = _NOTE.match(self.text, match.start())
        if note is None:
            return match.end()
        self._add(note.start(), note.start() + 2, note.end() - 2, note.end(), ZoneKind.NOTE)
        return note.end()

    def _dollar(self, start: int) -> int:
        end = _closing_dollar(self.text, start + 1)
        if end is None or not looks_like_formula(self.text[start + 1 : end]):
            return start + 1
        self._add(start, start + 1, end, end + 1, ZoneKind.INLINE)
        return end + 1

    def _add(self, start: int, inner_start: int, inner_end: int, end: int, kind: ZoneKind) -> None:
        self.zones.append(Zone(start, end, inner_start, inner_end, kind))


_DOLLAR = re.compile(r"\\.|[{}$]|\n\s*\n", re.DOTALL)


def _closing_dollar(text: str, at: int) -> int | None:
    """Return the offset of the dollar that may close maths opened before `at`."""
    depth = 0
    for match in _DOLLAR.finditer(text, at, min(len(text), at + MAX_INLINE)):
        mark = match[0]
        depth += (mark == "{") - (mark == "}")
        if mark[0] == "\n" or depth < 0:
            return None
        if mark == "$" and depth == 0:
            return match.start()
    return None


def looks_like_formula(inner: str) -> bool:
    """Say whether what stands between two single dollars is maths rather than prose between amounts."""
    if not inner.strip() or inner.count("(") != inner.count(")"):
        return False
    if _OPEN_END.search(inner) or inner[0] in ",;:?":
        return False
    plain = _TEXT.sub(" ", inner)
    if _LONG_WORD.search(plain):
        return False
    if _SHORT.fullmatch(inner):
        return not (inner[0].isdigit() and inner[-1].isspace())
    return _FORMULA.search(inner) is not None or "," in inner


def find_zones(text: str) -> tuple[Zone, ...]:
    """Return the zones of `text`, in order; they do not overlap."""
    return _Finder(text).run()
