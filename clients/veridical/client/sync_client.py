"""The client for ordinary code: blocking calls, usable from many threads and inside an event loop."""

# ruff: noqa: B008  # the settings in default arguments are frozen

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Self

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
from veridical.client.batching import fit, one_batch, split
from veridical.client.channel import address_from_environment
from veridical.client.checking import (
    Undecided,
    require_choice,
    require_items,
    require_type,
    rewards_of,
)
from veridical.client.connection import Connections, VerifierConnection
from veridical.client.endpoint import Endpoint
from veridical.client.ledger import Ledger
from veridical.client.local import LocalLease, LocalServices, LocalSettings, start_local
from veridical.client.runs import BatchRun
from veridical.client.settings import ClientSettings
from veridical.client.sync_calls import BatchCalls
from veridical.client.sync_stream import SyncStream
from veridical.client.window import Progress, Window

_State = tuple[str | Sequence[str] | None, ClientSettings, LocalLease | None]


class Client:
    """A connection to a verifier or to the reward gateway.

    It connects with the first call, is safe to share between threads, and closes with `close` or at the
    end of a `with` block. Processes may inherit it by a fork (see `veridical.client.forking`) or have it
    pickled: each has a connection of its own.

    Args:
        address: `host:port` or `unix:/path`; several are taken in turns. None: the environment variable
            VERIDICAL_ADDRESS, with commas between several.
        settings: Sizes, timeouts, retries, token and encryption.

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
        self._services: LocalServices | None = None
        self._lease: LocalLease | None = None
        self._connections = Connections(self._connect)

    @classmethod
    def local(
        cls,
        local: LocalSettings = LocalSettings(),
        *,
        settings: ClientSettings = ClientSettings(),
    ) -> Self:
        """A client with services of its own on this machine, which end with it.

        Where VERIDICAL_ADDRESS is set nothing is started, and the client connects there.

        Raises:
            ServicesMissingError: The services are not installed.
            LocalStartError: They could not be started.
        """
        require_type("settings", settings, ClientSettings)
        require_type("local", local, LocalSettings)
        if address_from_environment() is not None:
            return cls(settings=settings)
        services = start_local(local)
        client = cls(services.address, settings=settings)
        client._services = services
        client._lease = services.lease
        return client

    def __getstate__(self) -> _State:
        """A copy has a connection of its own; local services stay those of the first client."""
        return self._endpoint.address, self._endpoint.given_settings, self._lease

    def __setstate__(self, state: _State) -> None:
        address, settings, lease = state
        Client.__init__(self, address, settings=settings)
        self._lease = lease

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection, and the services if `local` started them; calls in flight fail."""
        self._connections.close()
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
        connection = self._connection
        batch = VerifyBatchRequest(items=[fit(item, self._settings.max_response_bytes)])
        request = VerifyRequest(item=batch.items[0])
        run = self._new_run(batch, timeout)
        verify = connection.stub.Verify
        return _settle(run, lambda: [connection.attempt(verify, request, run.attempts).verdict])[0]

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
        connection = self._connection
        require_items(items, tasks)
        run = self._new_run(one_batch(items, tasks, self._settings), timeout)
        verify = connection.stub.VerifyBatch
        return _settle(run, lambda: connection.attempt(verify, run.request, run.attempts).verdicts)

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
        require_items(items, tasks)
        total = len(items) if isinstance(items, Sized) else None
        requests = split(items, tasks, self._settings)
        window = Window(requests, self._settings.concurrency, total, on_progress)
        calls = BatchCalls(self._connection)
        try:
            while True:
                for batch in window.take():
                    calls.send(batch, self._new_run(batch.request, timeout))
                if not window.in_flight:
                    return
                window.finish(*calls.next_answer())
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

    def stream(
        self,
        items: Iterable[Item],
        *,
        tasks: Mapping[str, Task] | None = None,
        timeout: float | None = None,
    ) -> Iterator[Verdict]:
        """The verdicts on any number of items as they finish, in any order, one for each.

        Items are read in a thread of their own while verdicts come, so they may come from a model that
        still generates; not further ahead than `ClientSettings.stream_items`. Where a server drains or
        is lost, the items without a verdict are sent to another. Closing the iterator, or an error,
        cancels what is in flight; a source that blocks then holds its thread until its next item.

        Args:
            items: With ids that are unique among those without a verdict.
            tasks: The tasks that items name by `task_id`; each is sent once.
            timeout: Seconds for each item since it was first sent. None: that of the settings.

        Raises:
            InvalidRequestError: An id comes again too early, or an item is too large for a message.
            VeridicalError: Another fault of the call; see `veridical.client.errors`.
        """
        require_items(items, tasks)
        limits = self.describe(timeout=timeout).limits
        connection = self._connection
        ledger = Ledger(tasks, self._settings, limits, lambda: connection.attempts(timeout))
        yield from SyncStream(connection, ledger, items, timeout).verdicts()

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
            TypeError: `undecided` is none of the choices.
            VeridicalError: As `verify_iter`.
        """
        require_choice(undecided)
        return rewards_of(self.verify_iter(items, tasks=tasks, timeout=timeout), undecided)

    def describe(self, *, timeout: float | None = None) -> DescribeResponse:
        """What the server verifies, within which limits and in which version.

        Raises:
            VeridicalError: A fault of the call; see `veridical.client.errors`.
        """
        connection = self._connection
        attempts = connection.attempts(timeout)
        while True:
            try:
                return connection.attempt(connection.stub.Describe, DescribeRequest(), attempts)
            except grpc.RpcError as error:
                time.sleep(attempts.failed(error))

    @property
    def _connection(self) -> VerifierConnection:
        """The connection of this process."""
        return self._connections.mine

    @property
    def _settings(self) -> ClientSettings:
        return self._endpoint.settings

    def _connect(self) -> VerifierConnection:
        return VerifierConnection(self._endpoint, self._lease)

    def _new_run(self, request: VerifyBatchRequest, timeout: float | None) -> BatchRun:
        attempts = self._connection.attempts(timeout)
        return BatchRun(request, attempts, resends=self._settings.retry.items)


def _settle(run: BatchRun, send: Callable[[], Sequence[Verdict]]) -> list[Verdict]:
    """Sends what is open of a run until it ends."""
    while True:
        try:
            pause = run.answered(send())
        except grpc.RpcError as error:
            pause = run.failed(error)
        if pause is None:
            return run.verdicts
        time.sleep(pause)
