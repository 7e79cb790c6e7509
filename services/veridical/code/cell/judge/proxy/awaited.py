"""Awaitables of the solution, which the tests wait for a step at a time."""

from __future__ import annotations

import types
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.proxy.functions import Function
from veridical.code.cell.judge.sources import TASK_NAMES
from veridical.code.cell.values.plain import ViolationError
from veridical.code.cell.waiting import steps, task_of_loop

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link


class Handle:
    """A number that outlives the generator or coroutine made for it."""

    def __init__(self, number: int) -> None:
        self.number = number


def awaiting(link: Link, handle: Handle) -> Generator[None, None, Any]:
    """The steps of an awaitable."""
    reference = Function(link, handle.number, None, "coroutine")

    def cancel() -> None:
        link.cancelled.add(handle.number)
        link.operate("cancel", reference)

    def step(seconds: float) -> tuple[bool, Any]:
        task = task_of_loop() if TASK_NAMES in link.mentions else None
        if task is None:
            return _step_of(link.operate("await", reference, seconds))
        *stepped, name = link.operate("await", reference, seconds, task.get_name())
        if type(name) is str:
            task.set_name(name)
        return _step_of(tuple(stepped))

    return steps(step, cancel)


async def coroutine(link: Link, handle: Handle) -> Any:
    """A real coroutine over one of the solution's."""
    return await _wait(link, handle)


@types.coroutine
def _wait(link: Link, handle: Handle) -> Generator[None, None, Any]:
    return (yield from awaiting(link, handle))


def _step_of(answer: Any) -> tuple[bool, Any]:
    if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not bool:
        raise ViolationError("a step of no length")
    return answer
