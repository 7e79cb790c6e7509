"""Sending items and giving back verdicts in the order of the input."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple

from veridical.client import Item, Verdict

MAX_HELD = 4096
"""Verdicts made here that may wait for the answers before them."""

VerifyIter = Callable[[Iterator[Item]], AsyncIterator[Verdict]]
"""Sends items lazily and yields their verdicts in order, as `AsyncClient.verify_iter` does."""


class _Held(NamedTuple):
    behind: int
    verdict: Verdict


class _Stretch:
    """A part of the input that one call of `verify_iter` sends.

    It ends with the input, or earlier when so many items in it got their verdicts here that holding
    more would cost memory.
    """

    def __init__(self, entries: Iterator[Item | Verdict]) -> None:
        self._entries = entries
        self._held: deque[_Held] = deque()
        self._sent = 0
        self.is_last = False

    def items(self) -> Iterator[Item]:
        for entry in self._entries:
            if isinstance(entry, Item):
                self._sent += 1
                yield entry
                continue
            self._held.append(_Held(self._sent, entry))
            if len(self._held) == MAX_HELD:
                return
        self.is_last = True

    def held_behind(self, received: int) -> Iterator[Verdict]:
        while self._held and self._held[0].behind <= received:
            yield self._held.popleft().verdict


async def in_order(
    entries: Iterator[Item | Verdict], verify_iter: VerifyIter
) -> AsyncIterator[Verdict]:
    """Yield one verdict for every entry, in their order.

    Args:
        entries: Items to send, and verdicts on items that need no sending.
        verify_iter: Sends items lazily and yields their verdicts in order.
    """
    while True:
        stretch = _Stretch(entries)
        received = 0
        async for verdict in verify_iter(stretch.items()):
            for held in stretch.held_behind(received):
                yield held
            yield verdict
            received += 1
        for held in stretch.held_behind(received):
            yield held
        if stretch.is_last:
            return
