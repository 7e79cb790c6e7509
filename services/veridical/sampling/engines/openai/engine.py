"""Several OpenAI-compatible servers as one engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from msgspec import Struct

from veridical.sampling.engine import CannotDo, EngineError, EngineLost, Refused
from veridical.sampling.engines.openai.endpoint import Endpoint
from veridical.sampling.engines.openai.wire import (
    VLLM,
    Completion,
    Known,
    TokenId,
    draw_body,
    drawn,
    score_body,
    scored,
    tokenize_body,
)
from veridical.sampling.engines.prompts import field_of
from veridical.sampling.model import (
    Draw,
    Drawn,
    Model,
    Pair,
    Prepared,
    Prompt,
    Scored,
    Scores,
    Text,
    Tokens,
)

_PROBE_SECONDS = 1.0
A = TypeVar("A")


class _Tokenized(Struct, frozen=True):
    tokens: list[TokenId]


class OpenaiEngine:
    """Servers that hold the same model.

    Args:
        endpoints: Their addresses, 1 or more.
        name: Under which callers ask for the model.
        slots: Samples at once in all.
        start_seconds: Time in which one must answer.
    """

    def __init__(
        self, endpoints: Sequence[Endpoint], name: str, slots: int, start_seconds: float
    ) -> None:
        self._endpoints = endpoints
        self._name = name
        self._start_seconds = start_seconds
        self._probing: asyncio.Task[None] | None = None
        self._models: dict[str, Model] = {}
        self.slots = slots
        self.name = "openai"

    @property
    def ready(self) -> bool:
        """Whether an address answers."""
        return any(endpoint.known for endpoint in self._endpoints)

    @property
    def models(self) -> Mapping[str, Model]:
        """The one model."""
        return self._models

    async def start(self) -> None:
        """Waits until an address answers.

        Raises:
            EngineError: None does, or one serves another model.
        """
        deadline = asyncio.get_running_loop().time() + self._start_seconds
        await self._probe_all()
        while not self.ready:
            if asyncio.get_running_loop().time() > deadline:
                raise EngineLost(f"no endpoint answered within {self._start_seconds:g} s")
            await asyncio.sleep(_PROBE_SECONDS)
            await self._probe_all()
        self._probing = asyncio.create_task(self._keep_probing())

    async def close(self) -> None:
        """Ends the connections."""
        if self._probing is not None:
            self._probing.cancel()
        await asyncio.gather(*(endpoint.close() for endpoint in self._endpoints))

    async def prepare(self, model: str, prompt: Prompt) -> Prepared:
        """Cuts a prompt into tokens where the endpoint does that, so that its length is known."""
        if isinstance(prompt, Tokens):
            return _fitting(prompt, self._models[model])
        if self._served().owned_by != VLLM:
            return Prepared(prompt, None)
        ids = await self._somewhere(lambda at: self._tokens(at, prompt, begins=True))
        return _fitting(Tokens(ids), self._models[model], prompt)

    async def draw(self, draw: Draw) -> Drawn:
        """Draws one sample."""

        async def at(endpoint: Endpoint) -> Drawn:
            path, body = draw_body(draw, _known(endpoint))
            return drawn(await endpoint.post(path, body, Completion), draw)

        return await self._somewhere(at)

    async def score(self, model: str, pairs: Sequence[Pair]) -> Scores:
        """Scores continuations, one after the other."""
        if self._served().owned_by != VLLM:
            raise CannotDo("the endpoint gives no log-probabilities of prompts")
        return Scores(tuple([await self._score(pair) for pair in pairs]), None)

    async def load_adapter(self, model: str, name: str, path: str) -> Model:
        """Refuses: the endpoint's operator loads adapters."""
        raise CannotDo("adapters are loaded at the endpoint, not through it")

    async def update_weights(self, model: str, path: str) -> Model:
        """Refuses: the endpoint's operator replaces weights."""
        raise CannotDo("weights are replaced at the endpoint, not through it")

    async def _score(self, pair: Pair) -> Scored:
        async def at(endpoint: Endpoint) -> Scored:
            prefix = pair.prefix or Text("")
            before = await self._tokens(endpoint, prefix, begins=True)
            scored_ids = await self._tokens(endpoint, pair.continuation, begins=False)
            if not before:
                raise CannotDo("the endpoint scores nothing behind an empty prompt")
            body = score_body(before, scored_ids, _known(endpoint))
            answer = await endpoint.post("/completions", body, Completion)
            return scored(answer, len(before), scored_ids)

        return await self._somewhere(at)

    async def _tokens(self, endpoint: Endpoint, text: Prompt, *, begins: bool) -> tuple[int, ...]:
        if isinstance(text, Tokens):
            return text.ids
        body = tokenize_body(text, _known(endpoint), begins=begins)
        return tuple((await endpoint.post("../tokenize", body, _Tokenized)).tokens)

    async def _somewhere(self, work: Callable[[Endpoint], Awaitable[A]]) -> A:
        """Does work at the address that has the least to do; where that is lost, at another.

        Raises:
            EngineError: No address did it.
        """
        lost: EngineLost = EngineLost("no endpoint answers")
        tried: set[str] = set()
        while open_ones := [e for e in self._endpoints if e.known and e.url not in tried]:
            endpoint = min(open_ones, key=lambda each: each.busy)
            tried.add(endpoint.url)
            try:
                return await work(endpoint)
            except EngineLost as error:
                lost = error
        raise lost

    def _served(self) -> Known:
        for endpoint in self._endpoints:
            if endpoint.known:
                return endpoint.known
        raise EngineLost("no endpoint answers")

    async def _probe_all(self) -> None:
        probes = (endpoint.probe() for endpoint in self._endpoints if endpoint.known is None)
        for outcome in await asyncio.gather(*probes, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, EngineLost):
                raise outcome
        with suppress(EngineLost):
            known = self._served()
            self.name = f"openai {known.owned_by}".rstrip()
            longest = min(e.known.max_model_len for e in self._endpoints if e.known)
            self._models = {self._name: Model(self._name, "", longest, "", None)}

    async def _keep_probing(self) -> None:
        while True:
            await asyncio.sleep(_PROBE_SECONDS)
            with suppress(EngineError):
                await self._probe_all()


def _known(endpoint: Endpoint) -> Known:
    if endpoint.known is None:
        raise EngineLost(f"{endpoint.url} does not answer")
    return endpoint.known


def _fitting(tokens: Tokens, model: Model, prompt: Prompt | None = None) -> Prepared:
    """A prompt in tokens that leaves room for one at least.

    Raises:
        Refused: It does not.
    """
    count = len(tokens.ids)
    if model.max_tokens and count >= model.max_tokens:
        raise Refused(
            field_of(prompt or tokens),
            f"{count} tokens leave no room: the model takes {model.max_tokens}",
        )
    return Prepared(tokens, count)
