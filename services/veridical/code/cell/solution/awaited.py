"""Awaitables of the tests, which the program waits for; what they leave running goes on in the program's loop."""

from __future__ import annotations

import functools
import sys
import weakref
from collections.abc import Callable
from typing import Any

from veridical.code.cell.solution.functions import Ask
from veridical.code.cell.waiting import steps

_TURN_SECONDS = 0.002
_turning: weakref.WeakSet[Any] = weakref.WeakSet()
"""Loops of the program that let tasks of the tests go on."""


def awaiting(ask: Ask, number: Callable[[Any], int]) -> Callable[[Any], Any]:
    """The `__await__` of an awaitable of the tests."""

    def wait(self: Any) -> Any:
        own = number(self)
        _end_both(lambda: ask("end", own, "", (), {}))

        def step(seconds: float) -> tuple[bool, Any]:
            is_through, value, *leaves = ask("await", own, "", (seconds,), {})
            if leaves:
                _keep_turning(lambda: ask("turn", own, "", (), {}))
            return is_through, value

        return steps(step, lambda: ask("cancel", own, "", (), {}))

    return wait


def _keep_turning(turn: Callable[[], bool]) -> None:
    """Lets tasks of the tests go on in the loop that is running here, as long as there are any."""
    asyncio: Any = sys.modules.get("asyncio")
    loop = None if asyncio is None else asyncio._get_running_loop()  # noqa: SLF001 - None if none runs
    if loop is None or loop in _turning:
        return

    def turned() -> None:
        _turning.discard(loop)
        if turn():
            _keep_turning(turn)

    _turning.add(loop)
    loop.call_later(_TURN_SECONDS, turned)


def _end_both(end: Callable[[], Any]) -> None:
    """From now on loops of the tests end where the program's runners end theirs."""
    runners: Any = sys.modules.get("asyncio.runners")
    cancel = getattr(runners, "_cancel_all_tasks", None)  # what every runner ends by
    if cancel is None or hasattr(cancel, "__wrapped__"):
        return

    @functools.wraps(cancel)
    def cancelled(loop: Any) -> None:
        cancel(loop)
        end()

    runners._cancel_all_tasks = cancelled  # noqa: SLF001
