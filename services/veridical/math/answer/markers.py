"""Answers behind a mark in the text: `#### 42`, `<answer>42</answer>`, "the answer is 42", `A: 42`.

Every search goes from the end with `rfind` and looks at a bounded number of places, so that its
time is linear in the length of the response.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from veridical.math.answer.commitment import is_doubtful
from veridical.math.answer.span import Found, Span, trimmed
from veridical.math.reader.counting import is_plural, match_counted
from veridical.math.reader.vocabulary import changes_value

MAX_TRIES = 64
"""Marks that are looked at, from the end."""
MAX_HEADINGS = 8
"""Lines behind `####` that are looked at, from the end."""
MAX_BARE = 256
"""Code points up to which a response without any mark counts as a bare answer."""
MAX_CONCLUSION = 400
"""Code points at the end of a response in which its last sentence must lie."""
MAX_SENTENCE = 1000
"""Code points behind "the answer is" up to which the answer must end."""
_ANSWER_IS = re.compile(
    r"(?i:answer)(?:(?:,[^,.\n]{1,60},|\s(?:to|for|of)\s[^.,:\n]{1,80}?)?[\s*_]{0,4}"
    r"(?:\b(?:is|are|equals|(?:must|should|would|will) be|turns out to be)\b[\s*_]{0,4}:?|:|=)"
    r"|\s+[-–—](?=\s)|(?=\s{0,4}(?:\\\[|\$\$)))[\s*_]{0,8}"
    r"(?:(?i:therefore|thus|hence|then|simply|just|clearly|indeed|exactly|equal to|given by)\b[,:]?\s+)?"
)
_ANSWER_CELL = re.compile(
    r"(?i:answer)[ \t*_]{0,4}\|[ \t*_]{0,8}(?P<cell>[^|\n]{1,200}?)[ \t*_]{0,8}\|"
)
_ANSWER_TITLE = re.compile(
    r"[\W_]{0,8}(?:(?:the|my|our) )?(?:(?:final|correct) )?answer[\W_]{0,8}", re.IGNORECASE
)
_TITLE = re.compile(r"[*_]{0,3}\s?(?:\d{1,2}[.)]\s)?[*_]{0,3}[A-Za-z]{3,}")
_ANSWER_LABEL = re.compile(r"[\W_]{0,8}(?P<label>[Aa]|(?i:answer))[\s*_]{0,4}:[\s*_]{0,8}")
_ANSWER_FIELD = re.compile(
    r"answer(?P<quote>[\"'])\s{0,8}:\s{0,8}(?:(?P<string>[\"'])(?P<text>[^\"'\n]*)(?P=string)"
    r"|(?P<value>[^\"'{}\[\],\s][^\"'{}\[\],\n]*))(?=\s*[,}])"
)
_SENTENCE_END = re.compile(
    r"\.(?=\s|\*|$)|\n|,? \(?(?:because|since|so that|which|I hope|namely|i\.e)\b", re.IGNORECASE
)
_SUBJECT = re.compile(r"(?:the|a|an|its?|there)\b[^.\n]{0,200}\b(?:is|are|equals)\s", re.IGNORECASE)
_DISPLAYS = ((r"\[", r"\]"), ("$$", "$$"))
_CONCLUSION = re.compile(
    r"(?:(?:therefore|thus|hence|so|then|finally|consequently)\b,?\s+)"
    r"(?:(?:we|i) (?:get|have|find|obtain|conclude)(?: that)?:?\s+)?",
    re.IGNORECASE,
)
_CONCLUDING = re.compile(
    r"(?:\A|(?<=[.!?:\n])\s{0,4}|(?<=\s))(?:Therefore|Thus|Hence|So|Consequently|Finally|In conclusion)\b"
)
_VALUE = (
    r"\$[^$\n]{1,200}\$|\\\([^\n]{1,200}?\\\)|\\\[[^\n]{1,200}?\\\]|[-+]?[$€£¥]?\d(?:[\d.,/]*\d)?%?"
)
_STATED = re.compile(rf"(?:\b(?:is|are|equals?|be)|=)\s*\**(?P<value>{_VALUE})\**\.?\Z")
_ONE_VALUE = re.compile(_VALUE)
_WORD = re.compile(r"[^\W\d_]+")
_FEW = 4
_MISLEADING_WORDS = """
    of than to by from between within up if unless whether like some any each every as or and not the
