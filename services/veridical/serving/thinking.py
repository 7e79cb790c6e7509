"""Which part of a response is the model's answer text, and which is its thinking."""

from __future__ import annotations

import re
from typing import NamedTuple

_TAG = re.compile(
    r"""<[\s|]{0,2}(?P<close>/?)[\s|]{0,2}(?:\w{1,12}:)?(?:(?P<edge>begin|start|end)_(?:of_)?)?
    (?:think|thinking|thoughts?|thought_process|reasoning|reflection|scratchpad|analysis
      |inner_thoughts|inner_monologue|monologue|cot)
    \b(?!\s*=)[^<>\n]{0,80}>
    | \[(?P<close2>/?)THINK(?:ING)?\]
    | ◁(?P<close3>/?)think▷""",
    re.VERBOSE | re.IGNORECASE,
)
_NAMES = ("think", "thought", "reason", "reflection", "scratchpad", "analysis", "monologue", "cot")
_STOPS = ("<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>")
_FINAL = "<|channel|>final<|message|>"
_CHANNEL_STOPS = ("<|return|>", "<|end|>", "<|start|>", "<|channel|>")


class AnswerSpan(NamedTuple):
    """A range of code points in a response, `end` exclusive."""

    start: int
    end: int


def answer_span(response: str) -> AnswerSpan:
    """Return the part of `response` that is answer text.

    That is what follows the last closing tag, whether its opening tag stands in the response or
    stood in the prompt, up to the next opening tag; where nothing is there, it is what precedes that
    thinking. The first end mark of a chat template ends the response; of a response in channels the
    last final one counts. Time is linear in the length of `response`.
    """
    start, end = 0, len(response)
    if "<|" in response:
        if "<|channel|>" in response:
            return _final_channel(response)
        end = min(_found(response.find(stop), end) for stop in _STOPS)
    if "<" not in response and "THINK" not in response and "◁" not in response:
        return AnswerSpan(start, end)
    lower = response.lower()
    if not any(name in lower for name in _NAMES):
        return AnswerSpan(start, end)
    return _around(response, list(_TAG.finditer(response, 0, end)), end)


def _around(response: str, tags: list[re.Match[str]], end: int) -> AnswerSpan:
    """Return the last text that is not within `tags`, of the text up to `end`; maybe an empty one."""
    stop, is_thinking = end, False
    for tag in reversed(tags):
        if not _closes(tag):
            stop, is_thinking = tag.start(), False
        elif not is_thinking:
            if response[tag.end() : stop].strip():
                return AnswerSpan(tag.end(), stop)
            stop, is_thinking = tag.end(), True
    return AnswerSpan(stop, stop) if is_thinking else AnswerSpan(0, stop)


def _closes(tag: re.Match[str]) -> bool:
    return bool(tag["close"] or tag["close2"] or tag["close3"]) or tag["edge"] in {"end", "END"}


def _final_channel(response: str) -> AnswerSpan:
    at = response.rfind(_FINAL)
    start = len(response) if at < 0 else at + len(_FINAL)
    end = min(_found(response.find(stop, start), len(response)) for stop in _CHANNEL_STOPS)
    return AnswerSpan(start, end)


def _found(at: int, otherwise: int) -> int:
    return at if at >= 0 else otherwise
