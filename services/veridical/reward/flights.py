"""Sub-batches under way, shared by all calls that wait for one of their items."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import (
    REASON_BACKEND_UNAVAILABLE,
    REASON_DEADLINE_EXCEEDED,
    REASON_OVERLOADED,
    Verdict,
)
from veridical.serving.verifier import Work

_NOT_OF_THE_ITEM = frozenset(
    (REASON_BACKEND_UNAVAILABLE, REASON_DEADLINE_EXCEEDED, REASON_OVERLOADED)
)
"""Reasons that speak of the call that was made, so that another call may fare better."""


class Flight:
    """One call to a backend; it ends early once nobody waits for it.

    Args:
        call: Gives the verdicts on the flight's items, in their order.
    """

    def __init__(self, call: Coroutine[Any, Any, list[Verdict]]) -> None:
        self.task = asyncio.create_task(call)
        self._waiting = 0

    def join(self) -> None:
        """One more call waits for the verdicts."""
        self._waiting += 1

    def leave(self) -> None:
        """A call waits no more."""
        self._waiting -= 1
        if self._waiting == 0:
            self.task.cancel()

    def verdict(self, place: int) -> Verdict | None:
        """The verdict on the flight's item, or None where it did not come.

        Raises:
            Exception: A defect ended the flight.
        """
        if not self.task.done() or self.task.cancelled():
            return None
        return self.task.result()[place]


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a flight, where the verdict on one item will be."""

    flight: Flight
    place: int

    def verdict(self) -> Verdict | None:
        """The verdict, or None where it did not come."""
        return self.flight.verdict(self.place)


class Departures:
    """The seats under way, by what is decided there."""

    def __init__(self) -> None:
        self._seats: dict[Hashable, Seat] = {}

    def find(self, key: Hashable) -> Seat | None:
        """The seat of an equal item under way."""
        return self._seats.get(key)

    def add(self, keys: Sequence[Hashable], flight: Flight) -> dict[Hashable, Seat]:
        """Makes the items of a flight findable until it ends, and gives their seats."""
        seats = {key: Seat(flight, place) for place, key in enumerate(keys)}
        self._seats.update(seats)
        flight.task.add_done_callback(lambda _: self._remove(seats))
        return seats

    def _remove(self, seats: dict[Hashable, Seat]) -> None:
        for key, seat in seats.items():
            if self._seats.get(key) is seat:
                del self._seats[key]


class ItemKeys:
    """Makes the key under which equal items of a call are found: all that a verdict depends on."""

    def __init__(self) -> None:
        self._tasks: dict[str, bytes] = {}

    def key(self, work: Work) -> Hashable:
        """The key of an item: its task, content, prompt and finish reason."""
        item = work.item
        if item.WhichOneof("content") == "response":
            content: str | bytes = item.response
        else:
            content = item.trace.SerializeToString(deterministic=True)
        return (self._task_bytes(item.task_id, work.task), content, item.prompt, item.finish_reason)

    def _task_bytes(self, task_id: str, task: Task) -> bytes:
        if not task_id:
            return task.SerializeToString(deterministic=True)
        if task_id not in self._tasks:
            self._tasks[task_id] = task.SerializeToString(deterministic=True)
        return self._tasks[task_id]


def worth_sharing(verdict: Verdict) -> bool:
    """Whether a verdict holds for an equal item of another call."""
    return verdict.reason not in _NOT_OF_THE_ITEM
