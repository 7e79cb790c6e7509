"""The client for asyncio, of the same shape as `Client`."""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
    Sized,
)
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Self

import grpc

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    DescribeResponse,
    VerifyBatchRequest,
    VerifyRequest,
)
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client.aio_connection import AioConnection
from veridical.client.async_stream import AsyncStream
from veridical.client.batching import fit, one_batch, split
from veridical.client.channel import address_from_environment
from veridical.client.checking import (
    Undecided,
    require_choice,
    require_items,
    require_type,
    rewards_of,
)
from veridical.client.endpoint import Endpoint
from veridical.client.ledger import Ledger
from veridical.client.local import LocalLease, LocalServices, LocalSettings, start_local_async
from veridical.client.opening import Opening
from veridical.client.runs import BatchRun
from veridical.client.settings import ClientSettings
from veridical.client.window import Batch, Progress, Window

if TYPE_CHECKING:
    from veridical.api.v1.verifier_pb2_grpc import VerifierServiceAsyncStub

_State = tuple[str | Sequence[str] | None, ClientSettings, LocalLease | None]


class AsyncClient:
    """A connection to a verifier or to the reward gateway, for asyncio.

    It connects with the first call, belongs to the event loop of that call, and closes with `close` or
    at the end of an `async with` block. It never works in a forked process, where `Client` may; pickled
    to another process it has a connection of its own.

    Args:
        address: `host:port` or `unix:/path`; several are taken in turns. None: the environment variable
            VERIDICAL_ADDRESS, with commas between several.
        settings: Sizes, timeouts, retries, token and encryption.

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
        self._services: LocalServices | None = None
        self._lease: LocalLease | None = None
        self._connection = AioConnection(self._endpoint, "AsyncClient")

    @classmethod
    def local(
        cls,
        local: LocalSettings = LocalSettings(),
        *,
        settings: ClientSettings = ClientSettings(),
    ) -> Opening[Self]:
        """A client with services of its own on this machine, which end with it.

        To be used as `async with AsyncClient.local() as client`, or `client = await AsyncClient.local()`.
        Where VERIDICAL_ADDRESS is set nothing is started, and the client connects there.

        Raises:
            ServicesMissingError: When awaited: the services are not installed.
            LocalStartError: When awaited: they could not be started.
        """
        require_type("settings", settings, ClientSettings)
        require_type("local", local, LocalSettings)
        return Opening(partial(cls._start, settings, local))

    @classmethod
    async def _start(cls, settings: ClientSettings, local: LocalSettings) -> Self:
        if address_from_environment() is not None:
            return cls(settings=settings)
        services = await start_local_async(local)
        client = cls(services.address, settings=settings)
        client._services = services
        client._rent(services.lease)
        return client

    def __getstate__(self) -> _State:
        """A copy has a connection of its own; local services stay those of the first client."""
        return self._endpoint.address, self._endpoint.given_settings, self._lease

    def __setstate__(self, state: _State) -> None:
        address, settings, lease = state
        AsyncClient.__init__(self, address, settings=settings)
        self._rent(lease)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection, and the services if `local` started them; calls in flight fail."""
        await self._connection.close()
        if self._services is not None:
            await asyncio.to_thread(self._services.close)

    aclose = close

    async def verify(self, item: Item, *, timeout: float | None = None) -> Verdict:
        """The verdict on one item; arguments and errors of `Client.verify`."""
        stub = self._stub
        batch = VerifyBatchRequest(items=[fit(item, self._settings.max_response_bytes)])
        request = VerifyRequest(item=batch.items[0])
        run = self._new_run(batch, timeout)

        async def send() -> Sequence[Verdict]:
            return [(await self._connection.attempt(stub.Verify, request, run.attempts)).verdict]

        return (await _settle(run, send))[0]

    async def verify_batch(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> list[Verdict]:
        """The verdicts on some items by one call; arguments and errors of `Client.verify_batch`."""
        require_items(items, tasks)
        run = self._new_run(one_batch(items, tasks, self._settings), timeout)
        return await self._settle_batch(self._stub, run)

    async def verify_iter(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> AsyncGenerator[Verdict, None]:
        """The verdicts on any number of items, in their order, as they come.

        Arguments and errors are those of `Client.verify_iter`. Calls in flight are cancelled by an
        error and by closing the iterator; leaving a loop early does not close it, `aclosing` does.
        """
        require_items(items, tasks)
        total = len(items) if isinstance(items, Sized) else None
        requests = split(items, tasks, self._settings)
        window = Window(requests, self._settings.concurrency, total, on_progress)
        calls: dict[asyncio.Task[list[Verdict]], Batch] = {}
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

    async def stream(
        self,
        items: Iterable[Item] | AsyncIterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[Verdict, None]:
        """The verdicts on any number of items as they finish, in any order, one for each.

        Items may come from an asynchronous iterable, such as a model that still generates. Arguments
        and errors are otherwise those of `Client.stream`. What is in flight is cancelled by an error and
        by closing the iterator; leaving a loop early does not close it, `aclosing` does.
        """
        require_items(items, tasks, may_be_async=True)
        limits = (await self.describe(timeout=timeout)).limits
        stub, attempts = self._stub, partial(self._connection.attempts, timeout)
        ledger = Ledger(tasks, self._settings, limits, attempts)
        async with aclosing(
            AsyncStream(
                stub, self._endpoint.token, ledger, items, attempts, self._connection.check_open
            ).verdicts()
        ) as verdicts:
            async for verdict in verdicts:
                yield verdict

    async def rewards(
        self,
        items: Iterable[Item],
        *,
        undecided: Undecided,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> list[float | None]:
        """The rewards of any number of items; arguments and errors of `Client.rewards`."""
        require_choice(undecided)
        verdicts = await self.verify_many(items, tasks=tasks, timeout=timeout)
        return rewards_of(verdicts, undecided)

    async def describe(self, *, timeout: float | None = None) -> DescribeResponse:
        """What the server verifies, within which limits and in which version."""
        stub = self._stub
        attempts = self._connection.attempts(timeout)
        while True:
            try:
                return await self._connection.attempt(stub.Describe, DescribeRequest(), attempts)
            except grpc.RpcError as error:
                await asyncio.sleep(attempts.failed(error))

    @property
    def _stub(self) -> VerifierServiceAsyncStub:
        return VerifierServiceStub(self._connection.channel)

    @property
    def _settings(self) -> ClientSettings:
        return self._endpoint.settings

    def _rent(self, lease: LocalLease | None) -> None:
        """Takes the services for local ones; before the first call."""
        self._lease = lease
        self._connection = AioConnection(self._endpoint, "AsyncClient", lease)

    def _send(
        self,
        window: Window,
        calls: dict[asyncio.Task[list[Verdict]], Batch],
        timeout: float | None,
    ) -> None:
        stub = self._stub
        for batch in window.take():
            call = self._settle_batch(stub, self._new_run(batch.request, timeout))
            calls[asyncio.create_task(call)] = batch

    def _new_run(self, request: VerifyBatchRequest, timeout: float | None) -> BatchRun:
        attempts = self._connection.attempts(timeout)
        return BatchRun(request, attempts, resends=self._settings.retry.items)

    async def _settle_batch(self, stub: VerifierServiceAsyncStub, run: BatchRun) -> list[Verdict]:
        async def send() -> Sequence[Verdict]:
            return (
                await self._connection.attempt(stub.VerifyBatch, run.request, run.attempts)
            ).verdicts

        return await _settle(run, send)


async def _settle(run: BatchRun, send: Callable[[], Awaitable[Sequence[Verdict]]]) -> list[Verdict]:
    """Sends what is open of a run until it ends."""
    while True:
        try:
            pause = run.answered(await send())
        except grpc.RpcError as error:
            pause = run.failed(error)
        if pause is None:
            return run.verdicts
        await asyncio.sleep(pause)
