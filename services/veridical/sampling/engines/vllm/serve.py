"""The process: takes what is asked, works, answers."""

from __future__ import annotations

import asyncio
import os
from time import monotonic
from typing import Any

from vllm.inputs import TokensPrompt
from vllm.sampling_params import RequestOutputKind, SamplingParams
from vllm.v1.engine.exceptions import EngineDeadError

from veridical.sampling.engine import CannotDo, Refused
from veridical.sampling.engines.process import Line
from veridical.sampling.engines.prompts import Scorable, prepared, scorable
from veridical.sampling.engines.vllm.adapters import Adapters
from veridical.sampling.engines.vllm.drawn import Pieces, parameters
from veridical.sampling.engines.vllm.gate import Gate
from veridical.sampling.engines.vllm.models import ENGINE, check_same_shapes, make_vllm, reload
from veridical.sampling.engines.wire import (
    Answer,
    Ask,
    LoadAdapter,
    Prepare,
    Ready,
    Request,
    Score,
    Setup,
    UpdateWeights,
    Work,
)
from veridical.sampling.engines.words import Words
from veridical.sampling.model import Draw, Drawn, Model, Scored, Scores, Tokens

_USE_SECONDS = 1.0


def serve(setup: Setup, line: Line) -> None:
    """Starts vLLM and works until the process is ended."""
    asyncio.run(_Server(setup, line).run())


class _Server:
    def __init__(self, setup: Setup, line: Line) -> None:
        self._setup = setup
        self._line = line
        self._version = setup.weights.version if setup.weights else 0
        self._gate = Gate()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Starts vLLM and works until the process is ended."""
        self._engine = make_vllm(self._setup, [self._logger])
        self._adapters = Adapters(self._engine, self._setup)
        self._max_tokens: int = self._engine.model_config.max_model_len
        vocabulary = self._engine.model_config.get_vocab_size()
        self._words = Words(self._engine.get_tokenizer(), vocabulary)
        for name, path in self._setup.adapters.items():
            await self._adapters.load(name, path)
        self._line.ready(
            Ready(ENGINE, tuple(map(self._model, (self._setup.name, *self._adapters))))
        )
        loop = asyncio.get_running_loop()

        def take(request: Request) -> None:
            loop.call_soon_threadsafe(self._take, request)

        self._line.follow(take)
        await asyncio.Event().wait()

    def _take(self, request: Request) -> None:
        if isinstance(request, Ask):
            task = asyncio.create_task(self._answer(request.number, request.work))
            self._tasks[request.number] = task
            task.add_done_callback(lambda _: self._tasks.pop(request.number, None))
        elif request.number in self._tasks:
            self._tasks[request.number].cancel()

    async def _answer(self, number: int, work: Work) -> None:
        try:
            self._line.gave(number, await self._done(number, work))
        except (Refused, CannotDo) as error:
            self._line.failed(number, error)
        except EngineDeadError:
            os._exit(1)  # vLLM cannot be started again in the same process
        except ValueError as error:  # how vLLM refuses what it does not take
            self._line.failed(number, CannotDo(str(error)))

    async def _done(self, number: int, work: Work) -> Answer:
        match work:
            case Prepare(_, prompt):
                return prepared(prompt, self._words, self._max_tokens)
            case Draw():
                async with self._gate.work():
                    return await self._draw(number, work)
            case Score():
                async with self._gate.work():
                    return await self._scores(number, work)
            case LoadAdapter(name, path):
                async with self._gate.change():
                    await self._adapters.load(name, path)
                return self._model(name)
            case UpdateWeights(path):
                async with self._gate.change():
                    return await self._update(path)

    async def _draw(self, number: int, draw: Draw) -> Drawn:
        assert isinstance(draw.prompt, Tokens)
        prompt = TokensPrompt(prompt_token_ids=list(draw.prompt.ids))
        pieces: Pieces | None = None
        told = parameters(draw)
        adapter = self._adapters.request(draw.model)
        async for output in self._engine.generate(prompt, told, str(number), lora_request=adapter):
            if pieces is None:
                pieces = Pieces(draw.settings, self._version)
                self._line.began(number)
            (piece,) = output.outputs
            pieces.add(piece)
            if piece.finish_reason is not None:
                return _finished(pieces, piece.finish_reason)
        raise CannotDo("vLLM ended a sample without a reason")

    async def _scores(self, number: int, work: Score) -> Scores:
        # vLLM scores what it reads, and draws one token behind it.
        texts = scorable(work.pairs, self._words, self._max_tokens - 1)
        adapter = self._adapters.request(work.model)
        scored = await asyncio.gather(
            *(self._score(f"{number}-{place}", text, adapter) for place, text in enumerate(texts))
        )
        return Scores(tuple(scored), self._version)

    async def _score(self, name: str, text: Scorable, adapter: Any) -> Scored:
        prompt = TokensPrompt(prompt_token_ids=[*text.prefix, *text.continuation])
        wanted = SamplingParams(
            max_tokens=1, prompt_logprobs=0, output_kind=RequestOutputKind.FINAL_ONLY
        )
        async for output in self._engine.generate(prompt, wanted, name, lora_request=adapter):
            told = output.prompt_logprobs[len(text.prefix) :]
            found = zip(text.continuation, told, strict=True)
            return Scored(text.continuation, tuple(known[token].logprob for token, known in found))
        raise CannotDo("vLLM gave no log-probabilities")

    async def _update(self, path: str) -> Model:
        check_same_shapes(self._setup.model, path)
        try:
            await reload(self._engine, path)
            await self._adapters.load_again()
        except Exception:
            os._exit(1)  # half-loaded weights are worse than none
        self._version += 1
        return self._model(self._setup.name)

    def _model(self, name: str) -> Model:
        base = "" if name == self._setup.name else self._setup.name
        return Model(name, base, self._max_tokens, self._words.hash, self._version)

    def _logger(self, _config: Any, _engine: int) -> _CacheUse:
        return _CacheUse(self._line)


def _finished(pieces: Pieces, reason: str) -> Drawn:
    if reason not in ("stop", "length"):
        raise CannotDo(f"vLLM ended a sample by {reason}")
    return pieces.drawn(reason)


class _CacheUse:
    """One of vLLM's loggers of state: tells the server of the key-value cache."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._told_at = 0.0

    def record(self, scheduler_stats: Any, *_: Any, **__: Any) -> None:
        """Takes what vLLM says after a step."""
        if scheduler_stats is not None and monotonic() - self._told_at > _USE_SECONDS:
            self._told_at = monotonic()
            self._line.use(scheduler_stats.kv_cache_usage)

    def log_engine_initialized(self) -> None:
        """Nothing to tell."""

    def log(self) -> None:
        """Nothing to tell."""

    def record_sleep_state(self, *_: Any) -> None:
        """Nothing to tell."""
