"""Answers behind a mark in the text: `#### 42`, `<answer>42</answer>`, "the answer is 42", `A: 42`.

Every search goes from the end with `rfind` and looks at a bounded number of places, so that its
time is linear in the length of the response.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from veridical.math.span import Found, Span, trimmed

MAX_TRIES = 64
"""Marks that are looked at, from the end."""
MAX_BARE = 256
"""Code points up to which a response without any mark counts as a bare answer."""
MAX_SENTENCE = 1000
"""Code points behind "the answer is" up to which the answer must end."""
_ANSWER_IS = re.compile(
    r"(?i:answer)(?:[\s*_]{0,4}(?:(?:is|are)\b[\s*_]{0,4}:?|:|=)|\s+[-–—](?=\s)"
    r"|(?=\s{0,4}(?:\\\[|\$\$)))[\s*_]{0,8}"
)
_ANSWER_LABEL = re.compile(r"[\W_]{0,8}(?P<label>[Aa]|(?i:answer))[\s*_]{0,4}:[\s*_]{0,8}")
_ANSWER_FIELD = re.compile(
    r"answer(?P<quote>[\"'])\s{0,8}:\s{0,8}(?:(?P<string>[\"'])(?P<text>[^\"'\n]*)(?P=string)"
    r"|(?P<value>[^\"'{}\[\],\s][^\"'{}\[\],\n]*))(?=\s*[,}])"
)
_SENTENCE_END = re.compile(
    r"\.(?=\s|\*|$)|\n|,? (?:because|since|so that|which|I hope)\b", re.IGNORECASE
)
_SUBJECT = re.compile(r"(?:the|a|an|its?|there)\b[^.\n]{0,200}\b(?:is|are|equals)\s", re.IGNORECASE)
_DISPLAYS = ((r"\[", r"\]"), ("$$", "$$"))
_CONCLUSION = re.compile(
    r"(?:(?:therefore|thus|hence|so|then|finally|consequently)\b,?\s+)"
    r"(?:(?:we|i) (?:get|have|find|obtain|conclude)(?: that)?:?\s+)?",
    re.IGNORECASE,
)
_IT_IS = re.compile(r"\bit(?:'s| is) (?=[-+$\\]{0,2}[\d(\\])", re.IGNORECASE)
_OPENINGS = (r"\[", "$$", r"\begin", "$", r"\(", "\\left")
_EMPHASIS = "*_ \t"


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
        field = _ANSWER_FIELD.match(response, at - 1, span.end) if at > span.start else None
        if field is not None:
            group = "text" if field["string"] else "value"
            return trimmed(response, field.start(group), field.end(group), closed=True)
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
        if label is not None and _is_label(response, label, span):
            return _rest_of_line(response, label.end(), span.end)
    return None


def _is_label(response: str, label: re.Match[str], span: Span) -> bool:
    """Say whether `label` is no mere part of a question: of `a:`, `b:` only a last line counts."""
    if label["label"] != "a":
        return True
    newline = response.find("\n", label.end(), span.end)
    return newline < 0 or not response[newline : span.end].strip()


def find_bare(response: str, span: Span) -> Found | None:
    """Return the whole of `span`, less an opening "Therefore,", if it is short and one line.

    Display mathematics may take several lines. A text with control characters is no answer.
    """
    found = trimmed(response, span.start, span.end, closed=False)
    if found is None or found.end - found.start > MAX_BARE:
        return None
    text = response[found.start : found.end]
    if "\n" in text and not text.startswith(_OPENINGS):
        return None
    if any(unicodedata.category(each) == "Cc" and not each.isspace() for each in text):
        return None
    opening = _CONCLUSION.match(text)
    skipped = 0 if opening is None else opening.end()
    for verdict in _IT_IS.finditer(text):
        skipped = verdict.end()
    return found._replace(start=found.start + skipped)


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
    return _unemphasised(response, start, stop, closed=newline >= 0)


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
    return _unemphasised(response, start, stop, closed=mark is not None)


def _unemphasised(response: str, start: int, end: int, *, closed: bool) -> Found | None:
    """Return the range without white space and the `**` of a label that reaches over the answer."""
    found = trimmed(response, start, end, closed=closed)
    if found is None or response.find("**", found.start, found.end - 2) >= 0:
        return found
    kept = response[found.start : found.end].rstrip(_EMPHASIS)
    return found._replace(end=found.start + len(kept)) if kept else None
