"""What is asked of an engine and what it gives: plain data that also crosses to its process."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from msgspec import Struct


class Text(Struct, frozen=True, tag=True):
    """A prompt as it stands."""

    text: str


class Turn(Struct, frozen=True, tag=True):
    """One message of a conversation."""

    role: str
    text: str


class Conversation(Struct, frozen=True, tag=True):
    """A prompt that goes through the model's chat template."""

    turns: tuple[Turn, ...]


class Tokens(Struct, frozen=True, tag=True):
    """A prompt in tokens: indices into the model's vocabulary."""

    ids: tuple[int, ...]


Prompt: TypeAlias = Text | Conversation | Tokens


class Prepared(Struct, frozen=True, tag=True):
    """A prompt as an engine will read it."""

    prompt: Prompt
    """Tokens where the engine tells them, otherwise what was asked for."""
    tokens: int | None
    """Its length; None where the engine does not tell."""


class Finish(Enum):
    """Why a sample ended."""

    STOP = "stop"
    """The model ended it, or a stop sequence was met."""
    LENGTH = "length"
    """It has all the tokens it may have."""


class DrawSettings(Struct, frozen=True, tag=True):
    """How tokens are drawn; bounds and meaning are those of `SamplingSettings` in the contract."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: bool = False


class Draw(Struct, frozen=True, tag=True):
    """One sample that is wanted."""

    model: str
    prompt: Prompt
    settings: DrawSettings
    seed: int
    """0 to 4294967295."""


class Drawn(Struct, frozen=True, tag=True):
    """One sample."""

    text: str
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    """Natural log-probability of each token at temperature 1; empty unless asked for."""
    finish: Finish
    weight_version: int | None
    """None where the engine does not tell."""
    log_chance: float | None
    """Natural logarithm of the chance of drawing these tokens; None where the engine does not tell."""


class Pair(Struct, frozen=True, tag=True):
    """A continuation to score behind what precedes it; None is nothing but the token that begins a text."""

    prefix: Prompt | None
    continuation: Text | Tokens


class Scored(Struct, frozen=True, tag=True):
    """The log-probabilities of a continuation's tokens, at temperature 1."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]


class Scores(Struct, frozen=True, tag=True):
    """The scores of some pairs, in their order."""

    scored: tuple[Scored, ...]
    weight_version: int | None


class Model(Struct, frozen=True, tag=True):
    """A model, or an adapter over one, as it is served."""

    name: str
    base: str
    """The model that an adapter adapts; empty for a model."""
    max_tokens: int
    """Longest prompt and response together; 0 where the engine does not tell."""
    tokenizer_hash: str
    """Hexadecimal; empty where the engine tells none."""
    weight_version: int | None
    """Rises by one with every update, from 0; None where the engine does not tell."""
