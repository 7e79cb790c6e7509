"""The client of the sampling service for asyncio, of the same shape as `SamplerClient`."""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from typing import TYPE_CHECKING, Self, TypeVar

import grpc
from grpc import aio

from veridical.api.v1.sampling_pb2 import (
    GenerateRequest,
    ListModelsRequest,
    LoadAdapterRequest,
    ModelInfo,
    Sample,
    ScoreInput,
    ScoreRequest,
    ScoreResponse,
    UpdateWeightsRequest,
)
from veridical.api.v1.sampling_pb2_grpc import SamplerServiceStub
from veridical.client.aio_connection import AioConnection
from veridical.client.endpoint import Endpoint
from veridical.client.sample_run import OnRepeat, SampleRun
from veridical.client.settings import ClientSettings
from veridical.client.status import error_from

if TYPE_CHECKING:
    from veridical.api.v1.sampling_pb2_grpc import SamplerServiceAsyncStub

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class AsyncSamplerClient:
    """A connection to a sampling server, for asyncio; loops and forks are as with `AsyncClient`.

    Args:
        address: `host:port` or `unix:/path`; several are taken in turns. None: the environment variable
            VERIDICAL_ADDRESS.
        settings: Timeouts, retries, token and encryption.

    Raises:
        ConfigurationError: There is no address, or one that cannot work, or a token that cannot be used.
    """

    def __init__(
        self,
        address: str | Sequence[str] | None = None,
        *,
        settings: ClientSettings = ClientSettings(),
    ) -> None:
        self._endpoint = Endpoint(address, settings)
        self._connection = AioConnection(self._endpoint, "AsyncSamplerClient")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection; calls in flight fail."""
        await self._connection.close()

    async def generate(
        self,
        request: GenerateRequest,
        *,
        timeout: float | None = None,
        on_repeat: OnRepeat | None = None,
    ) -> AsyncGenerator[Sample, None]:
        """The samples of one prompt as they finish; arguments and errors of `SamplerClient.generate`.

        Leaving a loop early does not close the iterator, `aclosing` does.
        """
        run, attempts = SampleRun(request, on_repeat), self._connection.attempts(timeout)
        while not run.is_done:
            call = self._stub.Generate(
                run.request(),
                timeout=attempts.deadline.remaining,
                metadata=self._endpoint.token.metadata(),
                wait_for_ready=attempts.waits_for_server,
            )
            try:
                async for response in call:
                    attempts.succeeded()
                    yield run.accept(response)
                run.check_end()
            except grpc.RpcError as error:
                self._connection.check_open()
                await asyncio.sleep(attempts.failed(error))
            finally:
                call.cancel()

    async def score(
        self, inputs: Iterable[ScoreInput], *, model: str = "", timeout: float | None = None
    ) -> ScoreResponse:
        """The log-probabilities of continuations; arguments and errors of `SamplerClient.score`."""
        request = ScoreRequest(model=model, inputs=inputs)
        return await self._repeated(self._stub.Score, request, timeout)

    async def list_models(self, *, timeout: float | None = None) -> list[ModelInfo]:
        """The models and adapters that are served; errors of `SamplerClient.list_models`."""
        found = await self._repeated(self._stub.ListModels, ListModelsRequest(), timeout)
        return list(found.models)

    async def load_adapter(
        self, name: str, path: str, *, model: str = "", timeout: float | None = None
    ) -> ModelInfo:
        """Adds a LoRA adapter; arguments and errors of `SamplerClient.load_adapter`."""
        request = LoadAdapterRequest(model=model, name=name, path=path)
        return (await self._repeated(self._stub.LoadAdapter, request, timeout)).model

    async def update_weights(
        self, path: str, *, model: str = "", timeout: float | None = None
    ) -> ModelInfo:
        """Replaces weights; arguments and errors of `SamplerClient.update_weights`."""
        request = UpdateWeightsRequest(model=model, path=path)
        try:
            method, attempts = self._stub.UpdateWeights, self._connection.attempts(timeout)
            return (await self._connection.attempt(method, request, attempts)).model
        except grpc.RpcError as error:
            raise error_from(error) from error

    @property
    def _stub(self) -> SamplerServiceAsyncStub:
        return SamplerServiceStub(self._connection.channel)

    async def _repeated(
        self,
        method: aio.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        timeout: float | None,
    ) -> _Response:
        attempts = self._connection.attempts(timeout)
        while True:
            try:
                response = await self._connection.attempt(method, request, attempts)
            except grpc.RpcError as error:
                self._connection.check_open()
                await asyncio.sleep(attempts.failed(error))
            else:
                attempts.succeeded()
                return response
