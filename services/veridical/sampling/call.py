"""One call's samples: drawn within bounds, handed out as they finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence

from veridical.sampling.engine import EngineLost
from veridical.sampling.model import Drawn


class SampleCall:
    """Draws samples, a bounded number ahead of the one who reads them.

    Args:
        draw: Draws the sample of an index.
        indices: The samples that are wanted.
        ahead: Samples that may be in the making, or finished and not read.
    """

    def __init__(
        self, draw: Callable[[int], Awaitable[Drawn]], indices: Sequence[int], ahead: int
    ) -> None:
        self._draw = draw
        self._left: Iterator[int] = iter(indices)
        self._ahead = ahead
        self._tasks: dict[asyncio.Task[Drawn], int] = {}
        self._lost: EngineLost | None = None

    async def finished(self) -> AsyncGenerator[tuple[int, Drawn], None]:
        """Gives index and sample of each that finishes, in any order.

        Where an engine is lost, all that can still finish is given first.

        Raises:
            EngineError: A sample cannot be drawn, or those that were lost were not.
        """
        try:
            self._start_more()
            while self._tasks:
                ended, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                for index, drawn in self._take(ended):
                    yield index, drawn
                self._start_more()
        finally:
            await self._cancel()
        if self._lost is not None:
            raise self._lost

    def _start_more(self) -> None:
        while self._lost is None and len(self._tasks) < self._ahead:
            index = next(self._left, None)
            if index is None:
                return
            self._tasks[asyncio.ensure_future(self._draw(index))] = index

    def _take(self, ended: set[asyncio.Task[Drawn]]) -> list[tuple[int, Drawn]]:
        """Takes tasks that ended; their samples, before any of their failures counts."""
        finished, failure = [], None
        for task in ended:
            index = self._tasks.pop(task)
            error = task.exception()
            if error is None:
                finished.append((index, task.result()))
            elif isinstance(error, EngineLost):
                self._lost = error
            else:
                failure = error
        if failure is not None:
            raise failure
        return finished

    async def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
