"""The context variables of the program, as they are where the tests ask: each of their tasks has its own."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

MAX_KEPT = 10_000
"""Earlier states that the tests may come back to."""


class Contexts:
    """The states of the context variables, by the numbers that the judge gives to its requests.

    A request goes on from the state that the one before it in the same context of the tests left, or in the
    context that theirs was copied from.

    Args:
        first: Where the main thread begins.
    """

    def __init__(self, first: contextvars.Context) -> None:
        self._first = first
        self._live: dict[int, contextvars.Context] = {}
        self._left: dict[int, contextvars.Context] = {}
        self._entered: set[int] = set()

    def inside(
        self, before: int | None, after: int, is_copy: bool, run: Callable[[], Any]
    ) -> Callable[[], Any]:
        """What runs a request.

        Args:
            before: The number of the request that it goes on from; 0 for the first one, None for that of
                another thread.
            after: Its own number.
            is_copy: Whether it is the first one of another task.
            run: What it does.
        """
        context = self._context(before, is_copy=is_copy)
        self._live[after] = context

        def entered() -> Any:
            key = id(context)
            if key in self._entered:  # for a callback of what runs there
                return run()
            self._entered.add(key)
            try:
                return context.run(run)
            finally:
                self._entered.discard(key)

        return entered

    def _context(self, before: int | None, *, is_copy: bool) -> contextvars.Context:
        if before is None:
            return contextvars.Context()
        if is_copy:
            return (self._live.get(before) or self._left.get(before, self._first)).copy()
        context = self._live.pop(before, None)
        if context is None:
            return self._left.get(before, self._first).copy()
        self._left[before] = context.copy()
        if len(self._left) > MAX_KEPT:
            del self._left[next(iter(self._left))]
        return context
