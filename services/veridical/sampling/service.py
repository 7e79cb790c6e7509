"""The SamplerService over an engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import aclosing, contextmanager
from time import monotonic
from typing import TypeVar

import grpc
from msgspec.structs import replace

from veridical.api.v1.sampling_pb2 import (
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    ListModelsResponse,
    LoadAdapterRequest,
    LoadAdapterResponse,
    ScoreRequest,
    ScoreResponse,
    UpdateWeightsRequest,
    UpdateWeightsResponse,
)
from veridical.api.v1.sampling_pb2_grpc import SamplerServiceServicer
from veridical.sampling.call import SampleCall
from veridical.sampling.engine import CannotDo, Engine, EngineLost, Refused
from veridical.sampling.messages import (
    Order,
    model_message,
    read_order,
    read_pairs,
    sample_message,
    score_message,
)
from veridical.sampling.metrics import SamplerMetrics
from veridical.sampling.model import Draw, Drawn, Model, Prepared
from veridical.sampling.repeats import Repeats
from veridical.sampling.seeds import sample_seed
from veridical.sampling.settings import SamplerSettings
from veridical.sampling.slots import Slots
from veridical.sampling.weights import WeightsFolders
from veridical.serving.call import Context, current_call
from veridical.serving.errors import CallError, InvalidArgument, Overloaded, Unavailable
from veridical.serving.fairness.share import FairShare

_RETRY_SECONDS = 1.0
_AHEAD = 2
"""Samples of a call on their way, times the places of the engine: none stays empty meanwhile."""

_log = logging.getLogger(__name__)
R = TypeVar("R")


class FailedPrecondition(CallError):
    """The server, as it was set up, cannot do what was asked."""

    code = grpc.StatusCode.FAILED_PRECONDITION


class SamplerServicer(SamplerServiceServicer):
    """Serves any engine by the one contract."""

    def __init__(self, engine: Engine, settings: SamplerSettings, metrics: SamplerMetrics) -> None:
        self._engine = engine
        self._metrics = metrics
        self._max_prompt_bytes = settings.max_prompt_bytes
        self._places = settings.max_items_in_flight
        self._share = FairShare(self._places)
        self._slots = Slots(engine.slots)
        self._folders = WeightsFolders(settings.weights_folders())

    async def Generate(  # noqa: N802
        self, request: GenerateRequest, context: Context
    ) -> AsyncIterator[GenerateResponse]:
        """Draws samples and sends each as it finishes.

        Raises:
            InvalidArgument: A field breaks the contract, or the prompt does not fit the model.
            Overloaded: There is no room for so many samples now.
            Unavailable: The engine is not ready, or died; what was finished has been sent.
        """
        order = read_order(request, self._max_prompt_bytes)
        model = self._model(request.model)
        with self._admitted(len(order.indices)), _mapped_errors():
            prepared = await self._engine.prepare(model.name, order.prompt)
            order = _fitted(order, prepared, model)
            call = SampleCall(
                lambda index: self._draw(model, order, prepared, index),
                order.indices,
                _AHEAD * self._engine.slots,
            )
            info, repeats = model_message(model, self._engine.name), Repeats()
            async with aclosing(call.finished()) as finished:
                async for index, drawn in finished:
                    seed = sample_seed(order.seed, index)
                    sample = sample_message(request, order, prepared, index, seed, drawn, info)
                    repeated = repeats.before(index, drawn)
                    self._report(repeated)
                    yield GenerateResponse(sample=sample, repeated_indices=repeated)

    async def Score(  # noqa: N802
        self, request: ScoreRequest, context: Context
    ) -> ScoreResponse:
        """Gives the log-probabilities of continuations.

        Raises:
            InvalidArgument: An input breaks the contract or does not fit the model.
            FailedPrecondition: The engine cannot score.
            Unavailable: The engine is not ready, or died.
        """
        pairs = read_pairs(request, self._max_prompt_bytes)
        model = self._model(request.model)
        with self._admitted(len(pairs)), _mapped_errors():
            async with self._slots.hold(current_call.get().caller):
                scores = await self._engine.score(model.name, pairs)
        info = model_message(
            replace(model, weight_version=scores.weight_version), self._engine.name
        )
        return ScoreResponse(scores=map(score_message, scores.scored), model=info)

    async def ListModels(  # noqa: N802
        self, request: ListModelsRequest, context: Context
    ) -> ListModelsResponse:
        """Lists models and adapters.

        Raises:
            Unavailable: The engine is not ready.
        """
        self._require_ready()
        models = self._engine.models.values()
        return ListModelsResponse(models=[model_message(m, self._engine.name) for m in models])

    async def LoadAdapter(  # noqa: N802
        self, request: LoadAdapterRequest, context: Context
    ) -> LoadAdapterResponse:
        """Adds a LoRA adapter.

        Raises:
            InvalidArgument: A field breaks the contract, or there is no adapter in the folder.
            FailedPrecondition: The engine takes none, or the server none from callers.
        """
        if not request.name:
            raise InvalidArgument("name", "is required")
        model, path = self._model(request.model), self._folders.checked(request.path)
        # Shielded: what was asked for comes, whoever waits for it.
        change = asyncio.ensure_future(self._engine.load_adapter(model.name, request.name, path))
        loaded = await _mapped(asyncio.shield(change))
        return LoadAdapterResponse(model=model_message(loaded, self._engine.name))

    async def UpdateWeights(  # noqa: N802
        self, request: UpdateWeightsRequest, context: Context
    ) -> UpdateWeightsResponse:
        """Replaces weights once the samples in the making have ended.

        Raises:
            InvalidArgument: A field breaks the contract, or the folder holds no such checkpoint.
            FailedPrecondition: The engine takes none, or the server none from callers.
        """
        model, path = self._model(request.model), self._folders.checked(request.path)
        # Shielded, as above.
        update = asyncio.ensure_future(self._engine.update_weights(model.name, path))
        updated = await _mapped(asyncio.shield(update))
        return UpdateWeightsResponse(model=model_message(updated, self._engine.name))

    def _require_ready(self) -> None:
        if not self._engine.ready:
            raise Unavailable("the engine is not ready", _RETRY_SECONDS)

    def _model(self, name: str) -> Model:
        self._require_ready()
        models = self._engine.models
        if name in models:
            return models[name]
        plain = [model for model in models.values() if not model.base]
        if not name and len(plain) == 1:
            return plain[0]
        raise InvalidArgument("model", f"must be one of {', '.join(models)}")

    @contextmanager
    def _admitted(self, samples: int) -> Iterator[None]:
        caller = current_call.get().caller
        if not self._share.has_room(caller, samples, monotonic()):
            taken = f"{self._share.total} of {self._places} samples in flight"
            raise Overloaded(taken, _RETRY_SECONDS)
        self._share.take(caller, samples)
        self._metrics.items_in_flight.set(self._share.total)
        try:
            yield
        finally:
            self._share.give_back(caller, samples)
            self._metrics.items_in_flight.set(self._share.total)

    async def _draw(self, model: Model, order: Order, prepared: Prepared, index: int) -> Drawn:
        seed = sample_seed(order.seed, index)
        draw = Draw(model.name, prepared.prompt, order.settings, seed)
        try:
            async with self._slots.hold(current_call.get().caller):
                self._metrics.slots(self._slots.running, self._slots.waiting)
                start = monotonic()
                drawn = await self._engine.draw(draw)
                self._metrics.drawn(drawn, monotonic() - start)
                return drawn
        finally:
            self._metrics.slots(self._slots.running, self._slots.waiting)

    def _report(self, repeated: tuple[int, ...]) -> None:
        if repeated:
            self._metrics.repeated()
            _log.warning("a sample repeats: random streams may repeat")


def _fitted(order: Order, prepared: Prepared, model: Model) -> Order:
    """The order with the number of tokens filled in.

    Raises:
        InvalidArgument: The tokens do not fit the model.
    """
    if not model.max_tokens or prepared.tokens is None:
        return order
    room, wanted = model.max_tokens - prepared.tokens, order.settings.max_tokens
    if wanted is not None and wanted > room:
        problem = (
            f"{wanted} and the prompt's {prepared.tokens} exceed the model's {model.max_tokens}"
        )
        raise InvalidArgument("settings.max_tokens", problem)
    settings = replace(order.settings, max_tokens=wanted or room)
    return Order(order.prompt, settings, order.seed, order.indices)


async def _mapped(work: Awaitable[R]) -> R:
    with _mapped_errors():
        return await work


@contextmanager
def _mapped_errors() -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise InvalidArgument(error.field, error.problem) from error
    except CannotDo as error:
        raise FailedPrecondition(str(error)) from error
    except EngineLost as error:
        raise Unavailable(str(error), _RETRY_SECONDS) from error
