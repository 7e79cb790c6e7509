"""One VerifyStream call: items are read while there is room, verdicts sent as they come."""

from __future__ import annotations

import asyncio
import random
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Mapping,
    Sequence,
)
from typing import TypeAlias

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyStreamRequest, VerifyStreamResponse
from veridical.serving.errors import InvalidArgument, Unavailable
from veridical.serving.verifier import Settle

MAX_TASKS = 65_536
"""Tasks that one stream may keep in its table."""
STREAM_AGE_SPREAD = 0.1
"""Share by which the age of streams varies, as gRPC has it for connections: many began together."""
_MAX_SENT = 512
"""Verdicts in one message, so that it stays far below any bound on messages."""

Decide: TypeAlias = Callable[
    [Sequence[Item], Mapping[str, Task], Collection[int], Settle], Coroutine[None, None, None]
]
"""Decides items, given the table of tasks, the places of repeated ids, and whom to tell."""
Admit: TypeAlias = Callable[[int], Awaitable[None]]
"""Waits until so many more items may be in flight."""
Release: TypeAlias = Callable[[int], None]
"""Gives back the room of items that were admitted."""


class VerdictStream:
    """The state of one stream.

    An item counts against the stream until its verdict is on its way to the caller, so that a
    caller who does not read is not read from either.

    Args:
        requests: What the caller sends.
        decide: Decides the items of one message.
        admit: Waits for room on the server.
        release: Gives it back.
        max_undecided: Items beyond which the stream is not read.
        max_batch: Items in one message.
        max_seconds: Time after which the stream drains, so that its caller may find another server.
    """

    def __init__(
        self,
        requests: AsyncIterator[VerifyStreamRequest],
        decide: Decide,
        admit: Admit,
        release: Release,
        *,
        max_undecided: int,
        max_batch: int,
        max_seconds: float,
    ) -> None:
        self._requests = requests
        self._decide = decide
        self._admit = admit
        self._release = release
        self._max_undecided = max_undecided
        self._max_batch = max_batch
        self._max_seconds = max_seconds
        self._tasks: dict[str, Task] = {}
        self._ids: set[str] = set()
        self._unsent = 0
        self._ready: list[Verdict] = []
        self._failure: BaseException | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        self._reader: asyncio.Task[None] | None = None
        self._draining = False
        self._news = asyncio.Event()
        self._room = asyncio.Event()

    def drain(self) -> None:
        """Reads no more; the stream ends once what was read is answered."""
        self._draining = True
        if self._reader is not None:
            self._reader.cancel()

    async def responses(self) -> AsyncIterator[VerifyStreamResponse]:
        """Gives the messages to send, until the caller has half-closed and all is answered.

        Raises:
            InvalidArgument: A message breaks the contract of streams.
            Unavailable: The server or the stream drains; all that was read has been answered.
        """
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(self._note_end)
        if self._draining:
            self._reader.cancel()
        age = self._max_seconds * random.uniform(1 - STREAM_AGE_SPREAD, 1 + STREAM_AGE_SPREAD)  # noqa: S311
        end = asyncio.get_running_loop().call_later(age, self.drain)
        try:
            while not self._finished():
                await self._news.wait()
                self._news.clear()
                while self._ready:
                    sent, self._ready = self._ready[:_MAX_SENT], self._ready[_MAX_SENT:]
                    yield VerifyStreamResponse(verdicts=sent)
                    self._forget(sent)
                if self._failure is not None:
                    raise self._failure
            if self._reader.cancelled():
                raise Unavailable("draining; send again what has no answer", retry_seconds=0)
        finally:
            end.cancel()
            await self._end()

    async def _read(self) -> None:
        async for request in self._requests:
            self._require_reading()
            self._take_tasks(request.tasks)
            if len(request.items) > self._max_batch:
                problem = f"{len(request.items)} items, at most {self._max_batch} a message"
                raise InvalidArgument("items", problem)
            await self._take_items(request.items)
            self._require_reading()
            while self._unsent >= self._max_undecided:
                self._room.clear()
                await self._room.wait()

    def _require_reading(self) -> None:
        """Ends the reader where its cancellation met the very end of what it awaited, and was lost."""
        if self._draining:
            raise asyncio.CancelledError

    async def _take_items(self, items: Sequence[Item]) -> None:
        if not items:
            return
        await self._admit(len(items))
        self._unsent += len(items)
        repeated = repeated_places(items, self._ids)

        def settle(place: int, verdict: Verdict) -> None:
            if place not in repeated:
                self._ids.discard(items[place].id)
            self._ready.append(verdict)
            self._news.set()

        # From here on the items are accepted: only the end of the stream takes them away.
        job = asyncio.create_task(self._decide(items, self._tasks, repeated, settle))
        self._jobs.add(job)
        job.add_done_callback(self._note_job)

    def _take_tasks(self, tasks: Mapping[str, Task]) -> None:
        for key, task in tasks.items():
            if key in self._tasks and self._tasks[key] != task:
                raise InvalidArgument(f"tasks[{key}]", "was sent before as another task")
            self._tasks[key] = task
        if len(self._tasks) > MAX_TASKS:
            raise InvalidArgument("tasks", f"more than {MAX_TASKS} in one stream")

    def _forget(self, sent: Sequence[Verdict]) -> None:
        self._unsent -= len(sent)
        self._release(len(sent))
        self._room.set()

    def _note_end(self, reader: asyncio.Task[None]) -> None:
        self._note_failure(reader)
        self._news.set()

    def _note_job(self, job: asyncio.Task[None]) -> None:
        self._jobs.discard(job)
        self._note_failure(job)

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None and self._failure is None:
            self._failure = task.exception()
            self._news.set()

    def _finished(self) -> bool:
        return self._reader is not None and self._reader.done() and not self._unsent

    async def _end(self) -> None:
        tasks = [*self._jobs, *([self._reader] if self._reader else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._release(self._unsent)
        self._unsent = 0


def repeated_places(items: Sequence[Item], ids: set[str]) -> set[int]:
    """Adds the items' ids to those in use; gives the places of those that were in use already."""
    repeated = set()
    for place, item in enumerate(items):
        if item.id in ids:
            repeated.add(place)
        ids.add(item.id)
    return repeated
