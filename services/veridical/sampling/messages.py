"""Messages of the contract to plain data and back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, FINISH_REASON_STOP
from veridical.api.v1.sampling_pb2 import (
    ContinuationScore,
    GenerateRequest,
    Messages,
    ModelInfo,
    Sample,
    SamplingSettings,
    ScoreInput,
    ScoreRequest,
    TokenIds,
)
from veridical.sampling.model import (
    Conversation,
    Drawn,
    DrawSettings,
    Finish,
    Model,
    Pair,
    Prepared,
    Prompt,
    Scored,
    Text,
    Tokens,
    Turn,
)
from veridical.serving.errors import InvalidArgument

MAX_SAMPLES = 65_536
MAX_INPUTS = 4_096
_MAX_INDEX = 2**31 - 1
_MAX_GROUP_BYTES = 256
_MAX_TEMPERATURE = 10.0
_MAX_STOPS = 16
_MAX_STOP_BYTES = 1_024
_ROLES = ("system", "user", "assistant")
_FINISH = {Finish.STOP: FINISH_REASON_STOP, Finish.LENGTH: FINISH_REASON_LENGTH}


@dataclass(frozen=True, slots=True)
class Order:
    """What a `GenerateRequest` asks for."""

    prompt: Prompt
    settings: DrawSettings
    seed: int
    indices: Sequence[int]


def read_order(request: GenerateRequest, max_bytes: int) -> Order:
    """Reads a request for samples; draws a seed where it has none.

    Args:
        request: The request.
        max_bytes: Longest prompt.

    Raises:
        InvalidArgument: It breaks the contract.
    """
    if len(request.group.encode()) > _MAX_GROUP_BYTES:
        raise InvalidArgument("group", f"longer than {_MAX_GROUP_BYTES} bytes")
    given = request.settings
    seed = given.seed if given.HasField("seed") else secrets.randbits(32)
    return Order(_prompt(request, max_bytes), _settings(given), seed, _indices(request))


def read_pairs(request: ScoreRequest, max_bytes: int) -> list[Pair]:
    """Reads a request for scores.

    Args:
        request: The request.
        max_bytes: Longest prompt, and longest continuation.

    Raises:
        InvalidArgument: It breaks the contract.
    """
    if not 1 <= len(request.inputs) <= MAX_INPUTS:
        raise InvalidArgument("inputs", f"{len(request.inputs)} of them, not 1 to {MAX_INPUTS}")
    return [_pair(f"inputs[{place}]", each, max_bytes) for place, each in enumerate(request.inputs)]


def sample_message(
    request: GenerateRequest,
    order: Order,
    prepared: Prepared,
    index: int,
    seed: int,
    drawn: Drawn,
    model: ModelInfo,
) -> Sample:
    """The message of one sample."""
    sample = Sample(
        group=request.group,
        sample_index=index,
        text=drawn.text,
        token_ids=TokenIds(ids=drawn.token_ids),
        logprobs=drawn.logprobs,
        finish_reason=_FINISH[drawn.finish],
        seed=seed,
        settings=_settings_message(order),
        model=model,
        labels=request.labels,
        prompt_tokens=prepared.tokens,
    )
    if drawn.weight_version is not None:
        sample.model.weight_version = drawn.weight_version
    return sample


def model_message(model: Model, engine: str) -> ModelInfo:
    """The message of a model."""
    return ModelInfo(
        name=model.name,
        engine=engine,
        weight_version=model.weight_version,
        tokenizer_hash=model.tokenizer_hash,
        max_tokens=model.max_tokens,
        base=model.base,
    )


def score_message(scored: Scored) -> ContinuationScore:
    """The message of one score."""
    return ContinuationScore(token_ids=TokenIds(ids=scored.token_ids), logprobs=scored.logprobs)


def _prompt(request: GenerateRequest, max_bytes: int) -> Prompt:
    match request.WhichOneof("input"):
        case "prompt":
            return _text("prompt", request.prompt, max_bytes)
        case "messages":
            return _conversation("messages", request.messages, max_bytes)
        case "token_ids":
            return _tokens("token_ids", request.token_ids)
        case _:
            raise InvalidArgument("input", "one of prompt, messages and token_ids is required")


def _text(field: str, text: str, max_bytes: int) -> Text:
    if len(text.encode()) > max_bytes:
        raise InvalidArgument(field, f"longer than {max_bytes} bytes")
    return Text(text)


def _conversation(field: str, messages: Messages, max_bytes: int) -> Conversation:
    if not messages.messages:
        raise InvalidArgument(f"{field}.messages", "there are none")
    if messages.ByteSize() > max_bytes:
        raise InvalidArgument(field, f"longer than {max_bytes} bytes")
    turns = []
    for place, message in enumerate(messages.messages):
        where = f"{field}.messages[{place}]"
        if message.role not in _ROLES:
            raise InvalidArgument(f"{where}.role", f"must be one of {', '.join(_ROLES)}")
        if not message.content or not all(part.HasField("text") for part in message.content):
            raise InvalidArgument(f"{where}.content", "must be parts of text, 1 or more")
        turns.append(Turn(message.role, "".join(part.text for part in message.content)))
    return Conversation(tuple(turns))


def _tokens(field: str, tokens: TokenIds) -> Tokens:
    if not tokens.ids:
        raise InvalidArgument(f"{field}.ids", "there are none")
    if min(tokens.ids) < 0:
        raise InvalidArgument(f"{field}.ids", "one is below 0")
    return Tokens(tuple(tokens.ids))


def _indices(request: GenerateRequest) -> Sequence[int]:
    if request.sample_indices:
        return _listed(request)
    count, first = request.n or 1, request.first_sample_index
    if not 1 <= count <= MAX_SAMPLES:
        raise InvalidArgument("n", f"must be 1 to {MAX_SAMPLES}")
    if not 0 <= first <= _MAX_INDEX - count:
        raise InvalidArgument("first_sample_index", "the indices must be 0 to 2147483647")
    return range(first, first + count)


def _listed(request: GenerateRequest) -> Sequence[int]:
    indices = tuple(request.sample_indices)
    if request.n or request.first_sample_index:
        raise InvalidArgument("sample_indices", "they stand instead of n and first_sample_index")
    if len(indices) > MAX_SAMPLES or len(set(indices)) < len(indices) or min(indices) < 0:
        raise InvalidArgument(
            "sample_indices", f"must be at most {MAX_SAMPLES}, each 0 or more, no two equal"
        )
    return indices


def _settings(given: SamplingSettings) -> DrawSettings:
    temperature = given.temperature if given.HasField("temperature") else 1.0
    top_p = given.top_p if given.HasField("top_p") else 1.0
    if not 0 <= temperature <= _MAX_TEMPERATURE:
        raise InvalidArgument("settings.temperature", f"must be 0 to {_MAX_TEMPERATURE:g}")
    if not 0 < top_p <= 1:
        raise InvalidArgument("settings.top_p", "must be above 0 and at most 1")
    for name in ("top_k", "max_tokens"):
        if given.HasField(name) and getattr(given, name) < 1:
            raise InvalidArgument(f"settings.{name}", "must be 1 or more")
    return DrawSettings(
        temperature=temperature,
        top_p=top_p,
        top_k=given.top_k if given.HasField("top_k") else None,
        max_tokens=given.max_tokens if given.HasField("max_tokens") else None,
        stop=_stops(given.stop),
        logprobs=given.logprobs,
    )


def _stops(stops: Iterable[str]) -> tuple[str, ...]:
    given = tuple(stops)
    if len(given) > _MAX_STOPS:
        raise InvalidArgument("settings.stop", f"{len(given)} of them, at most {_MAX_STOPS}")
    if any(not 1 <= len(stop.encode()) <= _MAX_STOP_BYTES for stop in given):
        raise InvalidArgument("settings.stop", f"each must have 1 to {_MAX_STOP_BYTES} bytes")
    return given


def _settings_message(order: Order) -> SamplingSettings:
    settings = order.settings
    return SamplingSettings(
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k,
        max_tokens=settings.max_tokens,
        stop=settings.stop,
        seed=order.seed,
        logprobs=settings.logprobs,
    )


def _pair(field: str, given: ScoreInput, max_bytes: int) -> Pair:
    prefix: Prompt | None = None
    match given.WhichOneof("prefix"):
        case "prompt":
            prefix = _text(f"{field}.prompt", given.prompt, max_bytes) if given.prompt else None
        case "prompt_ids":
            prefix = _tokens(f"{field}.prompt_ids", given.prompt_ids)
        case "messages":
            prefix = _conversation(f"{field}.messages", given.messages, max_bytes)
    match given.WhichOneof("scored"):
        case "continuation" if given.continuation:
            return Pair(prefix, _text(f"{field}.continuation", given.continuation, max_bytes))
        case "continuation_ids":
            return Pair(prefix, _tokens(f"{field}.continuation_ids", given.continuation_ids))
        case _:
            raise InvalidArgument(f"{field}.continuation", "is required")
