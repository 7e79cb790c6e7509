"""Which part of a response is the model's answer text, and which is its thinking."""

from __future__ import annotations

from veridical.math.span import Span

_TAGS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
)
_HINTS = ("think", "THINK", "thought", "reasoning>")
_STOPS = ("<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>")


def answer_span(response: str) -> Span:
    """Return the part of `response` that is answer text.

    That is what follows the last closing tag, whether its opening tag stands in the response or
    stood in the prompt, up to the next opening tag; where nothing follows, it is what precedes the
    thinking. The first end mark of a chat template ends the response. Time is linear in the length
    of `response`.
    """
    end = len(response)
    if "<|" in response:
        end = min(_found(response.find(stop), end) for stop in _STOPS)
    if not any(hint in response for hint in _HINTS):
        return Span(0, end)
    start = _after_last_close(response, end)
    opened = _first_open(response, start, end)
    if start and not response[start:opened].strip():
        opened = max(response.rfind(opening, 0, start) for opening, _ in _TAGS)
        start = _after_last_close(response, max(opened, 0))
    return Span(start, max(opened, start))


def _after_last_close(response: str, end: int) -> int:
    places = ((response.rfind(closing, 0, end), closing) for _, closing in _TAGS)
    return max(at + len(closing) if at >= 0 else 0 for at, closing in places)


def _first_open(response: str, start: int, end: int) -> int:
    return min(_found(response.find(opening, start, end), end) for opening, _ in _TAGS)


def _found(at: int, otherwise: int) -> int:
    return at if at >= 0 else otherwise
