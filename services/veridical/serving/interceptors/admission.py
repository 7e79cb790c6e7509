"""Bounds what a server works on at once; what is beyond is refused at once and told when to return."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from google.protobuf.message import Message

from veridical.serving.call import Call, items_in
from veridical.serving.errors import InvalidArgument, Overloaded
from veridical.serving.fairness.share import FairShare
from veridical.serving.interceptors.chain import Proceed
from veridical.serving.metrics import ServerMetrics
from veridical.serving.settings import ServerSettings

_RETRY_SECONDS = 0.25
_PATIENCE_SECONDS = 0.5
"""Time that the first stream of a line waits before room is kept for it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """Items of a stream for which there is no room yet."""

    items: int
    since: float
    """When it came to be the first of its line, on the event loop's clock."""


class Admission:
    """Admits calls while their items fit, and fairly between callers; see `FairShare`.

    Calls without items (health, Describe) always pass.
    """

    def __init__(self, settings: ServerSettings, metrics: ServerMetrics) -> None:
        self._max_items = settings.max_items_in_flight
        self._max_batch = settings.largest_batch
        self._metrics = metrics
        self._share = FairShare(settings.max_items_in_flight)
        self._left = asyncio.Event()
        self._lines: dict[str, deque[_Waiting]] = {}

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call if there is room.

        Raises:
            InvalidArgument: The batch alone is larger than the server allows.
            Overloaded: There is no room now.
        """
        items = items_in(call.request)
        try:
            self._check(call.caller, items)
        except Overloaded:
            call.turns.press()
            raise
        if items:
            self._take(call.caller, items)
        try:
            return await proceed(call)
        finally:
            if items:
                self.leave(call.caller, items)

    async def enter(self, caller: str, items: int) -> None:
        """Waits until so many items fit, and counts them; a stream waits where a call is refused.

        The streams of a caller enter in their order. Once the first has waited a while, calls leave
        it the room that it needs: among many that ask for little it would never find it.
        """
        waiting = _Waiting(items, self._now())
        line = self._lines.setdefault(caller, deque())
        line.append(waiting)
        try:
            while line[0] is not waiting or not self._has_room(caller, items):
                self._left.clear()
                await self._left.wait()
            self._take(caller, items)
        finally:
            self._step_out(caller, line, waiting)

    def leave(self, caller: str, items: int) -> None:
        """Gives their room back."""
        self._share.give_back(caller, items)
        self._metrics.items_in_flight.set(self._share.total)
        self._left.set()

    def _check(self, caller: str, items: int) -> None:
        if items > self._max_batch:
            raise InvalidArgument("items", f"{items} items, at most {self._max_batch} a call")
        if items and (self._is_kept(caller, items) or not self._has_room(caller, items)):
            message = f"{self._share.total} of {self._max_items} items in flight"
            raise Overloaded(message, _RETRY_SECONDS)

    def _is_kept(self, caller: str, items: int) -> bool:
        """Whether the room for the items is kept for a stream of the caller."""
        line = self._lines.get(caller)
        if line is None or self._now() - line[0].since < _PATIENCE_SECONDS:
            return False
        return self._share.total + items + line[0].items > self._max_items

    def _step_out(self, caller: str, line: deque[_Waiting], waiting: _Waiting) -> None:
        """Takes a stream out of its line, be it that it entered or that it is gone."""
        was_first = line[0] is waiting
        line.remove(waiting)
        if not line:
            del self._lines[caller]
        elif was_first:
            line[0].since = self._now()
            self._left.set()

    def _has_room(self, caller: str, items: int) -> bool:
        return self._share.has_room(caller, items, self._now())

    def _take(self, caller: str, items: int) -> None:
        self._share.take(caller, items)
        self._metrics.items_in_flight.set(self._share.total)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
