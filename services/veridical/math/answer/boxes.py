r"""Answers in boxes: `\boxed{42}`."""

from __future__ import annotations

import re

from veridical.math.answer.span import Found, Span
from veridical.math.normalise import clean_text, normal_text
from veridical.math.rational import read_plain

MAX_PARTS = 64
"""Boxes that are joined into one answer at most."""
MAX_PART = 1000
"""Code points that a joined box and what follows it take at most."""
MAX_CONTENT = 8192
"""Code points in a box; a longer one is cut there, far beyond what is compared."""
MAX_TRIES = 8
"""Boxes that are looked at, from the end, for one that is closed and not empty."""
_MAX_GAP = 120
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_OPENING = re.compile(r"\\f?box(?:ed)?\s{0,4}\{")
_MARK = r"(?:[\s$*]|\\[\[\]()]|\\q?quad(?![A-Za-z])|\\[,;! ]|\\(?:text|mathrm)\s?\{|\})"
_NEXT_BOX = re.compile(
    rf"(?:[^.\n]{{0,60}}?(?:\b(?:and|or)\b|[,;&]))?{_MARK}*"
    rf"|{_MARK}*[.,;:]?{_MARK}*(?:so|then|thus|hence|therefore)?{_MARK}*",
    re.DOTALL | re.IGNORECASE,
)
_ONLY_MARKS = re.compile(rf"{_MARK}*")
_NAME = re.compile(r"[A-Za-z]\w{0,2}(?:_\{\w{1,3}\})?\s?=\s?\Z")
_REASONING = re.compile(
    r"[=≈⇒→]|\\(?:approx|implies|Rightarrow|to)(?![A-Za-z])"
    r"|\b(?:so|thus|hence|therefore|then|final(?:ly)?|because|since|consequently|next|now|wait|actually"
    r"|sorry|oops|hmm|correct(?:ion|ed|ly|ing)?|no|not|instead|rather|but|however|let|substitut\w*|plug\w*"
    r"|using|from|gives?|get|find|we|step|check\w*|verif\w*|simplif\w*|recall|means?|mistake|wrong"
    r"|revised?|updated?|second thought|overall|total|conclude\w*|conclusion|summary)\b",
    re.IGNORECASE,
)


def find_boxed(response: str, span: Span) -> Found | None:
    r"""Return the last box in `span`, joined with those it continues: `\boxed{1}, \boxed{2}`.

    A box continues another where little stands between them and nothing that reasons: then both
    are answers, whereas a box that reasoning follows is a step on the way to the last.

    Empty boxes and boxes that are never closed do not count, but an answer behind which a box was
    opened and never closed is not closed either. Time is linear in the length of `span`.
    """
    at = response.rfind(r"\boxed", span.start, span.end)
    word = r"\boxed" if at >= 0 else r"\fbox"
    limit = scan_end = span.end
    closed = True
    for _ in range(MAX_TRIES):
        at = response.rfind(word, span.start, limit)
        if at < 0:
            return None
        box = _content(response, at, scan_end)
        if box is None:
            # What surrounds a group that never closes never closes either.
            scan_end, closed = at, False
        elif response[box.start : box.end].strip():
            at, box = _outermost(response, span, word, at, box)
            return _joined(response, span, word, at, box, closed=closed)
        limit = at
    return None


def is_reasoned(gap: str) -> bool:
    """Say whether `gap`, what stands between two answers, leads from the one to the other."""
    return _REASONING.search(_NAME.sub("", gap.rstrip("$ "))) is not None


def _content(response: str, at: int, limit: int) -> Span | None:
    opening = _OPENING.match(response, at, limit)
    if opening is None:
        return None
    start = opening.end()
    end = response.find("}", start, limit)
    if response.find("{", start, end) >= 0 or response.find("\\", start, end) >= 0:
        end = _closing_brace(response, start, min(limit, start + MAX_CONTENT))
    if end < 0 and limit - start > MAX_CONTENT:
        end = start + MAX_CONTENT
    return Span(start, end) if end >= 0 else None


def _closing_brace(text: str, start: int, limit: int) -> int:
    depth = 1
    for brace in _BRACE.finditer(text, start, limit):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if depth == 0:
                return brace.start()
    return -1


def _outermost(response: str, span: Span, word: str, at: int, box: Span) -> tuple[int, Span]:
    """Return the box around `box` where it holds more than that one, else `box` itself."""
    outer = response.rfind(word, max(span.start, at - MAX_PART), at)
    around = None if outer < 0 else _content(response, outer, span.end)
    if around is None or around.end <= box.end:
        return at, box
    rest = response[around.start : at] + response[box.end + 1 : around.end]
    return (at, box) if _ONLY_MARKS.fullmatch(rest) else (outer, around)


def _joined(response: str, span: Span, word: str, at: int, box: Span, *, closed: bool) -> Found:
    start, first = box.start, at
    parts = [response[start : box.end].strip()]
    while len(parts) < MAX_PARTS:
        previous = response.rfind(word, max(span.start, at - MAX_PART), at)
        before = None if previous < 0 else _content(response, previous, at)
        if before is None or not _is_next(response, before.end + 1, at):
            break
        part = response[before.start : before.end].strip()
        if not part:
            break
        parts.append(part)
        first = at = previous
    if len(parts) == 1:
        return Found(start, box.end, closed)
    # The span takes in the outermost commands and braces, so that it reads as it stands.
    end = min(box.end + 1, span.end)
    return Found(first, end, closed, _distinct(parts[::-1]))


def _distinct(parts: list[str]) -> tuple[str, ...]:
    """Return `parts` without those that are the same text or number as one before."""
    kept: dict[object, str] = {}
    for part in parts:
        normal = normal_text(clean_text(part))
        number = read_plain(normal)
        key = normal if number is None else (number.value, number.percent, number.unit)
        kept.setdefault(key, part)
    return tuple(kept.values())


def _is_next(response: str, end: int, at: int) -> bool:
    if at - end > _MAX_GAP:
        return False
    if _NEXT_BOX.fullmatch(response, end, at):
        return True
    return not is_reasoned(response[end:at])
