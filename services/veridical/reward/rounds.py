"""One call waiting for verdicts, those of its own flights and those of other calls'."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from veridical.api.v1.verdict_pb2 import (
    REASON_BACKEND_UNAVAILABLE,
    REASON_DEADLINE_EXCEEDED,
    REASON_OVERLOADED,
    Verdict,
)
from veridical.reward.flights import Flight, Seat
from veridical.serving.verdicts import echo_index_and_labels
from veridical.serving.verifier import Settle, Work

Groups: TypeAlias = dict[bytes, list[int]]
"""Places of equal items in a call, by their key."""

_OF_THE_CALL = frozenset((REASON_BACKEND_UNAVAILABLE, REASON_DEADLINE_EXCEEDED, REASON_OVERLOADED))
"""Reasons that speak of the call that was made, so that another call may fare better."""


@dataclass(slots=True, eq=False)
class Round:
    """One try to have groups of equal items decided.

    Attributes:
        work: The call's work.
        groups: The groups still undecided; those left at the end were lost with another call, or
            the time ran out.
        settle: Told of each verdict.
    """

    work: Sequence[Work]
    groups: Groups
    settle: Settle
    _open: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)
    _over: bool = False

    async def run(self, seats: dict[bytes, Seat], own: set[Flight], until: float) -> None:
        """Waits for the verdicts in the seats until all have come, or will not, or time is up.

        Args:
            seats: One for each group.
            own: The flights that this call made; their verdicts count whatever they say.
            until: When to wait no more, on the event loop's clock.

        Raises:
            Exception: A defect ended a flight.
        """
        self._open = len(seats)
        flights = {seat.flight for seat in seats.values()}
        for flight in flights:
            flight.join()
        try:
            for key, seat in seats.items():
                seat.flight.watch(seat.place, partial(self._arrive, key, seat.flight in own))
            if self._open:
                async with asyncio.timeout_at(until):
                    await self._done.wait()
        except TimeoutError:
            return
        finally:
            self._over = True
            for flight in flights:
                flight.leave()
        for flight in own:
            if flight.task.done():
                flight.task.result()

    def _arrive(self, key: bytes, mine: bool, verdict: Verdict | None) -> None:
        if self._over:
            return
        if verdict is not None and (mine or verdict.reason not in _OF_THE_CALL):
            places = self.groups.pop(key)
            first = places[0]
            self.settle(first, verdict if mine else echoed(verdict, self.work[first]))
            for place in places[1:]:
                self.settle(place, echoed(verdict, self.work[place]))
        self._open -= 1
        if not self._open:
            self._done.set()


def echoed(verdict: Verdict, work: Work) -> Verdict:
    """The verdict on an equal item, made out to this one."""
    copy = Verdict()
    copy.CopyFrom(verdict)
    copy.id, copy.group, copy.cached = work.item.id, work.item.group, True
    copy.ClearField("sample_index")
    copy.ClearField("labels")
    copy.ClearField("timings")
    echo_index_and_labels(work.item, copy)
    return copy
