"""Callers that ask without pause through the client library and hold every verdict against the oracle."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from soaking.oracle import Known, Oracle

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    KeepaliveSettings,
    VeridicalError,
)

_SHOWN = 5
_STREAM_BATCHES = 4
"""A stream has the items of so many batches, so that faults find it under way."""
_OWN_CONNECTION = ClientSettings(keepalive=KeepaliveSettings(interval_seconds=29))
"""gRPC gives channels of equal options one connection; other options, another connection."""


@dataclass(slots=True)
class Tally:
    """What callers saw; may be shared by threads."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: int = 0
    """Items of calls that ended well without their verdict."""
    failed: Counter[str] = field(default_factory=Counter)
    """Calls that the client gave up, by its error; a verdict that comes twice is one of them."""
    slowest_seconds: float = 0.0
    """Of all batches."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, known: Sequence[Known], verdicts: Sequence[Verdict]) -> None:
        """Holds the verdicts of a batch against what they must be."""
        self.lose(max(0, len(known) - len(verdicts)))
        for each, verdict in zip(known, verdicts, strict=False):
            self.take_one(each, verdict)

    def take_streamed(self, open_: dict[str, Known], verdict: Verdict) -> None:
        """Holds a verdict of a stream against what it must be; its item is open no more."""
        known = open_.pop(verdict.id, None)
        if known is None:
            self.wrong.append(f"{verdict.id}: nobody asked for it, or it had its verdict")
        else:
            self.take_one(known, verdict)

    def take_one(self, known: Known, verdict: Verdict) -> None:
        """Holds one verdict against what it must be."""
        fault = known.fault(verdict)
        with self._lock:
            if fault is None:
                self.right += 1
            else:
                self.wrong.append(fault)

    def lose(self, items: int) -> None:
        """Takes note of items without a verdict."""
        with self._lock:
            self.lost += items

    @property
    def is_clean(self) -> bool:
        """Whether every reply so far was right and came once, and no call failed."""
        return not (self.wrong or self.lost or self.failed)

    def check(self, *, least: int = 100) -> None:
        """Fails unless every reply was right and came once, and no call failed.

        Args:
            least: Verdicts below which there was no load to speak of.
        """
        assert not self.wrong, self.wrong[:_SHOWN]
        assert self.is_clean, self
        assert self.right >= least, self


class Load:
    """Callers of every kind that the client library has, from `async with` to its end.

    They are those of `AsyncClient.verify_batch`, of `AsyncClient.stream`, each stream over a client and
    a connection of its own, and of `Client` in a thread, with batches and streams in turn. All stop
    at the first fault that one of them sees.

    Args:
        address: Whom they ask.
        batches: Callers with batches.
        streams: Callers with streams.
        threads: Callers in threads.
        items: Items of a batch.
        timeout: Seconds for a batch, or an item of a stream, repeats included.
        pause: Seconds of a caller between two calls.
        oracle: Makes the items.
    """

    def __init__(
        self,
        address: str | Sequence[str],
        *,
        batches: int = 2,
        streams: int = 1,
        threads: int = 1,
        items: int = 24,
        timeout: float = 120.0,
        pause: float = 0.0,
        oracle: Oracle | None = None,
    ) -> None:
        self.tally = Tally()
        self._address = address
        self._counts = (batches, streams, threads)
        self._items = items
        self._timeout = timeout
        self._pause = pause
        self._oracle = oracle or Oracle()
        self._stopping = False
        self._callers: list[asyncio.Task[None]] = []
        self._client = AsyncClient(address)
        self._blocking = Client(address)

    async def __aenter__(self) -> Self:
        batches, streams, threads = self._counts
        callers = [self._send_batches() for _ in range(batches)]
        callers += [self._send_streams() for _ in range(streams)]
        callers += [asyncio.to_thread(self._send_both) for _ in range(threads)]
        self._callers = [asyncio.create_task(caller) for caller in callers]
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
            self._blocking.close()
        try:
            async with asyncio.timeout(2 * self._timeout):
                await asyncio.gather(*self._callers, return_exceptions=kind is not None)
        finally:
            self._blocking.close()
            await self._client.close()

    async def progress(self, verdicts: int = 50) -> None:
        """Waits until so many more verdicts have come; fails at the first fault."""
        goal = self.tally.right + verdicts
        async with asyncio.timeout(self._timeout):
            while self.tally.right < goal:
                for caller in [each for each in self._callers if each.done()]:
                    caller.result()
                self.tally.check(least=0)
                await asyncio.sleep(0.01)

    @property
    def _goes_on(self) -> bool:
        return not self._stopping and self.tally.is_clean

    async def _send_batches(self) -> None:
        while self._goes_on:
            known = self._oracle.items(self._items)
            start = time.monotonic()
            with self._noting_errors():
                items = [each.item for each in known]
                verdicts = await self._client.verify_batch(items, timeout=self._timeout)
                self.tally.take(known, verdicts)
            took = time.monotonic() - start
            self.tally.slowest_seconds = max(self.tally.slowest_seconds, took)
            await asyncio.sleep(self._pause)

    async def _send_streams(self) -> None:
        while self._goes_on:
            async with AsyncClient(self._address, settings=_OWN_CONNECTION) as client:
                with self._streaming() as open_:
                    items = [each.item for each in open_.values()]
                    async for verdict in client.stream(items, timeout=self._timeout):
                        self.tally.take_streamed(open_, verdict)
            await asyncio.sleep(self._pause)

    def _send_both(self) -> None:
        while self._goes_on:
            known = self._oracle.items(self._items)
            with self._noting_errors():
                items = [each.item for each in known]
                self.tally.take(known, self._blocking.verify_batch(items, timeout=self._timeout))
            with self._streaming() as open_:
                items = [each.item for each in open_.values()]
                for verdict in self._blocking.stream(items, timeout=self._timeout):
                    self.tally.take_streamed(open_, verdict)
            time.sleep(self._pause)

    @contextmanager
    def _streaming(self) -> Iterator[dict[str, Known]]:
        """Gives the items of a stream by their ids; those left at its end are lost."""
        open_ = {each.item.id: each for each in self._oracle.items(_STREAM_BATCHES * self._items)}
        with self._noting_errors():
            yield open_
            self.tally.lose(len(open_))

    @contextmanager
    def _noting_errors(self) -> Iterator[None]:
        try:
            yield
        except VeridicalError as error:
            self.tally.failed[f"{type(error).__name__}: {error}"] += 1
