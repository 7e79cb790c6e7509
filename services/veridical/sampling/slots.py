"""The engine's places for samples, shared fairly between callers."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """Gives a free place to the caller who has the fewest, and among equals to who waits longest.

    So a caller with a thousand samples leaves half of the places to one who comes with ten, as soon
    as its samples in the making have ended. For one event loop.

    Args:
        places: Samples that may be in the making at once.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._held: Counter[str] = Counter()
        # In the order in which callers were served last.
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @property
    def running(self) -> int:
        """Places that are taken."""
        return self._held.total()

    @property
    def waiting(self) -> int:
        """Samples that wait for a place."""
        return sum(len(line) for line in self._waiting.values())

    @asynccontextmanager
    async def hold(self, caller: str) -> AsyncIterator[None]:
        """Runs what it is given in a place of the engine, once there is one."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            self._leave_line(caller, turn)
            raise
        try:
            yield
        finally:
            self._give_back(caller)

    def _serve(self) -> None:
        while self._free and self._waiting:
            caller = min(self._waiting, key=lambda name: self._held[name])
            line = self._waiting.pop(caller)
            turn = line.popleft()
            if line:
                self._waiting[caller] = line  # behind all others who wait
            if not turn.cancelled():
                self._free -= 1
                self._held[caller] += 1
                turn.set_result(None)

    def _leave_line(self, caller: str, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():  # its turn came in the same moment
            self._give_back(caller)
            return
        line = self._waiting.get(caller, deque())
        if turn in line:
            line.remove(turn)
        if not line:
            self._waiting.pop(caller, None)

    def _give_back(self, caller: str) -> None:
        self._free += 1
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        self._serve()
