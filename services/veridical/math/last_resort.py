"""One worker process for pairs that are not decided in the caller's own, for code without a server."""

from __future__ import annotations

import asyncio
import threading
from typing import NamedTuple

from veridical.math import CompareRequest, CompareResult
from veridical.math.workers import worker_spec
from veridical.serving.pool import Fault, PoolLimits, WorkerPool

CPU_SECONDS = 5.0
"""CPU time of one pair; the math server's default."""
WALL_SECONDS = 15.0
"""Time of one pair on the clock; the math server's default."""


class UndecidedError(ValueError):
    """The pair could not be decided within its limits; False would be a lie about the response."""


class _Running(NamedTuple):
    loop: asyncio.AbstractEventLoop
    pool: WorkerPool[CompareRequest, CompareResult]


class LastResort:
    """A pool of one worker, on an event loop in a thread of its own; usable from any thread.

    Both start with the first comparison and end with the process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: _Running | None = None

    def compare(self, request: CompareRequest, timeout_seconds: float | None) -> CompareResult:
        """Compare a pair in the worker.

        Args:
            request: The pair.
            timeout_seconds: Longest time on the clock; None for no limit but the worker's own.

        Raises:
            UndecidedError: The pair was not decided within its limits, or its worker crashed.
            PoolError: The worker could not be started.
        """
        loop, pool = self._started()
        call = pool.run([request], within_seconds=timeout_seconds)
        (outcome,) = asyncio.run_coroutine_threadsafe(call, loop).result()
        if isinstance(outcome, Fault):
            raise UndecidedError(outcome.detail)
        return outcome.value

    def _started(self) -> _Running:
        with self._lock:
            if self._running is None:
                self._running = _start()
            return self._running


def _start() -> _Running:
    loop = asyncio.new_event_loop()
    # Workers die with the thread that starts them; a daemon dies with the process.
    thread = threading.Thread(target=loop.run_forever, name="math-last-resort", daemon=True)
    thread.start()
    try:
        pool = asyncio.run_coroutine_threadsafe(_warm_pool(), loop).result()
    except BaseException:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        raise
    return _Running(loop, pool)


async def _warm_pool() -> WorkerPool[CompareRequest, CompareResult]:
    limits = PoolLimits(workers=1, cpu_seconds=CPU_SECONDS, wall_seconds=WALL_SECONDS)
    pool = WorkerPool(worker_spec(), limits)
    await pool.start()
    return pool
