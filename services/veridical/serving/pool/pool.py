"""The worker pool: which item goes to which worker, and who is to blame when one dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable, Mapping, Sequence
from time import monotonic
from typing import Generic, TypeVar

import msgspec

from veridical.serving.pool.crew import Crew
from veridical.serving.pool.death import Cause, Death
from veridical.serving.pool.errors import PoolClosed, PoolFull
from veridical.serving.pool.line import Call, Item, Line, Suspects
from veridical.serving.pool.observer import PoolObserver, SilentObserver, WorkerState
from veridical.serving.pool.outcomes import FaultKind, Outcome
from veridical.serving.pool.process import WorkerProcess
from veridical.serving.pool.settings import PoolLimits, WorkerSpec
from veridical.serving.pool.wire import Raised, Reply, encode

logger = logging.getLogger(__name__)

Q = TypeVar("Q")
R = TypeVar("R")

_CHUNK_SECONDS = 0.02
_FIRST_COST_SECONDS = 0.005
_MAX_COST_SECONDS = 0.1  # one hanging item must not shrink the chunks of a thousand quick ones
_COST_WEIGHT = 0.02

_OWN_DEATHS = 2
_OUTSIDE_DEATHS = 5

_KINDS = {
    Cause.TIMEOUT: FaultKind.TIMEOUT,
    Cause.MEMORY: FaultKind.MEMORY,
    Cause.CRASHED: FaultKind.CRASHED,
    Cause.OUTSIDE: FaultKind.CRASHED,
}


class WorkerPool(Generic[Q, R]):
    """Runs a pure function on items in warm processes that can be killed at any time.

    An item whose worker dies is tried once more, alone in a fresh worker, before it gets a
    `Fault`; the other items of that worker are not touched. All methods belong on one event loop,
    and the pool must be started from a thread that outlives it: workers die with that thread.

    Args:
        spec: The function and its types.
        limits: How many workers, and what an item may take.
        observer: Where metrics hook in.
    """

    def __init__(
        self,
        spec: WorkerSpec[Q, R],
        limits: PoolLimits | None = None,
        observer: PoolObserver | None = None,
    ) -> None:
        self._limits = limits or PoolLimits()
        self._observer = observer or SilentObserver()
        self._crew = Crew(spec, self._limits, self._observer, self)
        self._decode = msgspec.msgpack.Decoder(spec.result).decode
        self._line = Line()
        self._suspects = Suspects()
        self._calls: set[Call[R]] = set()
        self._first_cpu_seconds = min(self._limits.first_cpu_seconds, self._limits.cpu_seconds)
        self._cost_seconds = _FIRST_COST_SECONDS
        self._closed = False

    @property
    def warm(self) -> bool:
        """At least one worker is ready for items or working on some."""
        return self._crew.warm

    @property
    def queued(self) -> int:
        """Items that wait for a worker."""
        return len(self._line)

    @property
    def workers(self) -> Mapping[WorkerState, int]:
        """Number of workers in each state."""
        return self._crew.counts()

    async def start(self) -> None:
        """Starts the workers; returns when all are warm. To be called once.

        Raises:
            WorkerStartError: A worker did not become warm; the pool is closed.
        """
        try:
            await self._crew.start()
        except BaseException:
            await self.close()
            raise
        self.on_tick()

    async def close(self) -> None:
        """Kills and reaps every worker; `run` calls in progress raise `PoolClosed`."""
        self._closed = True
        for call in self._calls:
            if not call.done.done():
                call.done.set_result(False)
        await self._crew.close()

    async def run(
        self, items: Sequence[Q], *, within_seconds: float | None = None
    ) -> list[Outcome[R]]:
        """Runs the function on every item; see `run_each`.

        Returns:
            What became of each item, in the items' order.
        """
        outcomes: dict[int, Outcome[R]] = {}
        await self.run_each(items, outcomes.__setitem__, within_seconds=within_seconds)
        return [outcomes[position] for position in range(len(items))]

    async def run_each(
        self,
        items: Sequence[Q],
        settled: Callable[[int, Outcome[R]], None],
        *,
        within_seconds: float | None = None,
        owner: Hashable = None,
    ) -> None:
        """Runs the function on every item, and tells of each outcome as it comes.

        If the call is cancelled, items that wait are dropped; one that runs is left to end, or
        to be ended by its limits.

        Args:
            items: What msgspec can encode as the item type.
            settled: Told the item's position and what became of it, once an item, on the event
                loop; must not block or raise.
            within_seconds: Time for the whole call; what is not decided by then is a `Fault` of
                kind `EXPIRED`. None waits for every item.
            owner: Whose items they are: owners take turns, however many calls each has.

        Raises:
            PoolFull: The items do not fit in the queue.
            PoolClosed: The pool is closed, or was closed meanwhile.
            Exception: msgspec cannot encode an item.
        """
        if self._closed:
            raise PoolClosed("the pool is closed")
        if len(self._line) + len(items) > self._limits.queue_items:
            raise PoolFull(f"no room for {len(items)} items: {len(self._line)} are waiting")
        if not items:
            return
        done = asyncio.get_running_loop().create_future()
        call = Call[R]([encode(item) for item in items], monotonic(), done, settled, owner)
        await self._see_through(call, within_seconds)
        if call.done.done() and not call.done.result():
            raise PoolClosed("the pool was closed before the call was answered")
        call.expire(monotonic())

    async def _see_through(self, call: Call[R], within_seconds: float | None) -> None:
        """Waits until every item is settled or the time is up."""
        self._calls.add(call)
        self._line.add(call)
        self._offer_all()
        try:
            await asyncio.wait((call.done,), timeout=within_seconds)
        finally:
            self._calls.discard(call)
            self._line.drop(call)

    # --- what the crew tells ---

    def on_room(self, worker: WorkerProcess) -> None:
        """Gives the worker more to do."""
        if worker.available:
            self._offer(worker)

    def on_reply(self, item: Item, reply: Reply) -> None:
        """Settles the item.

        Raises:
            msgspec.DecodeError: The value is not of the result's type.
        """
        now = monotonic()
        if isinstance(reply, Raised):
            logger.error("the function raised:\n%s", reply.traceback)
            detail = f"the verifier's function raised {reply.exception}"
            item.settle(item.call.fault(FaultKind.CRASHED, detail, reply.seconds, now))
        else:
            value = self._decode(reply.value)
            item.settle(item.call.answered(value, reply.seconds, now))
        cost = min(reply.seconds, _MAX_COST_SECONDS)
        self._cost_seconds += (cost - self._cost_seconds) * _COST_WEIGHT

    def on_stuck(self, worker: WorkerProcess) -> None:
        """Gives what waits behind a slow item to other workers."""
        self._line.put_back(worker.release())
        self._offer_all()

    def on_death(self, death: Death) -> None:
        """Puts the worker's items back, and the one it died of apart."""
        self._line.put_back(death.others)
        if death.suspect is not None:
            self._suspect(death.suspect, death)
        self._offer_all()

    def on_tick(self) -> None:
        """Tells the observer."""
        self._observer.queue_depth(len(self._line))
        for state, count in self._crew.counts().items():
            self._observer.workers(state.value, count)

    # --- who gets what ---

    def _offer_all(self) -> None:
        if self._line or self._suspects:
            for worker in self._crew.idle():
                self._offer(worker)

    def _offer(self, worker: WorkerProcess) -> None:
        """Gives the worker a suspect or as many items as it should hold now."""
        if self._suspects and self._suspect_may_run():
            if worker.fresh:
                suspect = self._suspects.take()
                worker.give([suspect], self._limits.cpu_seconds, alone=True)
                return
            self._crew.renew(worker)
        chunk = self._chunk_items()
        room = chunk - worker.held
        if room * 2 >= chunk:
            share = -(-len(self._line) // self._limits.workers)
            items = self._line.take(min(room, share))
            if items:
                worker.give(items, self._first_cpu_seconds)

    def _suspect_may_run(self) -> bool:
        """Suspects may hold every second worker, and all while nothing else waits."""
        return not self._line or self._crew.suspects < max(1, self._limits.workers // 2)

    def _chunk_items(self) -> int:
        """Items that make about 20 ms of work."""
        chunk = int(_CHUNK_SECONDS / max(self._cost_seconds, 1e-6))
        return max(1, min(chunk, self._limits.chunk_items))

    # --- who is to blame ---

    def _suspect(self, item: Item, death: Death) -> None:
        """Counts the death against the item; a fault once it has been tried often enough.

        A worker killed from outside, or before it had begun, says little about the item: it
        takes several such deaths in a row to call that a fault.
        """
        if death.certain and death.cause is not Cause.OUTSIDE:
            item.own_deaths += 1
        else:
            item.outside_deaths += 1
        if item.own_deaths >= _OWN_DEATHS or item.outside_deaths >= _OUTSIDE_DEATHS:
            now = monotonic()
            kind = _KINDS[death.cause]
            item.settle(item.call.fault(kind, death.detail, death.seconds, now))
        else:
            self._suspects.add(item)
