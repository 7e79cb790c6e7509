"""Whether a response keeps a form: thinking in tags, an answer in tags, one box, a pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import re2

MAX_PATTERN_BYTES = 4096
_PATTERN_MEMORY = 8 << 20
"""Bytes that RE2 may use for one pattern; matching stays linear in the response."""

_THINK = ("<think>", "</think>")
_ANSWER = ("<answer>", "</answer>")
_BOX = re.compile(r"\\f?box(?:ed)?\s{0,4}\{")


class BadPatternError(ValueError):
    """The pattern is not RE2 syntax, or needs too much memory."""


@dataclass(frozen=True, slots=True)
class FormDemands:
    r"""What a form demands; all that is set must hold.

    Attributes:
        think_tags: One `<think>...</think>` stands first.
        answer_tags: Exactly one `<answer>...</answer>` follows the thinking, and nothing follows it.
        boxed_answer: Outside of the thinking there is exactly one closed `\boxed{...}`.
        full_match: RE2 pattern of the whole response; empty for none.
    """

    think_tags: bool = False
    answer_tags: bool = False
    boxed_answer: bool = False
    full_match: str = ""


@dataclass(frozen=True, slots=True)
class Miss:
    """A demand that a response does not meet.

    Attributes:
        demand: Name of the `FormDemands` field.
        offset: Where it was noticed, in code points; None where no one place is at fault.
    """

    demand: str
    offset: int | None


def missed(response: str, demands: FormDemands) -> list[Miss]:
    """Gives the demands that `response` misses, in field order. Linear in its length.

    Raises:
        BadPatternError: `full_match` cannot be used.
    """
    found: list[Miss] = []
    rest = _after_thinking(response)
    if demands.think_tags:
        found += _think_misses(response)
    if demands.answer_tags:
        found += _answer_misses(response, rest)
    if demands.boxed_answer:
        found += _box_misses(response, rest)
    if demands.full_match and not _compiled(demands.full_match).fullmatch(response):
        found.append(Miss("full_match", None))
    return found


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re2._Regexp[str]:
    options = re2.Options()
    options.max_mem = _PATTERN_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "unusable"
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise BadPatternError(text) from error


def _after_thinking(response: str) -> int:
    """Offset behind the last closing think tag, or of the start."""
    end = response.rfind(_THINK[1])
    return end + len(_THINK[1]) if end >= 0 else 0


def _think_misses(response: str) -> list[Miss]:
    opening, closing = _THINK
    start = len(response) - len(response.lstrip())
    if not response.startswith(opening, start):
        return [Miss("think_tags", start)]
    if (again := response.find(opening, start + 1)) >= 0:
        return [Miss("think_tags", again)]
    closed = response.find(closing)
    if closed < 0:
        return [Miss("think_tags", start)]
    if (again := response.find(closing, closed + 1)) >= 0:
        return [Miss("think_tags", again)]
    return []


def _answer_misses(response: str, rest: int) -> list[Miss]:
    opening, closing = _ANSWER
    start = response.find(opening, rest)
    end = response.find(closing, rest)
    if start < 0 or end < start:
        return [Miss("answer_tags", end if end >= 0 else None)]
    behind = end + len(closing)
    for tag in _ANSWER:
        again = response.find(tag, behind if tag == closing else start + 1)
        if again >= 0:
            return [Miss("answer_tags", again)]
    if response[behind:].strip():
        return [Miss("answer_tags", behind)]
    return []


def _box_misses(response: str, rest: int) -> list[Miss]:
    boxes = [match for _, match in zip(range(2), _BOX.finditer(response, rest), strict=False)]
    if not boxes:
        return [Miss("boxed_answer", None)]
    if len(boxes) > 1:
        return [Miss("boxed_answer", boxes[1].start())]
    if not _closes(response, boxes[0].end()):
        return [Miss("boxed_answer", boxes[0].start())]
    return []


def _closes(response: str, start: int) -> bool:
    """Whether the brace that was opened before `start` is closed."""
    depth = 1
    for brace in re.finditer(r"\\.|[{}]", response[start:], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return True
    return False
