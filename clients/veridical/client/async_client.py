"""The client for asyncio, of the same shape as `Client`."""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import asyncio
import os
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
from typing import TYPE_CHECKING, Self, TypeVar

import grpc
from grpc import aio

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
from veridical.client.async_stream import AsyncStream
from veridical.client.batching import fit, one_batch, split
from veridical.client.channel import address_from_environment, target_for
from veridical.client.checking import (
    Undecided,
    require_choice,
    require_items,
    require_type,
    rewards_of,
)
from veridical.client.contact import Contact
from veridical.client.credentials import open_aio_channel, token_for, with_environment
from veridical.client.errors import ConfigurationError, UnavailableError
from veridical.client.forking import FORKS, require_owner
from veridical.client.ledger import Ledger
from veridical.client.local import LocalLease, LocalServices, LocalSettings, start_local_async
from veridical.client.opening import Opening
from veridical.client.retry import Attempts, RetryBudget
from veridical.client.runs import BatchRun
from veridical.client.settings import ClientSettings
from veridical.client.status import Deadline
from veridical.client.window import Batch, Progress, Window

if TYPE_CHECKING:
    from veridical.api.v1.verifier_pb2_grpc import VerifierServiceAsyncStub

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")

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
        require_type("settings", settings, ClientSettings)
        self._address = address if address is not None else address_from_environment()
        self._given_settings = settings
        self._settings = with_environment(settings)
        self._target = target_for(address)
        self._token = token_for(self._target, self._settings)
        self._budget = RetryBudget()
        self._contact = Contact(self._target)
        self._services: LocalServices | None = None
        self._lease: LocalLease | None = None
        self._channel: aio.Channel | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = os.getpid()
        self._closed = False

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
        client._lease = services.lease
        client._contact.met = True
        return client

    def __getstate__(self) -> _State:
        """A copy has a connection of its own; local services stay those of the first client."""
        return self._address, self._given_settings, self._lease

    def __setstate__(self, state: _State) -> None:
        address, settings, lease = state
        AsyncClient.__init__(self, address, settings=settings)
        self._lease = lease
        self._contact.met = lease is not None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection, and the services if `local` started them; calls in flight fail."""
        self._closed = True
        if self._channel is not None and os.getpid() == self._process:
            FORKS.closed(self._channel)
            # That of another loop could not be waited for; it goes with its last user.
            if self._loop is asyncio.get_running_loop():
                await self._channel.close()
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
            return [(await self._attempt(stub.Verify, request, run.attempts)).verdict]

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
        stub, attempts = self._stub, partial(self._new_attempts, timeout)
        ledger = Ledger(tasks, self._settings, limits, attempts)
        async with aclosing(
            AsyncStream(stub, self._token, ledger, items, attempts, self._check_open).verdicts()
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
        attempts = self._new_attempts(timeout)
        while True:
            try:
                return await self._attempt(stub.Describe, DescribeRequest(), attempts)
            except grpc.RpcError as error:
                await asyncio.sleep(attempts.failed(error))

    @property
    def _stub(self) -> VerifierServiceAsyncStub:
        if self._closed:
            raise ConfigurationError("the client is closed")
        require_owner(self._process, "an AsyncClient")
        FORKS.check(for_aio=True)
        loop = asyncio.get_running_loop()
        if self._channel is None:
            # Not in the constructor: an aio channel takes the running loop for its own.
            self._channel = open_aio_channel(self._target, self._settings)
            self._loop = loop
            FORKS.opened(self._channel)
        if self._loop is not loop:  # a call would never end
            raise ConfigurationError(
                "this AsyncClient belongs to the event loop of its first call, and this is another "
                "one: make a client in each, or use Client, which works in any"
            )
        return VerifierServiceStub(self._channel)

    def _check_open(self) -> None:
        """Does nothing where services may answer.

        Raises:
            UnavailableError: The client was closed, or they are local ones that have ended.
        """
        if self._closed:
            raise UnavailableError("the client was closed")
        if self._lease is not None:
            self._lease.check()

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

    def _new_attempts(self, timeout: float | None) -> Attempts:
        seconds = self._settings.timeout_seconds if timeout is None else timeout
        deadline = Deadline.after(seconds)
        return Attempts(deadline, self._settings.retry, self._budget, self._contact)

    def _new_run(self, request: VerifyBatchRequest, timeout: float | None) -> BatchRun:
        attempts = self._new_attempts(timeout)
        return BatchRun(request, attempts, resends=self._settings.retry.items)

    async def _settle_batch(self, stub: VerifierServiceAsyncStub, run: BatchRun) -> list[Verdict]:
        async def send() -> Sequence[Verdict]:
            return (await self._attempt(stub.VerifyBatch, run.request, run.attempts)).verdicts

        return await _settle(run, send)

    async def _attempt(
        self,
        method: aio.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        attempts: Attempts,
    ) -> _Response:
        """Makes one attempt at a call.

        Raises:
            grpc.RpcError: The attempt failed.
            UnavailableError: The client was closed, or the local services have ended.
        """
        self._check_open()
        try:
            return await method(
                request,
                timeout=attempts.deadline.remaining,
                metadata=self._token.metadata(),
                wait_for_ready=attempts.waits_for_server,
            )
        except asyncio.CancelledError:
            # A closing channel cancels its calls, and so the tasks that nobody cancelled.
            task = asyncio.current_task()
            if self._closed and task is not None and not task.cancelling():
                raise UnavailableError("the client was closed") from None
            raise


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
