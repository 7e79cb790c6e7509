"""The event loop's time, shared between callers."""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic

QUANTUM = 16
"""Items handled in one round of the event loop.

Rounds must be short: gRPC accepts one call in each, so that during long ones calls would wait
unseen, in the order they came (at 64 items a caller with 40 calls in flight slowed another 20-fold).
"""
TURN = 16
"""Items for which a call with many takes a turn."""
CREDIT = 512
"""Items that a caller below its share may be handled ahead of the others."""
ACCEPT_ROUNDS = 3
"""Rounds that gRPC needs to accept the next call; they are short where no item is handled in them."""
_PRESSED_SECONDS = 1.0
_REMEMBERED = 1024
_MEMORY_SECONDS = 10.0


class Turns:
    """Lets about `QUANTUM` items be handled in each round of the event loop, by fair queueing.

    Turns go to the caller who has had the least; time in which one asked for nothing is not saved
    up beyond `CREDIT` (start-time fair queueing, Goyal et al., 1996). Without it a caller with a
    hundred calls in flight would get a hundred turns for one of another. For one event loop.
    """

    def __init__(self) -> None:
        self._last: str | None = None
        self._contested_until = 0.0
        self._waiting: dict[str, deque[tuple[int, asyncio.Future[None]]]] = {}
        self._had: dict[str, int] = {}
        self._clock = 0
        self._left = QUANTUM
        self._ticking = False
        self._pressed_until = 0.0
        self._accepted = False
        self._held = 0

    def press(self) -> None:
        """A call was refused: for a while calls are accepted first, so that others are refused soon."""
        self._pressed_until = monotonic() + _PRESSED_SECONDS

    def accepted(self) -> None:
        """Notes that gRPC has accepted a call; another may wait behind it."""
        self._accepted = monotonic() < self._pressed_until

    def contested(self, caller: str) -> bool:
        """Whether others have had items handled lately, so that turns must be taken.

        It is remembered for a while: a caller who pauses must not come back to long rounds, for
        in those its calls would wait within gRPC, where no turns are known.
        """
        now = monotonic()
        if caller != self._last:
            self._contested_until = now + _MEMORY_SECONDS if self._last is not None else 0.0
            self._last = caller
        return now < self._contested_until

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
        self._had[caller] = max(self._had.get(caller, 0), self._clock - CREDIT)
        if self._left > 0 and not self._waiting:
            self._charge(caller, items)
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(caller, deque()).append((items, turn))
        await turn

    def _tick(self) -> None:
        """A round of the event loop is over: those who had a turn in it have used it."""
        idle = self._left == QUANTUM
        self._left = 0 if self._holds_back() else QUANTUM
        while self._waiting and self._left > 0:
            self._wake(min(self._waiting, key=self._had.__getitem__))
        if len(self._had) > _REMEMBERED:
            self._forget()
        self._ticking = not idle or self._left < QUANTUM
        if self._ticking:
            asyncio.get_running_loop().call_soon(self._tick)

    def _holds_back(self) -> bool:
        """Whether no item is handled in this round; after `ACCEPT_ROUNDS` some are, whatever comes."""
        if self._accepted and self._held < ACCEPT_ROUNDS:
            self._held += 1
            return True
        self._accepted, self._held = False, 0
        return False

    def _wake(self, caller: str) -> None:
        """Gives the caller's first call its turn."""
        line = self._waiting[caller]
        items, turn = line.popleft()
        if not line:
            del self._waiting[caller]
        if not turn.done():  # not cancelled
            turn.set_result(None)
            self._charge(caller, items)

    def _charge(self, caller: str, items: int) -> None:
        self._left -= items
        self._clock = max(self._clock, self._had[caller])
        self._had[caller] += items

    def _forget(self) -> None:
        """Drops callers of whom nothing needs to be known: they would begin where all begin."""
        start = self._clock - CREDIT
        self._had = {
            caller: had
            for caller, had in self._had.items()
            if had > start or caller in self._waiting
        }
