"""The texts of prompts and completions, which trainers give as strings or as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Text: TypeAlias = str | Sequence[Mapping[str, Any]]
"""Plain text, or messages with `role` and `content`."""


def prompt_text(prompt: Text) -> str:
    """All that a prompt says, its messages in lines of their own."""
    if isinstance(prompt, str):
        return prompt
    return "\n".join(_content(message) for message in prompt)


def response_text(completion: Text) -> str:
    """What the model wrote: of messages those of the assistant, without what tools answered between them.

    Thinking that a tokenizer with a response template has split off is put back in its tags.
    """
    if isinstance(completion, str):
        return completion
    own = (message for message in completion if message.get("role", "assistant") == "assistant")
    return "\n".join(_thinking(message) + _content(message) for message in own)


def _thinking(message: Mapping[str, Any]) -> str:
    text = message.get("reasoning_content") or message.get("thinking")
    return f"<think>\n{text}\n</think>\n\n" if text else ""


def _content(message: Mapping[str, Any]) -> str:
    """A message's text; beside images it comes in parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content)
