"""Work side by side, and changes each alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Keeps what is under way apart from changes of what is served.

    A change waits for the work that has begun; work that comes meanwhile waits for the change.
    """

    def __init__(self) -> None:
        self._working = 0
        self._open, self._empty = asyncio.Event(), asyncio.Event()
        self._open.set()
        self._empty.set()

    @asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        """For the time of some work."""
        while not self._open.is_set():
            await self._open.wait()
        self._working += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._working -= 1
            if not self._working:
                self._empty.set()

    @asynccontextmanager
    async def change(self) -> AsyncIterator[None]:
        """For the time of a change."""
        while not self._open.is_set():
            await self._open.wait()
        self._open.clear()
        try:
            await self._empty.wait()
            yield
        finally:
            self._open.set()
