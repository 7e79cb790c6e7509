"""Places of the engine, shared between callers."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from veridical.sampling.slots import Slots


class Crowd:
    """Callers whose samples hold their places until they are told to end."""

    def __init__(self, places: int) -> None:
        self.slots = Slots(places)
        self.running: list[tuple[str, asyncio.Event]] = []

    async def _sample(self, caller: str) -> None:
        async with self.slots.hold(caller):
            end = asyncio.Event()
            self.running.append((caller, end))
            await end.wait()

    async def come(self, caller: str, samples: int) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._sample(caller)) for _ in range(samples)]
        await settle()
        return tasks

    async def end_one(self, caller: str) -> None:
        place = next(i for i, (name, _) in enumerate(self.running) if name == caller)
        self.running.pop(place)[1].set()
        await settle()

    def held(self) -> Counter[str]:
        return Counter(caller for caller, _ in self.running)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_caller_takes_all_that_is_free() -> None:
    crowd = Crowd(4)
    await crowd.come("a", 6)
    assert (crowd.held(), crowd.slots.running, crowd.slots.waiting) == (Counter(a=4), 4, 2)


async def test_a_newcomer_gets_places_until_all_have_the_same() -> None:
    crowd = Crowd(4)
    await crowd.come("a", 100)
    await crowd.come("b", 100)
    held = []
    for _ in range(4):
        await crowd.end_one("a" if crowd.held()["a"] > 2 else "b")
        held.append(dict(crowd.held()))
    assert held == [{"a": 3, "b": 1}, {"a": 2, "b": 2}, {"a": 2, "b": 2}, {"a": 2, "b": 2}]
    await crowd.come("c", 1)
    await crowd.end_one("b")
    assert crowd.held() == Counter(a=2, b=1, c=1)


async def test_callers_with_equally_many_take_turns() -> None:
    crowd = Crowd(1)
    for caller in "abc":
        await crowd.come(caller, 2)
    order = []
    while crowd.running:
        order.append(crowd.running[0][0])
        await crowd.end_one(order[-1])
    # The second of a has waited for longest when the first ends.
    assert "".join(order) == "aabcbc"


async def test_who_leaves_gives_back_what_it_had_and_nothing_else() -> None:
    crowd = Crowd(2)
    running = await crowd.come("a", 2)
    waiting = await crowd.come("b", 2)
    waiting[0].cancel()
    running[0].cancel()
    await settle()
    assert (crowd.slots.running, crowd.slots.waiting) == (2, 0)
    for task in (running[1], waiting[1]):
        task.cancel()
    await settle()
    assert (crowd.slots.running, crowd.slots.waiting) == (0, 0)


async def test_a_place_that_comes_as_its_caller_leaves_goes_to_the_next() -> None:
    crowd = Crowd(1)
    await crowd.come("a", 1)
    leaving = await crowd.come("b", 1)
    await crowd.come("c", 1)
    crowd.running.pop()[1].set()
    await asyncio.sleep(0)  # the place is b's by now, which has not run since
    leaving[0].cancel()
    await settle()
    assert crowd.held() in (Counter(c=1), Counter(b=1, c=1))
    assert (crowd.slots.running, crowd.slots.waiting) == (1, 0)
    with pytest.raises(asyncio.CancelledError):
        await leaving[0]
