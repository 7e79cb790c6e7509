"""Whether an answer stands in a response only because the response repeats its prompt."""

from __future__ import annotations

import re

from veridical.math.answer.span import Span

MIN_CONTEXT = 40
"""Code points around an answer that must stand in the prompt as well to make it an echo."""
MIN_LEAD = 12
"""Code points of them that must stand before the answer."""
MAX_PLACES = 16
"""Places of the prompt that are compared."""
_MAX_ANSWER = 1000
_REACH = 200
_OPERATION = re.compile(
    r"[\d)}!]\s*(?:[-+*/^×·÷!]|\\(?:cdot|times|div)\b)|\\(?:sqrt|d?frac|binom)\b"
)
_LAYOUT = re.compile(r"\s|\$|\\(?:left|right)\b|\\[,;!()\[\]]")


def is_echo(response: str, start: int, end: int, span: Span, prompt: str) -> bool:
    """Say whether `response[start:end]` is quoted from `prompt` together with what surrounds it.

    An answer is one where text of `MIN_CONTEXT` code points around it, or all the answer text of
    the response if that is longer than the answer, stands in the prompt around the same words. The
    answer alone, or behind a phrase as short as "The answer is", may well be found in a prompt.
    """
    if not prompt or end - start > _MAX_ANSWER:
        return False
    whole = response[span.start : span.end].strip()
    bare = len(whole) <= end - start + 4
    if (
        not bare
        and len(whole) <= len(prompt)
        and len(whole) >= MIN_CONTEXT // 2
        and whole in prompt
    ):
        return True
    answer = response[start:end]
    before = response[max(span.start, start - _REACH) : start]
    after = response[end : min(span.end, end + _REACH)]
    at = prompt.find(answer)
    for _ in range(MAX_PLACES):
        if at < 0:
            return False
        lead = _common(before[::-1], prompt[max(0, at - _REACH) : at][::-1])
        behind = at + len(answer)
        if (
            lead >= MIN_LEAD
            and lead + _common(after, prompt[behind : behind + _REACH]) >= MIN_CONTEXT
        ):
            return True
        at = prompt.find(answer, at + 1)
    return False


def restates(answer: str, prompt: str) -> bool:
    """Say whether an answer is an operation that stands in the prompt, left for the reader to do.

    "1 - 17" answers nothing where 1 - 17 was asked for.
    """
    last = answer.rpartition("=")[2]
    if len(answer) > _MAX_ANSWER or not _OPERATION.search(last):
        return False
    return _LAYOUT.sub("", last) in _LAYOUT.sub("", prompt)


def _common(left: str, right: str) -> int:
    """Return the length of the longest common beginning."""
    for count, (first, second) in enumerate(zip(left, right, strict=False)):
        if first != second:
            return count
    return min(len(left), len(right))
