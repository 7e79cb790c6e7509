"""Sub-batches under way: who waits, who hears what, and when a flight ends."""

from __future__ import annotations

import asyncio

import pytest

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.reward.flights import Departures, Flight
from veridical.serving.verifier import Settle


class Journey:
    """What a flight does, step by step, as the test tells it to."""

    def __init__(self) -> None:
        self.settle: Settle | None = None
        self.error: Exception | None = None
        self.landed = asyncio.Event()
        self.cancelled = False

    async def __call__(self, settle: Settle) -> None:
        self.settle = settle
        try:
            await self.landed.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self.error is not None:
            raise self.error


@pytest.fixture
async def journey() -> Journey:
    return Journey()


async def departed(journey: Journey, items: int = 2) -> Flight:
    flight = Flight(items, journey)
    await asyncio.sleep(0)
    return flight


async def test_each_watcher_hears_its_verdict_once(journey: Journey) -> None:
    flight = await departed(journey)
    heard: list[tuple[str, Verdict | None]] = []
    flight.watch(0, lambda verdict: heard.append(("a", verdict)))
    flight.watch(0, lambda verdict: heard.append(("b", verdict)))
    flight.watch(1, lambda verdict: heard.append(("c", verdict)))
    assert journey.settle is not None
    verdict = Verdict(id="0")
    journey.settle(0, verdict)
    assert heard == [("a", verdict), ("b", verdict)]
    flight.watch(0, lambda verdict: heard.append(("late", verdict)))
    assert heard[-1] == ("late", verdict)
    journey.landed.set()
    await flight.task
    await asyncio.sleep(0)
    assert heard[3:] == [("c", None)]


async def test_a_flight_ends_when_the_last_call_leaves(journey: Journey) -> None:
    flight = await departed(journey)
    flight.join()
    flight.join()
    flight.leave()
    await asyncio.sleep(0)
    assert not flight.task.done()
    flight.leave()
    await asyncio.wait({flight.task})
    assert journey.cancelled


async def test_a_failed_flight_disappoints_its_watchers(journey: Journey) -> None:
    flight = await departed(journey)
    heard: list[Verdict | None] = []
    flight.watch(0, heard.append)
    journey.error = ValueError("defect")
    journey.landed.set()
    await asyncio.wait({flight.task})
    await asyncio.sleep(0)
    assert heard == [None]
    with pytest.raises(ValueError, match="defect"):
        flight.task.result()


async def test_a_seat_is_found_until_its_verdict_has_come(journey: Journey) -> None:
    """A verdict that came is in the cache or not to be shared: finding it again would never end."""
    departures = Departures()
    flight = await departed(journey)
    seats = departures.add([b"x", b"y"], flight)
    assert departures.find(b"x") == seats[b"x"]
    assert departures.find(b"z") is None
    assert journey.settle is not None
    journey.settle(0, Verdict())
    assert departures.find(b"x") is None
    assert departures.find(b"y") == seats[b"y"]
    journey.landed.set()
    await flight.task
    assert departures.find(b"y") is None


async def test_a_later_flight_of_an_item_outlives_the_first(journey: Journey) -> None:
    departures = Departures()
    first = await departed(journey)
    departures.add([b"x"], first)
    second_journey = Journey()
    second = await departed(second_journey)
    seats = departures.add([b"x"], second)
    journey.landed.set()
    await first.task
    await asyncio.sleep(0)
    assert departures.find(b"x") == seats[b"x"]
    second_journey.landed.set()
    await second.task
