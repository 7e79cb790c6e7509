"""Callers that ask without pause and hold every verdict against the oracle."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import grpc
from soaking.oracle import Known, Oracle

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyStreamRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import AsyncClient, VeridicalError

_SHOWN = 5
_RESEND_SECONDS = 0.1


@dataclass(slots=True)
class Tally:
    """What callers saw."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: int = 0
    """Items of calls that ended well without their verdict."""
    repeated: int = 0
    """Verdicts on items of a stream that had one."""
    failed: Counter[str] = field(default_factory=Counter)
    """Batches that the client gave up, by its error."""
    broken: Counter[str] = field(default_factory=Counter)
    """Streams that ended early, by status; what had no answer was sent again."""
    slowest_seconds: float = 0.0

    def take(self, known: Sequence[Known], verdicts: Sequence[Verdict]) -> None:
        """Holds the verdicts of a batch against what they must be."""
        self.lost += max(0, len(known) - len(verdicts))
        for each, verdict in zip(known, verdicts, strict=False):
            self.take_one(each, verdict)

    def take_one(self, known: Known, verdict: Verdict) -> None:
        """Holds one verdict against what it must be."""
        fault = known.fault(verdict)
        if fault is None:
            self.right += 1
        else:
            self.wrong.append(fault)

    def check(self, *, least: int = 100) -> None:
        """Fails unless every reply was right and came once, and no call failed.

        Args:
            least: Verdicts below which there was no load to speak of.
        """
        self.check_verdicts(least=least)
        assert not self.failed, self

    def check_verdicts(self, *, least: int = 100) -> None:
        """Fails unless every reply was right and came once; calls may have failed."""
        assert not self.wrong, self.wrong[:_SHOWN]
        assert (self.lost, self.repeated) == (0, 0), self
        assert all(status.startswith("UNAVAILABLE") for status in self.broken), self
        assert self.right >= least, self


class Load:
    """Some callers with batches and some with streams, from `async with` to its end.

    Args:
        address: Whom they ask.
        batches: Callers that send one batch after the other through the client.
        streams: Callers that open one stream after the other, and send again what a stream that
            ended early left without an answer.
        items: Items of a batch, and of a stream.
        timeout: Seconds for a batch or a stream, repeats included.
        oracle: Makes the items.
    """

    def __init__(
        self,
        address: str | Sequence[str],
        *,
        batches: int = 3,
        streams: int = 1,
        items: int = 24,
        timeout: float = 60.0,
        oracle: Oracle | None = None,
    ) -> None:
        self.tally = Tally()
        self._address = address
        self._counts = (batches, streams)
        self._items = items
        self._timeout = timeout
        self._oracle = oracle or Oracle()
        self._stopping = False
        self._callers: list[asyncio.Task[None]] = []
        self._client = AsyncClient(address)

    async def __aenter__(self) -> Self:
        batches, streams = self._counts
        self._callers = [asyncio.create_task(self._send_batches()) for _ in range(batches)]
        self._callers += [asyncio.create_task(self._send_streams()) for _ in range(streams)]
        try:
            await self.progress()
        except BaseException as error:
            await self.__aexit__(type(error))
            raise
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        self._stopping = True
        if kind is not None:
            for caller in self._callers:
                caller.cancel()
        try:
            async with asyncio.timeout(2 * self._timeout):
                await asyncio.gather(*self._callers, return_exceptions=kind is not None)
        finally:
            await self._client.close()

    async def progress(self, verdicts: int = 50) -> None:
        """Waits until so many more verdicts have come."""
        goal = self.tally.right + verdicts
        async with asyncio.timeout(self._timeout):
            while self.tally.right < goal and not self.tally.wrong:
                self._raise_dead()
                await asyncio.sleep(0.01)

    def _raise_dead(self) -> None:
        for caller in self._callers:
            if caller.done():
                caller.result()

    async def _send_batches(self) -> None:
        while not self._stopping:
            known = self._oracle.items(self._items)
            start = time.monotonic()
            try:
                items = [each.item for each in known]
                verdicts = await self._client.verify_batch(items, timeout=self._timeout)
            except VeridicalError as error:
                self.tally.failed[f"{type(error).__name__}: {error}"] += 1
                await asyncio.sleep(_RESEND_SECONDS)
            else:
                self.tally.take(known, verdicts)
                took = time.monotonic() - start
                self.tally.slowest_seconds = max(self.tally.slowest_seconds, took)

    async def _send_streams(self) -> None:
        addresses = [self._address] if isinstance(self._address, str) else list(self._address)
        turn = 0
        while not self._stopping:
            open_ = {each.item.id: each for each in self._oracle.items(self._items)}
            end = time.monotonic() + self._timeout
            while open_:
                address = addresses[turn % len(addresses)]
                turn += 1
                await self._stream_once(address, open_, end)

    async def _stream_once(self, address: str, open_: dict[str, Known], end: float) -> None:
        """Sends what is open over one stream; `open_` loses what is answered."""
        answered: set[str] = set()
        async with grpc.aio.insecure_channel(address) as channel:
            call = VerifierServiceStub(channel).VerifyStream(timeout=end - time.monotonic())
            try:
                await call.write(VerifyStreamRequest(items=[k.item for k in open_.values()]))
                await call.done_writing()
                async for response in call:
                    for verdict in response.verdicts:
                        self._take_streamed(verdict, open_, answered)
            except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                self.tally.broken[f"{(await call.code()).name}: {await call.details()}"] += 1
                await asyncio.sleep(_RESEND_SECONDS)
            else:
                self.tally.lost += len(open_)
                open_.clear()

    def _take_streamed(self, verdict: Verdict, open_: dict[str, Known], done: set[str]) -> None:
        known = open_.pop(verdict.id, None)
        if known is not None:
            done.add(verdict.id)
            self.tally.take_one(known, verdict)
        elif verdict.id in done:
            self.tally.repeated += 1
        else:
            self.tally.wrong.append(f"{verdict.id}: nobody asked for it")
