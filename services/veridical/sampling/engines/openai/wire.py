"""What is sent to an OpenAI-compatible server, and what of its answer counts.

The interface: https://platform.openai.com/docs/api-reference/completions. Beyond it stand `top_k`, which
all servers of `_WITH_TOP_K` take, and what vLLM alone gives: token ids and log-probabilities of prompts.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct

from veridical.sampling.engine import CannotDo, Refused
from veridical.sampling.engines.chance import Step, log_chance_bound
from veridical.sampling.model import (
    Conversation,
    Draw,
    Drawn,
    Finish,
    Prompt,
    Scored,
    Text,
    Tokens,
)

Body: TypeAlias = dict[str, Any]
TokenId: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Logprob: TypeAlias = Annotated[float, Meta(le=1e-3)]
"""Natural; rounding may put one a little above 0."""

VLLM = "vllm"
_WITH_TOP_K = frozenset({VLLM, "sglang", "llamacpp"})
_LIKELIEST = 5


class Known(Struct, frozen=True):
    """What `GET /models` says of a model."""

    id: str
    owned_by: str = ""
    """Which program serves it."""
    max_model_len: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    """Longest prompt and response together; told by vLLM."""


class Models(Struct, frozen=True):
    """The answer of `GET /models`."""

    data: list[Known]


class Likely(Struct, frozen=True):
    """A token with its log-probability."""

    logprob: Logprob


class ChatToken(Struct, frozen=True):
    """A drawn token of a chat."""

    logprob: Logprob
    top_logprobs: list[Likely] = []


class Logprobs(Struct, frozen=True):
    """Log-probabilities of drawn tokens: `content` of chats, the rest of completions."""

    content: list[ChatToken] | None = None
    token_logprobs: list[Logprob | None] | None = None
    top_logprobs: list[dict[str, Logprob] | None] | None = None


class ChatMessage(Struct, frozen=True):
    """What a chat answered."""

    content: str | None = None


class Choice(Struct, frozen=True):
    """One response."""

    finish_reason: str | None = None
    text: str | None = None
    message: ChatMessage | None = None
    logprobs: Logprobs | None = None
    token_ids: list[TokenId] | None = None
    prompt_logprobs: list[dict[int, Likely] | None] | None = None


class Completion(Struct, frozen=True):
    """The answer of both `POST /completions` and `POST /chat/completions`."""

    choices: Annotated[list[Choice], Meta(min_length=1)]


def draw_body(draw: Draw, known: Known) -> tuple[str, Body]:
    """Path and body of the call for one sample.

    Raises:
        EngineError: The server takes no such settings.
    """
    settings = draw.settings
    if settings.max_tokens is None:
        raise Refused("settings.max_tokens", "is required: the endpoint does not tell what fits")
    body: Body = {
        "model": known.id,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_tokens": settings.max_tokens,
        "seed": draw.seed,
    }
    if settings.stop:
        body["stop"] = list(settings.stop)
    if settings.top_k is not None:
        if known.owned_by not in _WITH_TOP_K:
            raise CannotDo("the endpoint is not known to take top_k")
        body["top_k"] = settings.top_k
    if known.owned_by == VLLM:
        body["return_token_ids"] = True
    # With vLLM always, so that repeats are noticed; elsewhere it may cost, or be refused.
    with_logprobs = settings.logprobs or known.owned_by == VLLM
    if isinstance(draw.prompt, Conversation):
        if with_logprobs:
            body |= {"logprobs": True, "top_logprobs": _LIKELIEST}
        return "/chat/completions", body | {"messages": _messages(draw.prompt)}
    if with_logprobs:
        body["logprobs"] = _LIKELIEST
    return "/completions", body | {"prompt": _plain(draw.prompt)}


def drawn(completion: Completion, draw: Draw) -> Drawn:
    """The sample of an answer.

    Raises:
        CannotDo: It lacks what was asked for.
    """
    choice = completion.choices[0]
    if choice.finish_reason not in ("stop", "length"):
        raise CannotDo(f"the endpoint ended a sample by {choice.finish_reason!r}")
    text = choice.message.content if choice.message else choice.text
    steps = _steps(choice.logprobs)
    if draw.settings.logprobs and steps is None:
        raise CannotDo("the endpoint gave no log-probabilities")
    ids = tuple(choice.token_ids or ())
    _check_counts(ids, steps, draw.settings.max_tokens)
    return Drawn(
        text=text or "",
        token_ids=ids,
        logprobs=tuple(step.drawn for step in steps or ()) if draw.settings.logprobs else (),
        finish=Finish(choice.finish_reason),
        weight_version=None,
        log_chance=None if steps is None else log_chance_bound(steps, draw.settings),
    )


def _check_counts(ids: tuple[int, ...], steps: list[Step] | None, most: int | None) -> None:
    """Returns where the counts of what an endpoint tells of one sample agree.

    Raises:
        CannotDo: They do not.
    """
    counts = {len(each) for each in (ids, steps) if each}
    if len(counts) > 1:
        raise CannotDo(
            f"the endpoint told {len(ids)} tokens and {len(steps or ())} of their chances"
        )
    if most is not None and max(counts, default=0) > most:
        raise CannotDo(f"the endpoint drew {max(counts)} tokens where {most} were asked for")


def score_body(prefix: tuple[int, ...], continuation: tuple[int, ...], known: Known) -> Body:
    """The body of the call to `POST /completions` that scores a continuation; vLLM alone answers it."""
    prompt = [*prefix, *continuation]
    return {"model": known.id, "prompt": prompt, "max_tokens": 1, "prompt_logprobs": 0}


def scored(completion: Completion, prefix: int, continuation: tuple[int, ...]) -> Scored:
    """The scores of an answer.

    Args:
        completion: The answer.
        prefix: Tokens before the continuation.
        continuation: The tokens that were scored.

    Raises:
        CannotDo: It has none.
    """
    told = (completion.choices[0].prompt_logprobs or [])[prefix:]
    if len(told) != len(continuation):
        raise CannotDo("the endpoint gave no log-probabilities of the prompt")
    found = zip(continuation, told, strict=True)
    try:
        told_ones = [(known or {})[token].logprob for token, known in found]
    except KeyError as error:
        raise CannotDo("the endpoint gave the log-probabilities of other tokens") from error
    return Scored(continuation, tuple(min(0.0, each) for each in told_ones))


def tokenize_body(prompt: Prompt, known: Known, *, begins: bool) -> Body:
    """The body of vLLM's `POST /tokenize`.

    Args:
        prompt: A text or a conversation.
        known: The model.
        begins: Whether the text begins something, so that it may get a token that says so.
    """
    if isinstance(prompt, Conversation):
        messages = _messages(prompt)
        return {"model": known.id, "messages": messages, "add_generation_prompt": True}
    assert isinstance(prompt, Text)
    return {"model": known.id, "prompt": prompt.text, "add_special_tokens": begins}


def _messages(conversation: Conversation) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.text} for turn in conversation.turns]


def _plain(prompt: Prompt) -> str | list[int]:
    assert isinstance(prompt, Text | Tokens)
    return prompt.text if isinstance(prompt, Text) else list(prompt.ids)


def _steps(told: Logprobs | None) -> list[Step] | None:
    if told is not None and told.content is not None:
        return [
            Step(min(0.0, one.logprob), [each.logprob for each in one.top_logprobs])
            for one in told.content
        ]
    if told is None or told.token_logprobs is None or None in told.token_logprobs:
        return None
    logprobs = [min(0.0, each) for each in told.token_logprobs if each is not None]
    likeliest = told.top_logprobs or [None] * len(logprobs)
    if len(likeliest) != len(logprobs):
        raise CannotDo("the endpoint told the likeliest of other tokens than it drew")
    pairs = zip(logprobs, likeliest, strict=True)
    return [Step(logprob, [*(top or {}).values()]) for logprob, top in pairs]