"""
_MISLEADING = frozenset(_MISLEADING_WORDS.split())
_FOLLOWING_WORDS = (
    "of on in at from for to per each every a an when considering because since which that"
)
_FOLLOWING = frozenset(_FOLLOWING_WORDS.split())
_NEXT_SENTENCE = re.compile(r"[.!?]\s+[A-Z]|\n")
_BARE_SUBJECT = re.compile(
    r"(?:the|an?|its?|there|this|that|we|she|he|they)\b[^.\n]{0,200}\b"
    r"(?:is|are|equals|has|have|gets?|needs?)\s+(?=[-+$€£¥\\(]{0,2}\d)",
    re.IGNORECASE,
)
_IT_IS = re.compile(r"\bit(?:'s| is) (?=[-+$\\]{0,2}[\d(\\])", re.IGNORECASE)
_OPENINGS = (r"\[", "$$", r"\begin", "$", r"\(", "\\left")
_VISIBLE = re.compile(r"[^\s*_#`$]")
_PRINTED = re.compile(r"\S")
_EMPHASIS = "*_ \t"
_FLOURISH = _EMPHASIS + "✅🎉✔☑"
_TAGGED = re.compile(r"<(?P<tag>b|i|u|em|strong|mark|p|span)>(?P<text>[^<>]{1,256})</(?P=tag)>\.?")


def find_hashes(response: str, span: Span) -> Found | None:
    """Return the rest of the line behind the last `####` that is not the heading of more text."""
    limit = span.end
    for _ in range(MAX_HEADINGS):
        at = response.rfind("####", span.start, limit)
        found = None if at < 0 else _rest_of_line(response, at + 4, span.end)
        if at < 0 or (found is None and limit == span.end):
            return None
        if found is not None and not _is_title(response, found, span):
            label = _ANSWER_IS.search(response, found.start, found.end)
            start = found.start if label is None else label.end()
            return trimmed(response, start, found.end, closed=found.closed)
        limit = at
    return None


def _is_title(response: str, line: Found, span: Span) -> bool:
    titled = _TITLE.match(response, line.start, line.end) is not None
    return titled and _VISIBLE.search(response, line.end, span.end) is not None


def find_answer_tags(response: str, span: Span) -> Found | None:
    """Return what stands between the last `<answer>` and its `</answer>`, less "the answer is"."""
    end = response.rfind("</answer>", span.start, span.end)
    start = response.rfind("<answer>", span.start, end) if end >= 0 else -1
    if start < 0:
        return None
    within = Span(start + len("<answer>"), end)
    inner = find_final_answer(response, within) if end - start < MAX_SENTENCE else None
    return inner or trimmed(response, within.start, end, closed=True)


def find_final_answer(response: str, span: Span) -> Found | None:
    """Return the sentence behind the last "answer is" that is not the label of a line.

    A field `"answer": 42`, a cell `| Answer | 42 |` and what follows a heading "Final answer" count
    as well.
    """
    has_lower_case = response.find("nswer", span.start, span.end) >= 0
    for at in _backwards(response, "nswer" if has_lower_case else "NSWER", span):
        if at == span.start:
            continue
        field = _ANSWER_FIELD.match(response, at - 1, span.end)
        if field is not None:
            group = "text" if field["string"] else "value"
            return trimmed(response, field.start(group), field.end(group), closed=True)
        cell = _ANSWER_CELL.match(response, at - 1, span.end)
        if cell is not None:
            return trimmed(response, cell.start("cell"), cell.end("cell"), closed=True)
        found = _stated(response, at, span)
        if found is not None:
            return found
    return None


def _stated(response: str, at: int, span: Span) -> Found | None:
    """Return what the words around "nswer" at `at` state as the answer."""
    start = _line_start(response, at, span)
    marker = _ANSWER_IS.match(response, at - 1, span.end)
    if marker is not None:
        label = _ANSWER_LABEL.match(response, start, span.end)
        if label is not None and label.end() > at:
            return None
        return _sentence(response, marker.end(), span.end)
    newline = response.find("\n", at, min(span.end, at + MAX_BARE))
    if newline < 0 or _ANSWER_TITLE.fullmatch(response, start, newline) is None:
        return None
    below = _PRINTED.search(response, newline, span.end)
    return None if below is None else _sentence(response, below.start(), span.end)


def find_answer_line(response: str, span: Span) -> Found | None:
    """Return the rest of the last line that begins with `A:` or `Answer:`."""
    for colon in _backwards(response, ":", span):
        start = _line_start(response, colon, span)
        label = _ANSWER_LABEL.match(response, start, span.end)
        if label is not None and _is_label(response, label, span):
            subject = _BARE_SUBJECT.match(response, label.end(), span.end)
            return _rest_of_line(response, (subject or label).end(), span.end)
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
    subject = _BARE_SUBJECT.match(text, skipped)
    skipped = skipped if subject is None else subject.end()
    for verdict in _IT_IS.finditer(text):
        skipped = verdict.end()
    return found._replace(start=found.start + skipped)


def find_conclusion(response: str, span: Span) -> Found | None:
    """Return the number or formula of a last sentence that concludes: "Therefore, x is 42".

    It is the only one there, or the sentence ends in it, and nothing in the sentence doubts it.
    """
    first = max(span.start, span.end - MAX_CONCLUSION)
    kept = response[first : span.end].rstrip(" \t\n*_")
    openings = list(_CONCLUDING.finditer(kept))
    if not openings:
        return None
    sentence = kept[openings[-1].end() :]
    first += openings[-1].end()
    if _NEXT_SENTENCE.search(sentence) or is_doubtful(sentence):
        return None
    stated = _STATED.search(sentence)
    if stated is not None:
        return Found(first + stated.start("value"), first + stated.end("value"), closed=False)
    values = list(_ONE_VALUE.finditer(sentence))
    if len(values) != 1 or not _leads_to_value(sentence[: values[0].start()]):
        return None
    end = _counted_end(sentence, values[0].end())
    return None if end is None else Found(first + values[0].start(), first + end, closed=False)


def _leads_to_value(before: str) -> bool:
    """Say whether the words before the one value of a sentence leave it as it is, as in "she has 42"."""
    words = _WORD.findall(before.lower())
    if not words or words[-2:] == ["total", "of"]:
        return True
    return words[-1] not in _MISLEADING and not changes_value(words[-1])


def _counted_end(sentence: str, end: int) -> int | None:
    """Return the offset behind the value that ends at `end` and what it counts.

    None if words behind it may make another value of it: it has 42 eggs left, but not 42 dozen.
    """
    counted = match_counted(sentence, end)
    if counted is not None:
        end = counted.end
    words = _WORD.findall(sentence[end:].lower())
    if words[:1] == ["more"]:  # as many as are still needed
        words = words[1:] or ["more"]
    if not words:
        return end
    if any(map(changes_value, words[:_FEW])):
        return None
    is_noun = sentence[:end].endswith("%") or any(map(is_plural, words[:_FEW]))
    return end if counted is not None or words[0] in _FOLLOWING or is_noun else None


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
    """Return the range without white space, tags and the `**` of a label that reaches over it."""
    found = trimmed(response, start, end, closed=closed)
    if found is None:
        return None
    tagged = _TAGGED.fullmatch(response, found.start, found.end)
    if tagged is not None:
        return trimmed(response, tagged.start("text"), tagged.end("text"), closed=True)
    if response.find("**", found.start, found.end - 2) >= 0:
        return found
    kept = response[found.start : found.end].rstrip(_FLOURISH)
    return found._replace(end=found.start + len(kept)) if kept else None
