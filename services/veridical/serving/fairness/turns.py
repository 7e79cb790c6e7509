"""The event loop's time, shared between callers."""

from __future__ import annotations

import asyncio
from collections import deque

QUANTUM = 64
"""Items handled in one round of the event loop, so that health answers during large batches."""
TURN = 32
"""Items for which a call with many takes a turn."""


class Turns:
    """Lets `QUANTUM` items be handled in each round of the event loop, and callers take turns.

    Without it a caller with a hundred calls in flight would get a hundred turns for one of
    another. To be used on one event loop.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[tuple[int, asyncio.Future[None]]]] = {}
        self._left = QUANTUM
        self._ticking = False

    async def take(self, caller: str, items: int) -> None:
        """Returns when it is the caller's turn to handle some items, at once where nobody waits.

        Args:
            caller: Whose items they are.
            items: How many; a call with more than `TURN` takes several turns.
        """
        loop = asyncio.get_running_loop()
        if not self._ticking:
            self._ticking = True
            loop.call_soon(self._tick)
        if self._left > 0 and not self._waiting:
            self._left -= items
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(caller, deque()).append((items, turn))
        await turn

    def _tick(self) -> None:
        """A round of the event loop is over: those who had a turn in it have used it."""
        idle = self._left == QUANTUM
        self._left = QUANTUM
        part = max(1, QUANTUM // max(1, len(self._waiting)))
        for caller in list(self._waiting):
            if self._left <= 0:
                break
            self._left -= self._wake(caller, part)
        self._ticking = not idle or self._left < QUANTUM
        if self._ticking:
            asyncio.get_running_loop().call_soon(self._tick)

    def _wake(self, caller: str, part: int) -> int:
        """Gives a caller's first calls their turn, for about `part` items; says for how many."""
        line = self._waiting.pop(caller)
        woken = 0
        while line and woken < part:
            items, turn = line.popleft()
            if not turn.done():  # cancelled
                turn.set_result(None)
                woken += items
        if line:
            self._waiting[caller] = line  # behind the others
        return woken
