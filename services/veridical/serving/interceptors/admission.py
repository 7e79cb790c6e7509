"""Bounds what a server works on at once; what is beyond is refused at once and told when to return."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from veridical.serving.call import Call, items_in
from veridical.serving.errors import InvalidArgument, Overloaded
from veridical.serving.metrics import ServerMetrics
from veridical.serving.settings import ServerSettings

_RETRY_SECONDS = 0.25


class Admission:
    """Admits calls while their items fit; calls without items (health, Describe) always pass."""

    def __init__(self, settings: ServerSettings, metrics: ServerMetrics) -> None:
        self._max_items = settings.max_items_in_flight
        self._max_batch = settings.largest_batch
        self._metrics = metrics
        self._in_flight = 0
        self._left = asyncio.Event()

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Runs the call if there is room.

        Raises:
            InvalidArgument: The batch alone is larger than the server allows.
            Overloaded: There is no room now.
        """
        items = items_in(call.request)
        self._check(items)
        self._change(items)
        try:
            yield
        finally:
            self.leave(items)

    async def enter(self, items: int) -> None:
        """Waits until so many items fit, and counts them; a stream waits where a call is refused."""
        while self._in_flight and self._in_flight + items > self._max_items:
            self._left.clear()
            await self._left.wait()
        self._change(items)

    def leave(self, items: int) -> None:
        """Gives their room back."""
        self._change(-items)
        self._left.set()

    def _check(self, items: int) -> None:
        if items > self._max_batch:
            raise InvalidArgument("items", f"{items} items, at most {self._max_batch} a call")
        if items and self._in_flight + items > self._max_items:
            message = f"{self._in_flight} of {self._max_items} items in flight"
            raise Overloaded(message, _RETRY_SECONDS)

    def _change(self, items: int) -> None:
        self._in_flight += items
        self._metrics.items_in_flight.set(self._in_flight)
