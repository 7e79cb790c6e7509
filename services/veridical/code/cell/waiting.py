"""Awaitables of one side, for which code of the other side waits: a step at a time, so that both go on."""

from __future__ import annotations

import collections
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

STEP_SECONDS = 0.002
"""How long one side runs before the other does; the precision of time-outs that the other sets."""


class Waiting(threading.local):
    """The event loop of one side, which runs while the other side waits for it; each thread has its own."""

    def __init__(self) -> None:
        self._loops: list[Any] = []
        self._tasks: dict[int, tuple[Any, Any, Any]] = {}

    def step(self, awaitable: Any, seconds: float) -> tuple[bool, Any]:
        """Whether an awaitable is through, and what it gave, after running for some time.

        Raises:
            BaseException: What it raised.
        """
        import asyncio  # few programs need it, and it is large

        if _is_of_another(awaitable, self._loops):
            return awaitable.done(), awaitable.result() if awaitable.done() else None
        seconds = seconds if 0 <= seconds <= STEP_SECONDS else STEP_SECONDS  # whoever asks
        with self._stepping():
            if id(awaitable) not in self._tasks:
                self._start(awaitable)
            else:
                _, loop, task = self._tasks[id(awaitable)]
                if seconds < STEP_SECONDS and _is_ready(loop):
                    _run_once(loop)  # others wait, too: in turns, as in one loop
                elif not task.done():
                    loop.run_until_complete(asyncio.wait([task], timeout=seconds))
            _, loop, task = self._tasks[id(awaitable)]
            if not task.done():
                return False, None
            del self._tasks[id(awaitable)]
            return True, task.result()

    def _start(self, awaitable: Any) -> None:
        """Runs an awaitable until it waits for the first time, as a task, which others have not run before."""
        loop = self._idle()
        ready: Any = getattr(loop, "_ready", collections.deque())
        others = list(ready)
        ready.clear()
        try:
            self._tasks[id(awaitable)] = awaitable, loop, loop.create_task(_whole(awaitable))
            _run_once(loop)
        finally:
            ready.extendleft(reversed(others))

    def turn(self) -> None:
        """Lets tasks go on that nobody waits for."""
        with self._stepping():
            for loop in self._loops:
                if not loop.is_running():
                    _run_once(loop)

    def has_tasks(self) -> bool:
        """Whether there are such tasks, or calls that were put off, in any thread."""
        asyncio = sys.modules.get("asyncio")
        if asyncio is None or not _loops:
            return False
        awaited = {id(task) for _, _, task in self._tasks.values()}
        return any(map(_has_handles, _loops)) or any(
            id(task) not in awaited for loop in _loops for task in asyncio.all_tasks(loop)
        )

    def cancel(self, awaitable: Any) -> None:
        """Cancels an awaitable that is under way."""
        known = self._tasks.get(id(awaitable))
        if known is not None:
            known[2].cancel()
        elif hasattr(awaitable, "get_loop"):
            awaitable.cancel()

    def inside(self) -> AbstractContextManager[None]:
        """The surroundings of a plain call that finds a running loop."""
        return self._running(self._idle())

    def _idle(self) -> Any:
        """A loop that is not running: one that does is waiting for the other side."""
        import asyncio

        for loop in self._loops:
            if not loop.is_running():
                return loop
        self._loops.append(asyncio.new_event_loop())
        _loops.append(self._loops[-1])
        return self._loops[-1]

    def _stepping(self) -> AbstractContextManager[None]:
        return self._running(None)

    @contextmanager
    def _running(self, loop: Any) -> Generator[None, None, None]:
        import asyncio

        before = asyncio._get_running_loop()  # noqa: SLF001 - there is no other way to set it aside
        asyncio._set_running_loop(loop)  # noqa: SLF001
        try:
            yield
        finally:
            asyncio._set_running_loop(before)  # noqa: SLF001


def _is_of_another(awaitable: Any, loops: list[Any]) -> bool:
    """Whether this is a future or task of a loop that goes on by itself while the other side waits."""
    import asyncio

    return asyncio.isfuture(awaitable) and awaitable.get_loop() not in loops


def _has_handles(loop: Any) -> bool:
    """Whether a loop has something to call, now or later."""
    later = getattr(loop, "_scheduled", ())
    return _is_ready(loop) or any(not handle.cancelled() for handle in later)


def _is_ready(loop: Any) -> bool:
    """Whether a loop has something to run at once."""
    return bool(getattr(loop, "_ready", ()))


def _run_once(loop: Any) -> None:
    """Runs what a loop has ready, and nothing that gets ready by that."""
    loop.call_soon(loop.stop)
    loop.run_forever()


async def _whole(awaitable: Any) -> Any:
    return await awaitable


def is_inside() -> bool:
    """Whether a loop is running here."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001


def task_of_loop() -> Any:
    """The task that is running here, if one is."""
    return sys.modules["asyncio"].current_task() if is_inside() else None


def steps(
    step: Callable[[float], tuple[bool, Any]], cancel: Callable[[], None]
) -> Generator[None, None, Any]:
    """Waits for an awaitable of the other side, for `__await__` and `types.coroutine`.

    Args:
        step: Has it run for some seconds: whether it is through, and what it gave.
        cancel: Cancels it.
    """
    global _waiters
    _waiters += 1
    try:
        while True:
            is_through, value = step(STEP_SECONDS / _waiters)
            if is_through:
                return value
            try:
                yield
            except GeneratorExit:
                raise
            except BaseException:  # the loop throws in nothing but cancellations
                cancel()
    finally:
        _waiters -= 1


_loops: list[Any] = []
"""The loops of all threads."""
_waiters = 0
