"""`Client.stream`: threads that read the source and talk to the server, around one ledger."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator

import grpc

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyStreamRequest, VerifyStreamResponse
from veridical.client.connection import VerifierConnection
from veridical.client.errors import DeadlineError, ProtocolError
from veridical.client.forking import FORKS, require_owner
from veridical.client.ledger import NO_STREAMS, Ledger
from veridical.client.retry import Attempts
from veridical.client.status import is_refused

_JOIN_SECONDS = 5.0


class SyncStream:
    """One stream, from whatever servers it takes.

    Three threads meet at the ledger: the caller's takes verdicts, one reads the source, which may
    block, and one holds the call, whose messages gRPC asks for in a thread of its own.

    Args:
        connection: Where to.
        ledger: The items.
        items: The source.
        timeout: Seconds for an item, and for finding a server again; None: those of the settings.
    """

    def __init__(
        self,
        connection: VerifierConnection,
        ledger: Ledger,
        items: Iterable[Item],
        timeout: float | None,
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._items = items
        self._timeout = timeout
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._call: grpc._CallIterator[VerifyStreamResponse] | None = None
        self._calls = 0
        self._shown = connection.token.metadata()
        self._attempts: Attempts | None = None  # since the last verdict, if a call failed since
        self._failure: BaseException | None = None
        self._closed = False

    def verdicts(self) -> Iterator[Verdict]:
        """The verdicts as they come.

        Raises:
            VeridicalError: The stream failed.
        """
        threading.Thread(target=self._read, name="veridical-source", daemon=True).start()
        talker = threading.Thread(target=self._talk, name="veridical-stream", daemon=True)
        talker.start()
        try:
            while (verdict := self._next()) is not None:
                yield verdict
        finally:
            if os.getpid() == self._process:
                self._close()
                talker.join(_JOIN_SECONDS)

    def _next(self) -> Verdict | None:
        require_owner(self._process, "a stream")
        with self._changed:
            while True:
                verdict = self._ledger.next_verdict()
                if verdict is not None:
                    self._changed.notify_all()
                    return verdict
                if self._failure is not None:
                    raise self._failure
                if self._ledger.is_answered:
                    return None
                if not self._expire():
                    self._changed.wait(self._ledger.seconds_to_next_event)

    def _expire(self) -> bool:
        try:
            return self._ledger.expire()
        except DeadlineError as error:
            raise (self._attempts and self._attempts.failure) or error from None

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            call = self._call
        if call is not None:
            call.cancel()

    def _fail(self, failure: BaseException) -> None:
        with self._changed:
            self._failure = self._failure or failure
        self._close()

    def _read(self) -> None:
        try:
            source = iter(self._items)
            while self._wait_for_room():
                item = next(source, None)
                with self._changed:
                    if item is None:
                        self._ledger.end_source()
                    else:
                        self._ledger.add(item)
                    self._changed.notify_all()
                if item is None:
                    return
        except BaseException as failure:
            self._fail(failure)

    def _wait_for_room(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ledger.has_room)
            return not self._closed

    def _talk(self) -> None:
        try:
            while (pause := self._converse()) is not None:
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, pause)
        except BaseException as failure:
            self._fail(failure)

    def _converse(self) -> float | None:
        """Holds one call until it ends; gives the seconds to wait before the next, None for none."""
        self._connection.check_open()
        guarded = FORKS.start(self._call_server)
        with self._changed:
            self._call = guarded.call
            if self._closed:
                guarded.call.cancel()
        try:
            for response in guarded.call:
                self._take(response)
            pause = 0.0
        except grpc.RpcError as error:
            pause = 0.0 if guarded.is_interrupted or self._closed else self._failed(error)
        else:
            if not (self._closed or self._ledger.is_answered):
                raise ProtocolError("the server ended a stream that had items without a verdict")
        with self._changed:
            self._calls += 1
            self._ledger.lose_server()
            self._changed.notify_all()
            return None if self._closed or self._ledger.is_answered else pause

    def _call_server(self) -> grpc._CallIterator[VerifyStreamResponse]:
        attempts = self._attempts
        self._shown = self._connection.token.metadata()
        return self._connection.stub.VerifyStream(
            self._requests(self._calls),
            metadata=self._shown,
            wait_for_ready=attempts is not None and attempts.waits_for_server,
        )

    def _requests(self, call: int) -> Iterator[VerifyStreamRequest]:
        """The messages of one call; gRPC's thread asks for them."""
        while (request := self._next_request(call)) is not None:
            yield request

    def _next_request(self, call: int) -> VerifyStreamRequest | None:
        with self._changed:
            while not self._closed and call == self._calls and not self._ledger.is_answered:
                request = self._ledger.next_request()
                if request is not None:
                    self._changed.notify_all()  # the consumer has a time to watch
                    return request
                self._changed.wait(self._ledger.seconds_to_next_event)
            return None

    def _take(self, response: VerifyStreamResponse) -> None:
        with self._changed:
            self._attempts = None
            self._ledger.take(response.verdicts)
            self._changed.notify_all()

    def _failed(self, error: grpc.RpcError) -> float:
        self._connection.check_open()
        attempts = self._attempts or self._connection.attempts(self._timeout)
        with self._changed:
            self._attempts = attempts
        if is_refused(error) and self._connection.token.metadata() != self._shown:
            return 0.0  # the token has changed since, as the server's has
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            raise ProtocolError(NO_STREAMS) from error
        return attempts.failed(error)
