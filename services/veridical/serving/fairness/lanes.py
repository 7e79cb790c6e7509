"""Items in hand, shared between callers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lanes:
    """Bounds how many items a caller has in hand, so that no other waits behind all that it sent.

    Reading requests and writing answers goes by whole calls: those of a caller with a hundred in
    flight would come in bunches, with one call of another behind each. For one event loop.

    Args:
        most: Items that a caller may have in hand at once; a larger call goes alone.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_hand: dict[str, int] = {}
        self._waiting: dict[str, deque[tuple[int, asyncio.Future[None]]]] = {}

    @asynccontextmanager
    async def hold(self, caller: str, items: int, until: float) -> AsyncIterator[None]:
        """Runs what handles the items once there is room for them; the latest at `until`.

        Args:
            caller: Whose items they are.
            items: How many.
            until: When to go on in any case, on the event loop's clock.
        """
        await self._enter(caller, items, until)
        try:
            yield
        finally:
            self._leave(caller, items)

    async def _enter(self, caller: str, items: int, until: float) -> None:
        if not self._waiting.get(caller) and self._fits(caller, items):
            self._take(caller, items)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append((items, turn))
        try:
            async with asyncio.timeout_at(until):
                await turn
        except TimeoutError:
            if turn.cancelled():
                self._take(caller, items)
        except asyncio.CancelledError:
            if not turn.cancelled():  # its turn came in the same moment
                self._leave(caller, items)
            raise

    def _take(self, caller: str, items: int) -> None:
        self._in_hand[caller] = self._in_hand.get(caller, 0) + items

    def _leave(self, caller: str, items: int) -> None:
        self._in_hand[caller] -= items
        line = self._waiting.get(caller, ())
        while line and (line[0][1].done() or self._fits(caller, line[0][0])):
            items, turn = line.popleft()
            if not turn.done():
                turn.set_result(None)
                self._take(caller, items)
        if not self._in_hand[caller]:
            del self._in_hand[caller]
            if not line:
                self._waiting.pop(caller, None)

    def _fits(self, caller: str, items: int) -> bool:
        held = self._in_hand.get(caller, 0)
        return not held or held + items <= self._most
