"""One call's samples: bounded, in any order, and what becomes of failures."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from veridical.sampling.call import SampleCall
from veridical.sampling.engine import CannotDo, EngineLost, Refused
from veridical.sampling.model import Drawn, Finish


def drawn(index: int) -> Drawn:
    return Drawn(str(index), (index,), (), Finish.STOP, 0, None)


class Engine:
    """Draws what is let go, and counts what is in the making."""

    def __init__(self) -> None:
        self.wanted: dict[int, asyncio.Future[Drawn]] = {}
        self.cancelled: list[int] = []

    async def draw(self, index: int) -> Drawn:
        self.wanted[index] = asyncio.get_running_loop().create_future()
        try:
            return await self.wanted[index]
        except asyncio.CancelledError:
            self.cancelled.append(index)
            raise
        finally:
            del self.wanted[index]

    def finish(self, index: int) -> None:
        self.wanted[index].set_result(drawn(index))


async def test_samples_come_as_they_finish_and_no_more_than_allowed_are_begun() -> None:
    engine = Engine()
    finished = SampleCall(engine.draw, range(5, 10), 2).finished()
    first = asyncio.ensure_future(anext(finished))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sorted(engine.wanted) == [5, 6]
    engine.finish(6)
    assert await first == (6, drawn(6))
    await asyncio.sleep(0)
    # What was handed out is not followed by another before the reader comes back.
    assert sorted(engine.wanted) == [5]
    rest = asyncio.ensure_future(anext(finished))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sorted(engine.wanted) == [5, 7]
    rest.cancel()
    await asyncio.gather(rest, return_exceptions=True)
    assert engine.wanted == {}


async def test_what_an_engine_could_still_finish_comes_before_its_loss() -> None:
    engine = Engine()

    async def end_them() -> None:
        while len(engine.wanted) < 3:
            await asyncio.sleep(0)
        engine.wanted[1].set_exception(EngineLost("gone"))
        await asyncio.sleep(0)
        engine.finish(0)
        engine.finish(2)

    ending = asyncio.create_task(end_them())
    seen = []
    with pytest.raises(EngineLost, match="gone"):  # noqa: PT012 - what came before counts
        async for index, _ in SampleCall(engine.draw, range(9), 3).finished():
            seen.append(index)
    await ending
    assert sorted(seen) == [0, 2]


@pytest.mark.parametrize("error", [Refused("prompt", "bad"), CannotDo("not here")])
async def test_what_no_repeat_mends_ends_the_call_at_once(error: Exception) -> None:
    engine = Engine()
    finished = SampleCall(engine.draw, range(9), 3).finished()
    first = asyncio.ensure_future(anext(finished))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    engine.wanted[1].set_exception(error)
    with pytest.raises(type(error)):
        await first
    assert sorted(engine.cancelled) == [0, 2]


async def test_a_caller_who_leaves_has_everything_cancelled() -> None:
    engine = Engine()
    async with aclosing(SampleCall(engine.draw, range(9), 4).finished()) as finished:
        first = asyncio.ensure_future(anext(finished))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        engine.finish(3)
        await first
    assert sorted(engine.cancelled) == [0, 1, 2]
