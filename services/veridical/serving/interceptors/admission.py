"""Bounds what a server works on at once; what is beyond is refused at once and told when to return."""

from __future__ import annotations

import asyncio

from google.protobuf.message import Message

from veridical.serving.call import Call, items_in
from veridical.serving.errors import InvalidArgument, Overloaded
from veridical.serving.fairness.share import FairShare
from veridical.serving.interceptors.chain import Proceed
from veridical.serving.metrics import ServerMetrics
from veridical.serving.settings import ServerSettings

_RETRY_SECONDS = 0.25


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

    async def around(self, call: Call, proceed: Proceed) -> Message | None:
        """Runs the call if there is room.

        Raises:
            InvalidArgument: The batch alone is larger than the server allows.
            Overloaded: There is no room now.
        """
        items = items_in(call.request)
        self._check(call.caller, items)
        if items:
            self._take(call.caller, items)
        try:
            return await proceed(call)
        finally:
            if items:
                self.leave(call.caller, items)

    async def enter(self, caller: str, items: int) -> None:
        """Waits until so many items fit, and counts them; a stream waits where a call is refused."""
        while not self._has_room(caller, items):
            self._left.clear()
            await self._left.wait()
        self._take(caller, items)

    def leave(self, caller: str, items: int) -> None:
        """Gives their room back."""
        self._share.give_back(caller, items)
        self._metrics.items_in_flight.set(self._share.total)
        self._left.set()

    def _check(self, caller: str, items: int) -> None:
        if items > self._max_batch:
            raise InvalidArgument("items", f"{items} items, at most {self._max_batch} a call")
        if items and not self._has_room(caller, items):
            message = f"{self._share.total} of {self._max_items} items in flight"
            raise Overloaded(message, _RETRY_SECONDS)

    def _has_room(self, caller: str, items: int) -> bool:
        return self._share.has_room(caller, items, asyncio.get_running_loop().time())

    def _take(self, caller: str, items: int) -> None:
        self._share.take(caller, items)
        self._metrics.items_in_flight.set(self._share.total)
