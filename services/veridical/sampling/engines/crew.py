"""Some engine processes as one engine: samples spread over them, those that end started again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TypeVar

from msgspec.structs import replace

from veridical.sampling.engine import CannotDo, EngineLost, Refused
from veridical.sampling.engines.host import EngineHost
from veridical.sampling.engines.wire import (
    LoadAdapter,
    Prepare,
    Score,
    Setup,
    UpdateWeights,
    Weights,
    Work,
)
from veridical.sampling.metrics import SamplerMetrics
from veridical.sampling.model import Draw, Drawn, Model, Pair, Prepared, Prompt, Scores

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 30.0
_TELL_SECONDS = 10.0
_LONG_SECONDS = 25.0
"""Time after which a start is worth telling where only trouble is shown, as by `veridical up`."""

_log = logging.getLogger(__name__)
A = TypeVar("A", Prepared, Drawn, Scores, Model)


class _Member:
    """One place of the crew: the process that fills it now."""

    def __init__(self, number: int, metrics: SamplerMetrics) -> None:
        self.host: EngineHost | None = None
        self._number = number
        self._metrics = metrics

    @property
    def serves(self) -> bool:
        return self.host is not None and self.host.serves

    def on_first_token(self, seconds: float) -> None:
        self._metrics.first_token(seconds)

    def on_cache_share(self, share: float) -> None:
        self._metrics.cache_share(self._number, share)


class EngineCrew:
    """An engine of processes that each load the whole model.

    Args:
        setup: What each loads.
        processes: How many.
        python: Their interpreter; None is this one.
        start_seconds: Time in which a process must be ready.
        metrics: Told of restarts and of what the processes tell.
    """

    def __init__(
        self,
        setup: Setup,
        processes: int,
        python: Path | None,
        start_seconds: float,
        metrics: SamplerMetrics,
    ) -> None:
        self._setup = setup
        self._python = python
        self._start_seconds = start_seconds
        self._metrics = metrics
        self._members = [_Member(number, metrics) for number in range(processes)]
        self._models: dict[str, Model] = {}
        self._changing = asyncio.Lock()
        self._keepers: list[asyncio.Task[None]] = []
        self.name = setup.engine
        self.slots = processes * setup.slots

    @property
    def ready(self) -> bool:
        """Whether a process serves."""
        return any(member.serves for member in self._members)

    @property
    def models(self) -> Mapping[str, Model]:
        """The model and its adapters."""
        return self._models

    async def start(self) -> None:
        """Starts the processes; returns once all are ready.

        Raises:
            EngineLost: One ended before it was ready.
        """
        await asyncio.gather(*map(self._start, self._members))
        self._keepers = [asyncio.create_task(self._keep(member)) for member in self._members]

    async def close(self) -> None:
        """Ends the processes."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        hosts = [member.host for member in self._members if member.host is not None]
        await asyncio.gather(*(host.close() for host in hosts))

    async def prepare(self, model: str, prompt: Prompt) -> Prepared:
        """Reads a prompt."""
        return await self._ask(Prepare(model, prompt), Prepared)

    async def draw(self, draw: Draw) -> Drawn:
        """Draws one sample."""
        return await self._ask(draw, Drawn)

    async def score(self, model: str, pairs: Sequence[Pair]) -> Scores:
        """Scores continuations."""
        return await self._ask(Score(model, tuple(pairs)), Scores)

    async def load_adapter(self, model: str, name: str, path: str) -> Model:
        """Adds a LoRA adapter to every process."""
        base = self._models[model].base or model
        if base == name or (name in self._models and not self._models[name].base):
            raise Refused("name", "is that of a model")
        async with self._changing:
            self._check_room(name)
            loaded = await self._ask_all(LoadAdapter(name, path))
            adapters = {**self._setup.adapters, name: path}
            self._setup = replace(self._setup, adapters=adapters)
            self._models[name] = loaded
            return loaded

    async def update_weights(self, model: str, path: str) -> Model:
        """Replaces the weights in every process."""
        if self._models[model].base:
            raise Refused("model", "is an adapter: load it again instead")
        async with self._changing:
            updated = await self._ask_all(UpdateWeights(path))
            version = updated.weight_version or 0
            self._setup = replace(self._setup, weights=Weights(path, version))
            self._models = {
                name: replace(each, weight_version=version) for name, each in self._models.items()
            }
            return self._models[model]

    def _check_room(self, name: str) -> None:
        loaded, most = self._setup.adapters, self._setup.max_adapters
        if not most:
            raise CannotDo("this server takes no adapters: see --max-adapters")
        if name not in loaded and len(loaded) >= most:
            raise Refused("name", f"{most} adapters are loaded, and no more are taken")

    async def _ask(self, work: Work, kind: type[A]) -> A:
        """Asks the process that has the least to do."""
        hosts = [member.host for member in self._members if member.host and member.host.serves]
        if not hosts:
            raise EngineLost("no engine process is ready")
        answer = await min(hosts, key=lambda host: host.busy).ask(work)
        assert isinstance(answer, kind)
        return answer

    async def _ask_all(self, work: Work) -> Model:
        """Asks every process; one that dies of it, or is away, reads the change when it starts.

        Raises:
            EngineError: None did it; of some that did, the others do it as they start again.
        """
        hosts = [member.host for member in self._members if member.host and member.host.serves]
        answers = await asyncio.gather(*(host.ask(work) for host in hosts), return_exceptions=True)
        models = [answer for answer in answers if isinstance(answer, Model)]
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        if not models:
            raise failures[0] if failures else EngineLost("no engine process is ready")
        for host, answer in zip(hosts, answers, strict=True):
            if isinstance(answer, BaseException):
                host.kill()
        return models[0]

    async def _start(self, member: _Member) -> None:
        member.host = host = EngineHost(self._setup, self._python, member)
        telling = asyncio.create_task(self._tell_start())
        try:
            ready = await asyncio.wait_for(asyncio.shield(host.ready), self._start_seconds)
        except TimeoutError:
            host.kill()
            raise EngineLost(f"not ready within {self._start_seconds:g} s") from None
        except asyncio.CancelledError:
            host.kill()
            raise
        finally:
            telling.cancel()
        self.name = ready.engine
        self._models = {model.name: model for model in ready.models}

    async def _tell_start(self) -> None:
        """Says every few seconds what a start waits for: the first one of a model can take minutes."""
        what, begun = f"{self._setup.engine} loads {self._setup.name}", monotonic()
        while True:
            waited = monotonic() - begun
            level = logging.WARNING if waited > _LONG_SECONDS else logging.INFO
            told = f"waiting for the engine: {what}, {waited:.0f} of {self._start_seconds:g} s"
            _log.log(level, told)
            await asyncio.sleep(_TELL_SECONDS)

    async def _keep(self, member: _Member) -> None:
        """Starts a process again whenever it has ended."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            assert member.host is not None, "it was started before it is kept"
            await member.host.gone.wait()
            self._metrics.engine_restarted()
            words = member.host.last_words
            _log.warning("an engine process ended; it is started again", extra={"output": words})
            with suppress(EngineLost, OSError):
                async with self._changing:
                    await self._start(member)
                pause = _FIRST_PAUSE_SECONDS
                continue
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
