"""The client for ordinary code: blocking calls, usable from many threads and inside an event loop."""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from queue import SimpleQueue
from typing import Self, TypeVar

import grpc

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    DescribeResponse,
    VerifyBatchRequest,
    VerifyBatchResponse,
    VerifyRequest,
)
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client.batching import fit, one_batch, split
from veridical.client.channel import address_from_environment, channel_options, target_for
from veridical.client.checking import Undecided, match, rewards_of
from veridical.client.errors import ConfigurationError
from veridical.client.local import LocalServices, LocalSettings, start_local
from veridical.client.settings import ClientSettings
from veridical.client.status import Deadline, pause_or_raise
from veridical.client.window import Batch, Progress, Window

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class Client:
    """A connection to a verifier or to the reward gateway.

    It connects with the first call, is safe to share between threads, and closes with `close` or at the
    end of a `with` block.

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
        self._services: LocalServices | None = None
        self._channel = grpc.insecure_channel(target_for(address), channel_options(settings))
        self._stub = VerifierServiceStub(self._channel)
        self._closed = False

    @classmethod
    def local(
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
        services = start_local(local)
        client = cls(services.address, settings=settings)
        client._services = services
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection, and the services if `local` started them; calls in flight fail."""
        self._closed = True
        self._channel.close()
        if self._services is not None:
            self._services.close()

    def verify(self, item: Item, *, timeout: float | None = None) -> Verdict:
        """The verdict on one item.

        Args:
            item: Its task must be inline.
            timeout: Seconds for the call, its repeats included. None: that of the settings.

        Raises:
            InvalidRequestError: The item is malformed; the text names the field.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        request = VerifyRequest(item=fit(item, self._settings.max_response_bytes))
        response = self._call(self._open_stub.Verify, request, timeout)
        return match([item], [response.verdict])[0]

    def verify_batch(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> list[Verdict]:
        """The verdicts on some items, in their order, by one call. A malformed item is UNDECIDED.

        Args:
            items: At most as many as the server takes in one batch, with unique ids.
            tasks: The tasks that items name by `task_id`.
            timeout: Seconds for the call, its repeats included. None: that of the settings.

        Raises:
            InvalidRequestError: An id comes twice, or the batch is too large.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        request = one_batch(items, tasks, self._settings)
        response = self._call(self._open_stub.VerifyBatch, request, timeout)
        return list(match(request.items, response.verdicts))

    def verify_iter(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Iterator[Verdict]:
        """The verdicts on any number of items, in their order, as they come.

        Items are read only as calls have room for them, so memory stays bounded. Closing the iterator,
        or an error, cancels the calls in flight.

        Args:
            items: With ids that are unique over all of them.
            tasks: The tasks that items name by `task_id`; each call carries those it needs.
            timeout: Seconds for each batch, its repeats included. None: that of the settings.
            on_progress: Called after each batch, in the thread that iterates.

        Raises:
            InvalidRequestError: An id comes twice, or an item is too large for a message.
            VeridicalError: Another fault of a call; see `veridical.client.errors`.
        """
        total = len(items) if isinstance(items, Sized) else None
        requests = split(items, tasks, self._settings)
        window = Window(requests, self._settings.concurrency, total, on_progress)
        calls = _BatchCalls(self._open_stub.VerifyBatch, self._settings, self._seconds(timeout))
        try:
            calls.send(window.take())
            while window.in_flight:
                window.finish(*calls.next_answer())
                calls.send(window.take())
                yield from window.ready()
        finally:
            calls.cancel()

    def verify_many(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> list[Verdict]:
        """The verdicts on any number of items, in their order; arguments and errors of `verify_iter`."""
        return list(self.verify_iter(items, tasks=tasks, timeout=timeout, on_progress=on_progress))

    def rewards(
        self,
        items: Iterable[Item],
        *,
        undecided: Undecided,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> list[float | None]:
        """The rewards of any number of items, in their order: 1.0, 0.0, or what `undecided` says.

        Args:
            items: With ids that are unique over all of them.
            undecided: What becomes of items that no verifier decided. A trainer should leave them out
                of its loss; a 0 would be a lie about the policy.
            tasks: The tasks that items name by `task_id`.
            timeout: Seconds for each batch, its repeats included. None: that of the settings.

        Raises:
            UndecidedError: Items are undecided, and `undecided` is RAISE.
            VeridicalError: As `verify_iter`.
        """
        return rewards_of(self.verify_iter(items, tasks=tasks, timeout=timeout), undecided)

    def describe(self, *, timeout: float | None = None) -> DescribeResponse:
        """What the server verifies, within which limits and in which version.

        Raises:
            VeridicalError: A fault of the call; see `veridical.client.errors`.
        """
        return self._call(self._open_stub.Describe, DescribeRequest(), timeout)

    @property
    def _open_stub(self) -> VerifierServiceStub:
        if self._closed:
            raise ConfigurationError("the client is closed")
        return self._stub

    def _seconds(self, timeout: float | None) -> float:
        return self._settings.timeout_seconds if timeout is None else timeout

    def _call(
        self,
        method: grpc.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        timeout: float | None,
    ) -> _Response:
        deadline = Deadline.after(self._seconds(timeout))
        while True:
            try:
                return method(request, timeout=deadline.remaining)
            except grpc.RpcError as error:
                time.sleep(pause_or_raise(error, deadline, self._settings.retry.initial_seconds))


class _BatchCall:
    """One attempt at a batch, in flight."""

    def __init__(
        self,
        method: grpc.UnaryUnaryMultiCallable[VerifyBatchRequest, VerifyBatchResponse],
        batch: Batch,
        deadline: Deadline,
    ) -> None:
        self.batch = batch
        self.deadline = deadline
        self.ended_at = 0.0
        self.future = method.future(batch.request, timeout=deadline.remaining)

    def notify(self, ended: SimpleQueue[_BatchCall]) -> None:
        def done(_: object) -> None:
            self.ended_at = time.monotonic()
            ended.put(self)

        self.future.add_done_callback(done)


class _BatchCalls:
    """The calls of one `verify_iter`."""

    def __init__(
        self,
        method: grpc.UnaryUnaryMultiCallable[VerifyBatchRequest, VerifyBatchResponse],
        settings: ClientSettings,
        timeout: float,
    ) -> None:
        self._method = method
        self._settings = settings
        self._timeout = timeout
        self._running: set[_BatchCall] = set()
        self._ended: SimpleQueue[_BatchCall] = SimpleQueue()

    def send(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            self._start(batch, Deadline.after(self._timeout))

    def next_answer(self) -> tuple[Batch, VerifyBatchResponse]:
        """Waits for the next answer, in whatever order they come, and repeats refused calls.

        The wait before a repeat holds up the whole run: the server asked for a pause.
        """
        while True:
            call = self._ended.get()
            self._running.discard(call)
            try:
                return call.batch, call.future.result()
            except grpc.RpcError as error:
                least = self._settings.retry.initial_seconds
                pause = pause_or_raise(error, call.deadline, least)
            time.sleep(max(0.0, call.ended_at + pause - time.monotonic()))
            self._start(call.batch, call.deadline)

    def cancel(self) -> None:
        """Cancels what is in flight."""
        for call in self._running:
            call.future.cancel()

    def _start(self, batch: Batch, deadline: Deadline) -> None:
        call = _BatchCall(self._method, batch, deadline)
        self._running.add(call)
        call.notify(self._ended)
