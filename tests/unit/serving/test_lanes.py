"""Items in hand, shared between callers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from veridical.serving.fairness.lanes import Lanes


class Calls:
    """Calls of 4 items in lanes of 10, each in work until it is let go."""

    def __init__(self) -> None:
        self.lanes = Lanes(10)
        self.entered: list[str] = []

    def start(self, name: str, *, items: int = 4, seconds: float = 30) -> tuple[Any, asyncio.Event]:
        leave = asyncio.Event()
        return asyncio.create_task(self._call(name, items, seconds, leave)), leave

    async def _call(self, name: str, items: int, seconds: float, leave: asyncio.Event) -> None:
        until = asyncio.get_running_loop().time() + seconds
        async with self.lanes.hold(name[0], items, until):
            self.entered.append(name)
            await leave.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_caller_has_so_many_items_in_hand_and_the_rest_in_order() -> None:
    calls = Calls()
    started = [calls.start(f"a{number}") for number in range(5)]
    other, leave_other = calls.start("b0")
    await settle()
    assert calls.entered == ["a0", "a1", "b0"]
    started[1][1].set()
    await settle()
    assert calls.entered == ["a0", "a1", "b0", "a2"]
    for _, leave in [*started, (other, leave_other)]:
        leave.set()
    await asyncio.gather(other, *(call for call, _ in started))
    assert calls.entered[3:] == ["a2", "a3", "a4"]


async def test_a_call_of_more_items_goes_alone() -> None:
    calls = Calls()
    (large, leave_large), (small, leave_small) = calls.start("a0", items=50), calls.start("a1")
    await settle()
    assert calls.entered == ["a0"]
    leave_large.set()
    await settle()
    assert calls.entered == ["a0", "a1"]
    leave_small.set()
    await asyncio.gather(large, small)


async def test_who_is_out_of_time_goes_on_and_who_leaves_is_passed_over() -> None:
    calls = Calls()
    first, leave_first = calls.start("a0", items=10)
    await settle()
    late, leave_late = calls.start("a1", seconds=0.01)
    gone, _ = calls.start("a2")
    last, leave_last = calls.start("a3")
    await asyncio.wait_for(_until(lambda: "a1" in calls.entered), 10)
    gone.cancel()
    leave_first.set()
    leave_late.set()
    await settle()
    assert calls.entered == ["a0", "a1", "a3"]
    leave_last.set()
    await asyncio.gather(first, late, last)
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_a_call_that_leaves_as_its_turn_comes_gives_its_room_back() -> None:
    calls = Calls()
    first, leave_first = calls.start("a0", items=10)
    await settle()
    second, _ = calls.start("a1", items=10)
    await settle()
    leave_first.set()
    await asyncio.wait({first})
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    third, leave_third = calls.start("a2", items=10)
    await settle()
    assert calls.entered[-1] == "a2"
    leave_third.set()
    await third


async def _until(holds: Any) -> None:
    while not holds():
        await asyncio.sleep(0.001)
