"""Answers behind a mark in the text: `#### 42`, `<answer>42</answer>`, "the answer is 42", `A: 42`.

Every search goes from the end with `rfind` and looks at a bounded number of places, so that its
time is linear in the length of the response.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from veridical.math.span import Found, Span, trimmed

MAX_TRIES = 64
"""Marks that are looked at, from the end."""
MAX_BARE = 256
"""Code points up to which a response without any mark counts as a bare answer."""
MAX_SENTENCE = 1000
"""Code points behind "the answer is" up to which the answer must end."""
_ANSWER_IS = re.compile(r"(?i:answer)[\s*_]{0,4}(?:(?:is|are)\b[\s*_]{0,4}:?|:|=)[\s*_]{0,8}")
_ANSWER_LABEL = re.compile(r"[>#*_\s]{0,8}(?:A|(?i:answer))[\s*_]{0,4}:[\s*_]{0,8}")
_SENTENCE_END = re.compile(
    r"\.(?=\s|\*|$)|\n|,? (?:because|since|so that|which|I hope)\b", re.IGNORECASE
)
_SUBJECT = re.compile(r"(?:the|a|an|its?|there)\b[^.\n]{0,200}\b(?:is|are|equals)\s", re.IGNORECASE)
_DISPLAYS = ((r"\[", r"\]"), ("$$", "$$"))


def find_hashes(response: str, span: Span) -> Found | None:
    """Return the rest of the line behind the last `####`."""
    at = response.rfind("####", span.start, span.end)
    if at < 0:
        return None
    return _rest_of_line(response, at + 4, span.end)


def find_answer_tags(response: str, span: Span) -> Found | None:
    """Return what stands between the last `<answer>` and its `</answer>`."""
    end = response.rfind("</answer>", span.start, span.end)
    start = response.rfind("<answer>", span.start, end) if end >= 0 else -1
    if start < 0:
        return None
    return trimmed(response, start + len("<answer>"), end, closed=True)


def find_final_answer(response: str, span: Span) -> Found | None:
    """Return the sentence behind the last "answer is" that is not the label of a line."""
    has_lower_case = response.find("nswer", span.start, span.end) >= 0
    for at in _backwards(response, "nswer" if has_lower_case else "NSWER", span):
        marker = _ANSWER_IS.match(response, at - 1, span.end) if at > span.start else None
        label = _ANSWER_LABEL.match(response, _line_start(response, at, span), span.end)
        if marker is None or (label is not None and label.end() > at):
            continue
        found = _sentence(response, marker.end(), span.end)
        if found is not None:
            return found
    return None


def find_answer_line(response: str, span: Span) -> Found | None:
    """Return the rest of the last line that begins with `A:` or `Answer:`."""
    for colon in _backwards(response, ":", span):
        start = _line_start(response, colon, span)
        label = _ANSWER_LABEL.match(response, start, span.end)
        if label is not None:
            return _rest_of_line(response, label.end(), span.end)
    return None


def find_bare(response: str, span: Span) -> Found | None:
    """Return the whole of `span` if it is short."""
    found = trimmed(response, span.start, span.end, closed=False)
    return found if found is not None and found.end - found.start <= MAX_BARE else None


def _backwards(response: str, needle: str, span: Span) -> Iterator[int]:
    limit = span.end
    for _ in range(MAX_TRIES):
        at = response.rfind(needle, span.start, limit)
        if at < 0:
            return
        yield at
        limit = at


def _line_start(response: str, at: int, span: Span) -> int:
    return max(response.rfind("\n", span.start, at) + 1, span.start)


def _rest_of_line(response: str, start: int, end: int) -> Found | None:
    newline = response.find("\n", start, end)
    stop = end if newline < 0 else newline
    return trimmed(response, start, stop, closed=newline >= 0)


def _sentence(response: str, start: int, end: int) -> Found | None:
    end_of_search = min(end, start + MAX_SENTENCE)
    for opening, closing in _DISPLAYS:
        if response.startswith(opening, start):
            stop = response.find(closing, start + 2, end_of_search)
            return None if stop < 0 else trimmed(response, start, stop + 2, closed=True)
    subject = _SUBJECT.match(response, start, end_of_search)
    if subject is not None:
        start = subject.end()
    mark = _SENTENCE_END.search(response, start, end_of_search)
    stop = end_of_search if mark is None else mark.start()
    return trimmed(response, start, stop, closed=mark is not None)
