"""Which parts of a response are the model's answer text, and which are its thinking."""

from __future__ import annotations

import re

from veridical.math.span import Span

_MARKS = re.compile(
    r"<(?P<slash>/?)(?:think|thinking|thought|thoughts|reasoning|scratchpad|analysis)>"
    r"|(?P<open>\[THINK\]|◁think▷|<\|begin_of_thought\|>)"
    r"|(?P<close>\[/THINK\]|◁/think▷|<\|end_of_thought\|>)"
    r"|(?P<stop><\|(?:im_start|im_end|endoftext|eot_id|end_of_text)\|>)",
    re.IGNORECASE,
)


def answer_spans(response: str) -> list[Span]:
    """Return the parts of `response` that are no thinking, in order.

    A closing tag without an opening one ends thinking that began in the prompt: nothing before it
    is answer text. An opening tag without a closing one makes everything behind it thinking. A
    chat template's end mark ends the response. Time is linear in the length of `response`.
    """
    if "<" not in response and "[" not in response and "◁" not in response:
        return [Span(0, len(response))]
    spans: list[Span] = []
    begin = 0
    thinking = False
    for mark in _MARKS.finditer(response):
        if mark["stop"]:
            if thinking:
                return spans
            spans.append(Span(begin, mark.start()))
            return spans
        if mark["close"] or mark["slash"]:
            if not thinking:
                spans.clear()
            thinking = False
            begin = mark.end()
        elif not thinking:
            spans.append(Span(begin, mark.start()))
            thinking = True
    if not thinking:
        spans.append(Span(begin, len(response)))
    return spans
