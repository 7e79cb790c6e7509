"""What an engine is to read, in tokens, where it fits the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from veridical.sampling.engine import Refused
from veridical.sampling.engines.words import Words
from veridical.sampling.model import Conversation, Pair, Prepared, Prompt, Text, Tokens


def prepared(prompt: Prompt, words: Words, max_tokens: int) -> Prepared:
    """A prompt in tokens that leaves room for one at least.

    Args:
        prompt: The prompt.
        words: The model's tokenizer.
        max_tokens: Longest prompt and response together.

    Raises:
        Refused: It cannot be read, or there is no room.
    """
    ids = words.prompt(prompt)
    field = field_of(prompt)
    if not ids:
        raise Refused(field, "is empty, and the model has no token that begins a text")
    if len(ids) >= max_tokens:
        raise Refused(field, f"{len(ids)} tokens leave no room: the model takes {max_tokens}")
    return Prepared(Tokens(ids), len(ids))


def field_of(prompt: Prompt) -> str:
    """The field of a `GenerateRequest` that gave a prompt."""
    match prompt:
        case Text():
            return "prompt"
        case Tokens():
            return "token_ids"
        case Conversation():
            return "messages"


@dataclass(frozen=True, slots=True)
class Scorable:
    """A continuation behind its prefix, in tokens; both have one at least."""

    prefix: tuple[int, ...]
    continuation: tuple[int, ...]


def scorable(pairs: Sequence[Pair], words: Words, max_tokens: int) -> list[Scorable]:
    """The pairs in tokens.

    Raises:
        Refused: One cannot be scored.
    """
    return [_scorable(f"inputs[{i}]", pair, words, max_tokens) for i, pair in enumerate(pairs)]


def _scorable(field: str, pair: Pair, words: Words, max_tokens: int) -> Scorable:
    if isinstance(pair.prefix, Tokens):
        prefix = words.known(pair.prefix, f"{field}.prompt_ids")
    else:
        prefix = words.first() if pair.prefix is None else words.prompt(pair.prefix, f"{field}.")
    if not prefix:
        raise Refused(f"{field}.prompt", "is empty, and the model has no token that begins a text")
    if isinstance(pair.continuation, Text):
        continuation = words.continuation(pair.continuation.text)
    else:
        continuation = words.known(pair.continuation, f"{field}.continuation_ids")
    total = len(prefix) + len(continuation)
    if total > max_tokens:
        raise Refused(f"{field}.continuation", f"{total} tokens, and the model takes {max_tokens}")
    return Scorable(prefix, continuation)
