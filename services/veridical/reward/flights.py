"""Sub-batches under way, shared by all calls that wait for one of their items."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from veridical.api.v1.verdict_pb2 import Verdict
from veridical.serving.verifier import Settle

Fly: TypeAlias = Callable[[Settle], Coroutine[None, None, None]]
"""Has a backend decide the items of a flight, and tells of each verdict as it comes."""
Watcher: TypeAlias = Callable[[Verdict | None], None]
"""Told a verdict, or None where it will not come."""


class Flight:
    """One sub-batch on its way to a backend; it ends early once nobody waits for it.

    Args:
        items: Number of its items.
        fly: The journey.
    """

    def __init__(self, items: int, fly: Fly) -> None:
        self._verdicts: list[Verdict | None] = [None] * items
        self._watchers: dict[int, list[Watcher]] = {}
        self._waiting = 0
        self.task = asyncio.create_task(fly(self._settle))
        self.task.add_done_callback(self._end)

    def join(self) -> None:
        """One more call waits for verdicts."""
        self._waiting += 1

    def leave(self) -> None:
        """A call waits no more."""
        self._waiting -= 1
        if self._waiting == 0:
            self.task.cancel()

    def awaits(self, place: int) -> bool:
        """Whether the verdict on an item may still come."""
        return self._verdicts[place] is None and not self.task.done()

    def watch(self, place: int, watcher: Watcher) -> None:
        """Has `watcher` told the verdict on an item, now or when it comes."""
        verdict = self._verdicts[place]
        if verdict is not None:
            watcher(verdict)
        else:
            self._watchers.setdefault(place, []).append(watcher)

    def _settle(self, place: int, verdict: Verdict) -> None:
        self._verdicts[place] = verdict
        for watcher in self._watchers.pop(place, ()):
            watcher(verdict)

    def _end(self, _: asyncio.Task[None]) -> None:
        disappointed, self._watchers = self._watchers, {}
        for watchers in disappointed.values():
            for watcher in watchers:
                watcher(None)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a flight, where the verdict on one item will be."""

    flight: Flight
    place: int


class Departures:
    """The seats under way, by what is decided there."""

    def __init__(self) -> None:
        self._seats: dict[bytes, Seat] = {}

    def find(self, key: bytes) -> Seat | None:
        """The seat of an equal item under way, its verdict yet to come."""
        seat = self._seats.get(key)
        return seat if seat is not None and seat.flight.awaits(seat.place) else None

    def add(self, keys: Sequence[bytes], flight: Flight) -> dict[bytes, Seat]:
        """Makes the items of a flight findable until it ends, and gives their seats."""
        seats = {key: Seat(flight, place) for place, key in enumerate(keys)}
        self._seats.update(seats)
        flight.task.add_done_callback(lambda _: self._remove(seats))
        return seats

    def _remove(self, seats: dict[bytes, Seat]) -> None:
        for key, seat in seats.items():
            if self._seats.get(key) is seat:
                del self._seats[key]
