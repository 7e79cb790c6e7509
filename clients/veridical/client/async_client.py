"""The client for asyncio, of the same shape as `Client`."""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Self, TypeVar

import grpc
from grpc import aio

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    DescribeResponse,
    VerifyBatchResponse,
    VerifyRequest,
)
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client.batching import fit, one_batch, split
from veridical.client.channel import address_from_environment, channel_options, target_for
from veridical.client.checking import Undecided, match, rewards_of
from veridical.client.errors import ConfigurationError, UnavailableError
from veridical.client.local import LocalServices, LocalSettings, start_local
from veridical.client.settings import ClientSettings
from veridical.client.status import Deadline, pause_or_raise
from veridical.client.window import Batch, Progress, Window

if TYPE_CHECKING:
    from veridical.api.v1.verifier_pb2_grpc import VerifierServiceAsyncStub

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class AsyncClient:
    """A connection to a verifier or to the reward gateway, for asyncio.

    It connects with the first call, belongs to the event loop of that call, and closes with `close` or
    at the end of an `async with` block.

    Args:
        address: `host:port` or `unix:/path`; several are taken in turns. None: the environment variable
            VERIDICAL_ADDRESS, with commas between several.
        settings: Sizes, timeouts and retries.

    Raises:
        ConfigurationError: There is no address, or one that cannot work.
    """

    def __init__(
        self,
        address: str | Sequence[str] | None = None,
        *,
        settings: ClientSettings = ClientSettings(),
    ) -> None:
        self._settings = settings
        self._target = target_for(address)
        self._services: LocalServices | None = None
        self._channel: aio.Channel | None = None
        self._closed = False

    @classmethod
    async def local(
        cls,
        *,
        settings: ClientSettings = ClientSettings(),
        local: LocalSettings = LocalSettings(),
    ) -> Self:
        """A client with services of its own on this machine, which end with it.

        Where VERIDICAL_ADDRESS is set nothing is started, and the client connects there.

        Raises:
            ServicesMissingError: The services are not installed.
            LocalStartError: They could not be started.
        """
        if address_from_environment() is not None:
            return cls(settings=settings)
        services = await asyncio.to_thread(start_local, local)
        client = cls(services.address, settings=settings)
        client._services = services
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection, and the services if `local` started them; calls in flight fail."""
        self._closed = True
        if self._channel is not None:
            await self._channel.close()
        if self._services is not None:
            await asyncio.to_thread(self._services.close)

    aclose = close

    async def verify(self, item: Item, *, timeout: float | None = None) -> Verdict:
        """The verdict on one item; arguments and errors of `Client.verify`."""
        request = VerifyRequest(item=fit(item, self._settings.max_response_bytes))
        response = await self._call(self._stub.Verify, request, timeout)
        return match([item], [response.verdict])[0]

    async def verify_batch(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> list[Verdict]:
        """The verdicts on some items by one call; arguments and errors of `Client.verify_batch`."""
        request = one_batch(items, tasks, self._settings)
        response = await self._call(self._stub.VerifyBatch, request, timeout)
        return list(match(request.items, response.verdicts))

    async def verify_iter(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> AsyncIterator[Verdict]:
        """The verdicts on any number of items, in their order, as they come.

        Arguments and errors are those of `Client.verify_iter`. Calls in flight are cancelled by an
        error and by closing the iterator; leaving a loop early does not close it, `aclosing` does.
        """
        total = len(items) if isinstance(items, Sized) else None
        requests = split(items, tasks, self._settings)
        window = Window(requests, self._settings.concurrency, total, on_progress)
        calls: dict[asyncio.Task[VerifyBatchResponse], Batch] = {}
        try:
            self._send(window, calls, timeout)
            while window.in_flight:
                ended, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
                for call in ended:
                    window.finish(calls.pop(call), call.result())
                self._send(window, calls, timeout)
                for verdict in window.ready():
                    yield verdict
        finally:
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    async def verify_many(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> list[Verdict]:
        """The verdicts on any number of items, in their order; arguments and errors of `verify_iter`."""
        verdicts = self.verify_iter(items, tasks=tasks, timeout=timeout, on_progress=on_progress)
        return [verdict async for verdict in verdicts]

    async def rewards(
        self,
        items: Iterable[Item],
        *,
        undecided: Undecided,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> list[float | None]:
        """The rewards of any number of items; arguments and errors of `Client.rewards`."""
        verdicts = await self.verify_many(items, tasks=tasks, timeout=timeout)
        return rewards_of(verdicts, undecided)

    async def describe(self, *, timeout: float | None = None) -> DescribeResponse:
        """What the server verifies, within which limits and in which version."""
        return await self._call(self._stub.Describe, DescribeRequest(), timeout)

    @property
    def _stub(self) -> VerifierServiceAsyncStub:
        if self._closed:
            raise ConfigurationError("the client is closed")
        if self._channel is None:
            # Not in the constructor: an aio channel takes the running loop for its own.
            self._channel = aio.insecure_channel(self._target, channel_options(self._settings))
        return VerifierServiceStub(self._channel)

    def _send(
        self,
        window: Window,
        calls: dict[asyncio.Task[VerifyBatchResponse], Batch],
        timeout: float | None,
    ) -> None:
        for batch in window.take():
            call = self._call(self._stub.VerifyBatch, batch.request, timeout)
            calls[asyncio.create_task(call)] = batch

    async def _call(
        self,
        method: aio.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        timeout: float | None,
    ) -> _Response:
        seconds = self._settings.timeout_seconds if timeout is None else timeout
        deadline = Deadline.after(seconds)
        while True:
            try:
                return await method(request, timeout=deadline.remaining)
            except grpc.RpcError as error:
                least = self._settings.retry.initial_seconds
                pause = pause_or_raise(error, deadline, least)
            except asyncio.CancelledError:
                # A closing channel cancels its calls, and so the tasks that nobody cancelled.
                task = asyncio.current_task()
                if self._closed and task is not None and not task.cancelling():
                    raise UnavailableError("the client was closed") from None
                raise
            await asyncio.sleep(pause)
