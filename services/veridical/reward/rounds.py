"""One call waiting for verdicts, those that it asks for itself and those of other calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from veridical.api.v1.verdict_pb2 import (
    REASON_BACKEND_UNAVAILABLE,
    REASON_DEADLINE_EXCEEDED,
    REASON_OVERLOADED,
    Verdict,
)
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
    _awaited: int = 0
    _heard_all: asyncio.Event = field(default_factory=asyncio.Event)
    _over: bool = False

    def decided(self, key: bytes, verdict: Verdict) -> None:
        """Takes the verdict that this call asked for; it counts whatever it says."""
        first, *others = self.groups.pop(key)
        self.settle(first, verdict)
        for place in others:
            self.settle(place, echoed(verdict, self.work[place]))

    def await_other(self) -> None:
        """One more group is with another call."""
        self._awaited += 1

    def heard(self, key: bytes, verdict: Verdict | None) -> None:
        """Takes the verdict of another call, None where that call came to none."""
        if self._over:
            return
        if verdict is not None and verdict.reason not in _OF_THE_CALL:
            for place in self.groups.pop(key):
                self.settle(place, echoed(verdict, self.work[place]))
        self._awaited -= 1
        if not self._awaited:
            self._heard_all.set()

    async def others(self, until: float) -> None:
        """Waits until the other calls have come to an end, or time is up on the loop's clock."""
        if self._awaited:
            try:
                async with asyncio.timeout_at(until):
                    await self._heard_all.wait()
            except TimeoutError:
                return

    def end(self) -> None:
        """Hears no more."""
        self._over = True


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
