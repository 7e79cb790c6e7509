"""The client of the sampling service for ordinary code.

Example:
    with SamplerClient("127.0.0.1:50055") as sampler:
        request = GenerateRequest(prompt="2 + 3 =", n=16, settings=SamplingSettings(max_tokens=8))
        for sample in sampler.generate(request):
            print(sample.sample_index, sample.text)
"""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Self, TypeVar

import grpc

from veridical.api.v1.sampling_pb2 import (
    GenerateRequest,
    GenerateResponse,
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
from veridical.client.connection import Connection, Connections
from veridical.client.endpoint import Endpoint
from veridical.client.forking import FORKS
from veridical.client.retry import Attempts
from veridical.client.sample_run import OnRepeat, SampleRun
from veridical.client.settings import ClientSettings
from veridical.client.status import error_from

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class SamplerClient:
    """A connection to a sampling server; threads, forks and settings are those of `Client`.

    Args:
        address: `host:port` or `unix:/path`; several are taken in turns. None: the environment variable
            VERIDICAL_ADDRESS.
        settings: Timeouts, retries, token and encryption.

    Raises:
        ConfigurationError: There is no address, or one that cannot work, or a token that
            cannot be used.
    """

    def __init__(
        self,
        address: str | Sequence[str] | None = None,
        *,
        settings: ClientSettings = ClientSettings(),
    ) -> None:
        self._endpoint = Endpoint(address, settings)
        self._connections = Connections(lambda: _SamplerConnection(self._endpoint))

    def __getstate__(self) -> tuple[str | Sequence[str] | None, ClientSettings]:
        """A copy has a connection of its own."""
        return self._endpoint.address, self._endpoint.given_settings

    def __setstate__(self, state: tuple[str | Sequence[str] | None, ClientSettings]) -> None:
        SamplerClient.__init__(self, state[0], settings=state[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; calls in flight fail."""
        self._connections.close()

    def generate(
        self,
        request: GenerateRequest,
        *,
        timeout: float | None = None,
        on_repeat: OnRepeat | None = None,
    ) -> Iterator[Sample]:
        """The samples of one prompt as they finish, in any order, each index once.

        Where a server is full, lost or loses its engine, the samples that are missing are asked for
        again, with the same seeds. Closing the iterator, or an error, cancels what is in flight.

        Args:
            request: What is wanted.
            timeout: Seconds for all of them, repeats included. None: that of the settings.
            on_repeat: Told of a sample that holds the tokens of earlier ones though chance hardly
                makes that. None: it is logged as a warning.

        Raises:
            InvalidRequestError: The request is malformed, or does not fit the model.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        run, connection = SampleRun(request, on_repeat), self._connection
        attempts = connection.attempts(timeout)
        while not run.is_done:
            yield from connection.samples(run, attempts)

    def score(
        self, inputs: Iterable[ScoreInput], *, model: str = "", timeout: float | None = None
    ) -> ScoreResponse:
        """The log-probabilities of continuations, in the inputs' order.

        Args:
            inputs: At most 4096.
            model: The model. Empty: the server's only one.
            timeout: Seconds for the call, its repeats included. None: that of the settings.

        Raises:
            InvalidRequestError: An input is malformed or does not fit, or the engine cannot score.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        request = ScoreRequest(model=model, inputs=inputs)
        return self._repeated(self._connection.sampler.Score, request, timeout)

    def list_models(self, *, timeout: float | None = None) -> list[ModelInfo]:
        """The models and adapters that are served.

        Raises:
            VeridicalError: A fault of the call; see `veridical.client.errors`.
        """
        request = ListModelsRequest()
        found = self._repeated(self._connection.sampler.ListModels, request, timeout)
        return list(found.models)

    def load_adapter(
        self, name: str, path: str, *, model: str = "", timeout: float | None = None
    ) -> ModelInfo:
        """Adds a LoRA adapter from a folder on the server, or replaces that of the same name.

        Raises:
            InvalidRequestError: There is no such adapter, or the server takes none.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        request = LoadAdapterRequest(model=model, name=name, path=path)
        return self._repeated(self._connection.sampler.LoadAdapter, request, timeout).model

    def update_weights(
        self, path: str, *, model: str = "", timeout: float | None = None
    ) -> ModelInfo:
        """Replaces weights by a checkpoint in a folder on the server. Never repeated by itself.

        Raises:
            InvalidRequestError: There is no such checkpoint, or the server takes none.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        connection = self._connection
        request = UpdateWeightsRequest(model=model, path=path)
        attempts = connection.attempts(timeout)
        try:
            return connection.attempt(connection.sampler.UpdateWeights, request, attempts).model
        except grpc.RpcError as error:
            raise error_from(error) from error

    @property
    def _connection(self) -> _SamplerConnection:
        """The connection of this process."""
        return self._connections.mine

    def _repeated(
        self,
        method: grpc.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        timeout: float | None,
    ) -> _Response:
        connection = self._connection
        attempts = connection.attempts(timeout)
        while True:
            try:
                response = connection.attempt(method, request, attempts)
            except grpc.RpcError as error:
                time.sleep(attempts.failed(error))
            else:
                attempts.succeeded()
                return response


class _SamplerConnection(Connection):
    """A connection whose calls are those of the sampling service."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.sampler = SamplerServiceStub(self._channel)

    def samples(self, run: SampleRun, attempts: Attempts) -> Iterator[Sample]:
        """Makes one attempt at the samples that are missing; waits where it fails.

        Raises:
            VeridicalError: Another attempt would not help.
        """
        guarded = FORKS.start(lambda: self._begin(run.request(), attempts))
        try:
            for response in guarded.call:
                attempts.succeeded()
                yield run.accept(response)
            run.check_end()
        except grpc.RpcError as error:
            if not guarded.is_interrupted:
                self.check_open()
                time.sleep(attempts.failed(error))
        finally:
            guarded.call.cancel()

    def _begin(
        self, request: GenerateRequest, attempts: Attempts
    ) -> grpc._CallIterator[GenerateResponse]:
        self.check_open()
        return self.sampler.Generate(
            request,
            timeout=attempts.deadline.remaining,
            metadata=self.token.metadata(),
            wait_for_ready=attempts.waits_for_server,
        )
