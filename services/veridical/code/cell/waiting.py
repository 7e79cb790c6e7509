"""Awaitables of one side, for which code of the other side waits: a step at a time, so that both go on."""

from __future__ import annotations

import collections
import functools
import sys
import threading
import weakref
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
        self._handler: Any = None
        self._name: str | None = None

    def step_named(self, awaitable: Any, seconds: float, name: str) -> tuple[bool, Any, str]:
        """As `step`, in a task of that name; and how it is called then.

        Raises:
            BaseException: What it raised.
        """
        self._name = name
        if id(awaitable) in self._tasks:
            self._tasks[id(awaitable)][2].set_name(name)
        is_through, value = self.step(awaitable, seconds)
        found, self._name = self._name, None
        return is_through, value, found or name

    def step(self, awaitable: Any, seconds: float) -> tuple[bool, Any]:
        """Whether an awaitable is through, and what it gave, after running for some time.

        Raises:
            BaseException: What it raised.
        """
        import asyncio  # few programs need it, and it is large

        if _is_of_another(awaitable, self._loops):
            _check_open(awaitable)
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
                    _run_until(loop, asyncio.wait([task], timeout=seconds))
            _, loop, task = self._tasks[id(awaitable)]
            if self._name is not None:
                self._name = task.get_name()
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
            self._tasks[id(awaitable)] = (
                awaitable,
                loop,
                loop.create_task(_whole(awaitable), name=self._name),
            )
            _run_once(loop)
        finally:
            ready.extendleft(reversed(others))

    def turn(self) -> None:
        """Lets tasks go on that nobody waits for."""
        with self._stepping():
            for loop in self._loops:
                if not loop.is_running():
                    _run_once(loop)

    def handle(self, handler: Any) -> None:
        """Has errors that nobody hears of go where those of the other side's loop go."""
        self._handler = handler
        for loop in self._loops:
            loop.set_exception_handler(handler)

    def end(self, *, is_orderly: bool) -> None:
        """Ends the loops here, as the other side has ended its own: in order, or by closing it.

        Raises:
            BaseException: What ended a task that was cancelled, and is no plain exception.
        """
        self._handler = None
        with self._stepping():
            for loop in [one for one in self._loops if not one.is_running()]:
                self._loops.remove(loop)
                _loops.remove(loop)
                self._tasks = {key: one for key, one in self._tasks.items() if one[1] is not loop}
                try:
                    if is_orderly:
                        _end_orderly(loop)
                finally:
                    loop.close()

    def has_tasks(self) -> bool:
        """Whether there are such tasks, or calls that were put off, in any thread."""
        return any(map(_has_handles, _loops)) or self.leaves_tasks()

    def leaves_tasks(self) -> bool:
        """Whether there are such tasks."""
        asyncio = sys.modules.get("asyncio")
        if asyncio is None or not _loops:
            return False
        awaited = {id(task) for _, _, task in self._tasks.values()}
        return any(id(task) not in awaited for loop in _loops for task in asyncio.all_tasks(loop))

    def cancel(self, awaitable: Any) -> None:
        """Cancels an awaitable that is under way."""
        known = self._tasks.get(id(awaitable))
        if known is not None:
            known[2].cancel()
        elif hasattr(awaitable, "get_loop"):
            awaitable.cancel()

    def inside(self) -> AbstractContextManager[None]:
        """The surroundings of a plain call that is to find a running loop."""
        return self._running(self._idle())

    def _idle(self) -> Any:
        """A loop that is not running: one that does is waiting for the other side."""
        import asyncio

        for loop in self._loops:
            if not loop.is_running():
                return loop
        made: Any = asyncio.new_event_loop()
        made.stop = functools.partial(_stopped_by_code, made)
        made.set_exception_handler(self._handler)
        _made.add(made)
        self._loops.append(made)
        _loops.append(made)
        return made

    def _stepping(self) -> AbstractContextManager[None]:
        return self._running(None)

    @contextmanager
    def _running(self, loop: Any) -> Generator[None, None, None]:
        import asyncio

        before = asyncio._get_running_loop()  # noqa: SLF001 - there is no other way to set it aside
        hooks = sys.get_asyncgen_hooks()
        asyncio._set_running_loop(loop)  # noqa: SLF001
        if loop is not None:
            sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)  # noqa: SLF001 - as when it runs
        try:
            yield
        finally:
            sys.set_asyncgen_hooks(*hooks)
            asyncio._set_running_loop(before)  # noqa: SLF001


def _is_of_another(awaitable: Any, loops: list[Any]) -> bool:
    """Whether this is a future or task of a loop that goes on by itself while the other side waits."""
    import asyncio

    return asyncio.isfuture(awaitable) and awaitable.get_loop() not in loops


def _check_open(awaitable: Any) -> None:
    """No future gets done by a loop that is closed.

    Raises:
        RuntimeError: That is so.
    """
    if awaitable.get_loop().is_closed() and not awaitable.done():
        raise RuntimeError(f"{awaitable!r} attached to a different loop")


def is_stepped(loop: Any) -> bool:
    """Whether a loop is one that runs while the other side waits for it."""
    return loop in _made


def _has_handles(loop: Any) -> bool:
    """Whether a loop has something to call, now or later."""
    later = getattr(loop, "_scheduled", ())
    return _is_ready(loop) or any(not handle.cancelled() for handle in later)


def _is_ready(loop: Any) -> bool:
    """Whether a loop has something to run at once."""
    return bool(getattr(loop, "_ready", ()))


def _run_once(loop: Any) -> None:
    """Runs what a loop has ready, and nothing that gets ready by that."""
    loop.call_soon(_stop, loop)
    loop.run_forever()


def _run_until(loop: Any, awaitable: Any) -> None:
    """Runs a loop until something is through that raises nothing, or the loop is stopped."""
    loop.create_task(awaitable).add_done_callback(lambda _: _stop(loop))
    loop.run_forever()


def _stop(loop: Any) -> None:
    type(loop).stop(loop)


def _stopped_by_code(loop: Any) -> None:
    global _is_stopped
    _is_stopped = True
    _stop(loop)


def was_stopped() -> bool:
    """Whether code here has stopped its loop since this was asked last."""
    global _is_stopped
    found, _is_stopped = _is_stopped, False
    return found


def _end_orderly(loop: Any) -> None:
    """Does what `asyncio.run` does at its end."""
    import asyncio

    del loop.stop
    cancel: Any = asyncio.runners._cancel_all_tasks  # type: ignore[attr-defined] # noqa: SLF001 - which no other name has
    getattr(cancel, "__wrapped__", cancel)(loop)  # the other side does so itself
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())


async def _whole(awaitable: Any) -> Any:
    return await awaitable


def is_inside() -> bool:
    """Whether a loop is running here."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001


def stop_running() -> None:
    """Stops the loop that is running here, if one is."""
    if is_inside():
        sys.modules["asyncio"].get_running_loop().stop()


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
_made: weakref.WeakSet[Any] = weakref.WeakSet()
_waiters = 0
_is_stopped = False
