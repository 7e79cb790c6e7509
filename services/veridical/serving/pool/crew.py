"""The workers of a pool: started, watched, replaced when they die, renewed when they age."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from time import monotonic
from typing import Any, Protocol

from veridical.serving.pool.death import Cause, Death
from veridical.serving.pool.errors import WorkerStartError
from veridical.serving.pool.line import Item
from veridical.serving.pool.observer import PoolObserver, RestartReason, WorkerState
from veridical.serving.pool.process import WorkerProcess
from veridical.serving.pool.settings import PoolLimits, WorkerSpec
from veridical.serving.pool.wire import Reply, Setup

logger = logging.getLogger(__name__)

_WATCH_SECONDS = 0.05
_STUCK_SECONDS = 0.1
_BACKOFF_SECONDS = 0.1
_MAX_BACKOFF_SECONDS = 10.0

_REASONS = {
    Cause.TIMEOUT: RestartReason.TIMEOUT,
    Cause.MEMORY: RestartReason.MEMORY,
    Cause.CRASHED: RestartReason.CRASHED,
    Cause.OUTSIDE: RestartReason.CRASHED,
    Cause.RETIRED: RestartReason.RECYCLED,
}


class CrewEvents(Protocol):
    """Told by a crew, on the event loop."""

    def on_reply(self, item: Item, reply: Reply) -> None:
        """A worker replied to an item; see `WorkerEvents.on_reply`."""

    def on_room(self, worker: WorkerProcess) -> None:
        """A worker may take items."""

    def on_stuck(self, worker: WorkerProcess) -> None:
        """A worker has been on one item for a while."""

    def on_death(self, death: Death) -> None:
        """A worker has ended; its successor is on the way."""

    def on_tick(self) -> None:
        """The crew looked after its workers, as it does about twenty times a second."""


class Crew:
    """Keeps a number of workers warm.

    A worker that has served its time is replaced by a successor that is warm before it goes, so
    that now and then there is one process more than `workers`.
    """

    def __init__(
        self,
        spec: WorkerSpec[Any, Any],
        limits: PoolLimits,
        observer: PoolObserver,
        events: CrewEvents,
    ) -> None:
        self._setup = _setup(spec, limits)
        self._limits = limits
        self._observer = observer
        self._events = events
        self._workers: list[WorkerProcess] = []
        self._closed = False
        self._failures = 0
        self._backoff: asyncio.TimerHandle | None = None
        self._first_start: asyncio.Future[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the workers; returns when all are warm.

        Raises:
            WorkerStartError: A worker did not become warm; none is left.
        """
        self._first_start = asyncio.get_running_loop().create_future()
        self._watch = asyncio.create_task(self._watch_over(), name="pool-watch")
        self._fill()
        try:
            await self._first_start
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Kills all workers and waits until each is reaped."""
        self._closed = True
        for pending in (self._watch, self._backoff):
            if pending is not None:
                pending.cancel()
        workers = list(self._workers)
        for worker in workers:
            worker.kill(Cause.RETIRED, "the pool is closed")
        for worker in workers:
            await worker.gone.wait()
        if self._watch is not None:
            await asyncio.wait((self._watch,))

    @property
    def warm(self) -> bool:
        """At least one worker is warm."""
        return any(worker.warm for worker in self._workers)

    @property
    def suspects(self) -> int:
        """Workers that hold a suspect."""
        return sum(worker.alone for worker in self._workers)

    def counts(self) -> dict[WorkerState, int]:
        """Workers by state, every state present."""
        counted = Counter(worker.state for worker in self._workers)
        return {state: counted[state] for state in WorkerState}

    def idle(self) -> list[WorkerProcess]:
        """Workers that hold nothing and may take items, fresh ones first."""
        idle = [worker for worker in self._workers if worker.available and not worker.held]
        return sorted(idle, key=lambda worker: not worker.fresh)

    def renew(self, worker: WorkerProcess) -> None:
        """Starts a successor that will replace the worker, unless a start is under way anyway."""
        if not self._starting() and not worker.retiring and not self._closed:
            worker.retiring = True
            self._fill()

    # --- what the workers tell ---

    def on_warm(self, worker: WorkerProcess) -> None:
        """Lets a predecessor go, and offers the worker."""
        self._failures = 0
        warm = [one for one in self._workers if one.warm and not one.leaving]
        surplus = len(warm) - self._limits.workers
        for one in [one for one in warm if one.retiring][: max(0, surplus)]:
            one.leaving = True
            self._dismiss_if_done(one)
        if self._first_start and not self._first_start.done() and surplus >= 0:
            self._first_start.set_result(None)
        self._events.on_room(worker)

    def on_reply(self, item: Item, reply: Reply) -> None:
        """Passes it on."""
        self._events.on_reply(item, reply)

    def on_progress(self, worker: WorkerProcess) -> None:
        """Renews a worker that is due, lets it go, or offers it."""
        limits = self._limits
        if (
            worker.answered >= limits.recycle_items
            or worker.growth_bytes >= limits.recycle_growth_bytes
        ):
            self.renew(worker)
        if worker.leaving:
            self._dismiss_if_done(worker)
        else:
            self._events.on_room(worker)

    def on_exit(self, worker: WorkerProcess, death: Death) -> None:
        """Starts a successor and passes on what the worker left behind."""
        self._workers.remove(worker)
        if self._closed:
            return
        self._observer.worker_restarted(_REASONS[death.cause].value)
        if not worker.warm:
            self._note_failure(death.detail, death.output)
        elif death.cause is Cause.CRASHED:
            logger.warning("worker %d: %s\n%s", worker.pid, death.detail, death.output)
        self._fill()
        self._events.on_death(death)

    # --- numbers ---

    def _starting(self) -> bool:
        return self._backoff is not None or not all(worker.warm for worker in self._workers)

    def _fill(self) -> None:
        """Starts workers until there are enough that stay, unless starts fail lately."""
        while self._backoff is None and not self._closed:
            if sum(not worker.retiring for worker in self._workers) >= self._limits.workers:
                return
            try:
                self._workers.append(WorkerProcess(self._setup, self))
            except OSError as error:
                self._note_failure(str(error), "")

    def _note_failure(self, detail: str, output: str) -> None:
        """Ends the first start; later, waits a while before the next attempt."""
        message = f"a worker did not start: {detail}\n{output}"
        if self._first_start is not None and not self._first_start.done():
            self._first_start.set_exception(WorkerStartError(message))
            self._closed = True
            return
        logger.error(message)
        self._failures += 1
        if self._backoff is None:
            delay = min(_BACKOFF_SECONDS * 2 ** (self._failures - 1), _MAX_BACKOFF_SECONDS)
            self._backoff = asyncio.get_running_loop().call_later(delay, self._end_backoff)

    def _end_backoff(self) -> None:
        self._backoff = None
        self._fill()

    def _dismiss_if_done(self, worker: WorkerProcess) -> None:
        if not worker.held:
            worker.kill(Cause.RETIRED, "replaced by its successor")

    # --- limits ---

    async def _watch_over(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                for worker in list(self._workers):
                    self._look_at(worker)
                self._events.on_tick()
            except Exception:  # the limits must outlive a defect
                logger.exception("the watch over the workers failed")

    def _look_at(self, worker: WorkerProcess) -> None:
        worker.trim_output()
        patience = self._limits.start_seconds
        if worker.state is WorkerState.BUSY:
            self._hold_limits(worker)
        elif not worker.warm and monotonic() - worker.started_at > patience:
            worker.kill(Cause.CRASHED, f"not warm within {patience:g} s")

    def _hold_limits(self, worker: WorkerProcess) -> None:
        stalled = worker.stalled_seconds()
        if stalled > self._limits.wall_seconds:
            worker.kill(Cause.TIMEOUT, "the wall time ran out")
        elif worker.memory_growth() > self._limits.memory_bytes:
            worker.kill(Cause.MEMORY, "the memory limit was passed")
        elif stalled > _STUCK_SECONDS and worker.held > 1:
            self._events.on_stuck(worker)


def _setup(spec: WorkerSpec[Any, Any], limits: PoolLimits) -> Setup:
    return Setup(
        target=spec.target,
        item=f"{spec.item.__module__}:{spec.item.__qualname__}",
        preload=spec.preload,
        warm_up=spec.warm_up,
        memory_bytes=limits.memory_bytes,
    )
