"""`AsyncClient.stream`: tasks that read the source and talk to the server, around one ledger."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
)
from typing import TYPE_CHECKING

import grpc
from grpc import aio

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyStreamRequest, VerifyStreamResponse
from veridical.client.credentials import Token
from veridical.client.errors import DeadlineError, ProtocolError, UnavailableError
from veridical.client.ledger import NO_STREAMS, Ledger
from veridical.client.retry import Attempts
from veridical.client.status import is_refused

if TYPE_CHECKING:
    from veridical.api.v1.verifier_pb2_grpc import VerifierServiceAsyncStub

_StreamCall = aio.StreamStreamCall[VerifyStreamRequest, VerifyStreamResponse]


class AsyncStream:
    """One stream, from whatever servers it takes.

    Args:
        stub: Where to.
        token: What is shown with each call.
        ledger: The items.
        items: The source.
        attempts: Makes the attempts at finding a server again.
        check_open: Raises where no server can answer any more.
    """

    def __init__(
        self,
        stub: VerifierServiceAsyncStub,
        token: Token,
        ledger: Ledger,
        items: Iterable[Item] | AsyncIterable[Item],
        attempts: Callable[[], Attempts],
        check_open: Callable[[], None],
    ) -> None:
        self._stub = stub
        self._token = token
        self._ledger = ledger
        self._items = items
        self._new_attempts = attempts
        self._check_open = check_open
        self._shown = token.metadata()
        self._attempts: Attempts | None = None  # since the last verdict, if a call failed since
        self._failure: Exception | None = None
        self._news = asyncio.get_running_loop().create_future()

    async def verdicts(self) -> AsyncGenerator[Verdict, None]:
        """The verdicts as they come.

        Raises:
            VeridicalError: The stream failed.
        """
        tasks = [asyncio.create_task(self._guard(work)) for work in (self._read(), self._talk())]
        try:
            while (verdict := await self._next()) is not None:
                yield verdict
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _next(self) -> Verdict | None:
        while True:
            verdict = self._ledger.next_verdict()
            if verdict is not None:
                self._notify()
                return verdict
            if self._failure is not None:
                raise self._failure
            if self._ledger.is_answered:
                return None
            if not self._expire():
                await self._wait(self._ledger.seconds_to_next_event)

    def _expire(self) -> bool:
        try:
            return self._ledger.expire()
        except DeadlineError as error:
            raise (self._attempts and self._attempts.failure) or error from None

    def _notify(self) -> None:
        """Wakes all that wait."""
        if not self._news.done():
            self._news.set_result(None)

    async def _wait(self, seconds: float | None = None) -> None:
        """Waits until something has changed."""
        if self._news.done():
            self._news = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._news], timeout=seconds)

    async def _guard(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as failure:
            self._failure = self._failure or failure
            self._notify()

    async def _read(self) -> None:
        async for item in self._source():
            self._ledger.add(item)
            self._notify()
        self._ledger.end_source()
        self._notify()

    async def _source(self) -> AsyncIterator[Item]:
        """The items, each asked for only when there is room for it."""
        if isinstance(self._items, AsyncIterable):
            awaited = aiter(self._items)
            while await self._room():
                try:
                    yield await anext(awaited)
                except StopAsyncIteration:
                    return
        else:
            plain = iter(self._items)
            while await self._room():
                item = next(plain, None)
                if item is None:
                    return
                yield item

    async def _room(self) -> bool:
        while not self._ledger.has_room:
            await self._wait()
        return True

    async def _talk(self) -> None:
        pause = await self._converse()
        while pause is not None:
            await asyncio.sleep(pause)
            pause = await self._converse()

    async def _converse(self) -> float | None:
        """Holds one call until it ends; gives the seconds to wait before the next, None for none."""
        self._check_open()
        attempts = self._attempts
        self._shown = self._token.metadata()
        call = self._stub.VerifyStream(
            metadata=self._shown,
            wait_for_ready=attempts is not None and attempts.waits_for_server,
        )
        sender = asyncio.create_task(self._guard(self._send(call)))
        try:
            async for response in call:
                self._attempts = None
                self._ledger.take(response.verdicts)
                self._notify()
        except grpc.RpcError as error:
            pause = self._failed(error)
        except asyncio.CancelledError:
            # A closing channel cancels its calls, and so the tasks that nobody cancelled.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise UnavailableError("the client was closed") from None
        else:
            if not self._ledger.is_answered:
                raise ProtocolError("the server ended a stream that had items without a verdict")
            return None
        finally:
            call.cancel()
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
        self._ledger.lose_server()
        return pause

    async def _send(self, call: _StreamCall) -> None:
        try:
            while not self._ledger.is_answered:
                request = self._ledger.next_request()
                if request is None:
                    await self._wait(self._ledger.seconds_to_next_event)
                else:
                    self._notify()  # there is a time to watch
                    await call.write(request)
            await call.done_writing()
        except (grpc.RpcError, asyncio.InvalidStateError):
            return  # the call has ended, and its reader knows why

    def _failed(self, error: grpc.RpcError) -> float:
        self._check_open()
        self._attempts = self._attempts or self._new_attempts()
        if is_refused(error) and self._token.metadata() != self._shown:
            return 0.0  # the token has changed since, as the server's has
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            raise ProtocolError(NO_STREAMS) from error
        return self._attempts.failed(error)
