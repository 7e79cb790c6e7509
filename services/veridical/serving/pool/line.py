"""Items on their way: calls, the line in which items wait, and suspects, who wait apart."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from veridical.serving.pool.outcomes import Answered, Fault, FaultKind, Outcome

R = TypeVar("R")

_TAKE_BYTES = 1 << 20


@dataclass(slots=True, eq=False)
class Item:
    """One item of a call. It is in one place at a time: waiting, a suspect, or with one worker."""

    call: Call[Any]
    position: int
    payload: bytes
    own_deaths: int = 0
    """Workers that died of it."""
    outside_deaths: int = 0
    """Workers that were killed by someone else while they worked on it."""

    def settle(self, outcome: Outcome[Any]) -> None:
        """Gives the item its outcome, unless its call is over."""
        self.call.settle(self.position, outcome)


class Call(Generic[R]):
    """One call of `run`: its items, and what became of them.

    Args:
        payloads: The items, encoded.
        now: The time, of the monotonic clock.
        done: Set to true when the last item is settled.
        settled: Told of each outcome as it comes.
        owner: Whose call it is.
    """

    def __init__(
        self,
        payloads: Sequence[bytes],
        now: float,
        done: asyncio.Future[bool],
        settled: Callable[[int, Outcome[R]], None],
        owner: Hashable = None,
    ) -> None:
        self.waiting = deque(Item(self, *entry) for entry in enumerate(payloads))
        self.owner = owner
        self.in_line = False
        self.over = False
        self.began = now
        self.done = done
        self._settled = settled
        self._is_settled = bytearray(len(payloads))
        self._missing = len(payloads)

    def settle(self, position: int, outcome: Outcome[R]) -> None:
        """Passes on the outcome of one item, unless the call is over."""
        if self.over:
            return
        self._is_settled[position] = True
        self._missing -= 1
        self._settled(position, outcome)
        if self._missing == 0 and not self.done.done():
            self.done.set_result(True)

    def expire(self, now: float) -> None:
        """Settles what is missing as expired."""
        detail = "the call's time ran out first"
        expired = Fault(FaultKind.EXPIRED, detail, seconds=0.0, queue_seconds=now - self.began)
        for position, settled in enumerate(self._is_settled):
            if not settled:
                self._settled(position, expired)

    def answered(self, value: R, seconds: float, now: float) -> Answered[R]:
        """An answer that took `seconds`, now."""
        return Answered(value, seconds, max(0.0, now - self.began - seconds))

    def fault(self, kind: FaultKind, detail: str, seconds: float, now: float) -> Fault:
        """A fault whose last try took `seconds`, now."""
        return Fault(kind, detail, seconds, max(0.0, now - self.began - seconds))


class Line:
    """Items that wait for a worker; owners take turns, and so do the calls of each, whatever their size."""

    def __init__(self) -> None:
        # The calls of each owner that may have items waiting; whose turn it is comes first.
        self._calls: dict[Hashable, deque[Call[Any]]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, call: Call[Any]) -> None:
        """Puts all items of a new call in the line."""
        self._count += len(call.waiting)
        self._queue_up(call)

    def put_back(self, items: Sequence[Item]) -> None:
        """Returns items, in their order, to the front of their calls."""
        for item in reversed(items):
            if not item.call.over:
                item.call.waiting.appendleft(item)
                self._count += 1
                self._queue_up(item.call)

    def drop(self, call: Call[Any]) -> None:
        """Ends a call: forgets its waiting items."""
        call.over = True
        self._count -= len(call.waiting)
        call.waiting.clear()

    def take(self, limit: int) -> list[Item]:
        """Removes up to `limit` items for one worker, an equal share from each owner.

        Items of many bytes make it fewer, at least one.
        """
        taken: list[Item] = []
        room = _TAKE_BYTES
        while self._calls and len(taken) < limit and room > 0:
            owner = next(iter(self._calls))
            calls = self._calls.pop(owner)
            share = max(1, (limit - len(taken)) // (len(self._calls) + 1))
            room -= _move(calls, taken, len(taken) + share, room)
            if calls:
                self._calls[owner] = calls  # behind the others
        self._count -= len(taken)
        return taken

    def _queue_up(self, call: Call[Any]) -> None:
        if not call.in_line:
            call.in_line = True
            self._calls.setdefault(call.owner, deque()).append(call)


def _move(calls: deque[Call[Any]], taken: list[Item], limit: int, room: int) -> int:
    """Moves items of one owner's calls, an equal share from each, and gives their bytes."""
    moved = 0
    while calls and len(taken) < limit and moved < room:
        call = calls.popleft()
        share = max(1, (limit - len(taken)) // (len(calls) + 1))
        while call.waiting and share > 0 and moved < room:
            item = call.waiting.popleft()
            taken.append(item)
            share -= 1
            moved += len(item.payload)
        call.in_line = bool(call.waiting)
        if call.in_line:
            calls.append(call)
    return moved


class Suspects:
    """Items whose worker died while it worked on them; each is tried again alone."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()

    def __bool__(self) -> bool:
        while self._items and self._items[0].call.over:
            self._items.popleft()
        return bool(self._items)

    def add(self, item: Item) -> None:
        """Puts an item last."""
        self._items.append(item)

    def take(self) -> Item:
        """Removes the first item; there must be one."""
        return self._items.popleft()
