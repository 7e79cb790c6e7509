"""The gate: work goes on side by side, a change alone, and nothing is left closed behind."""

from __future__ import annotations

import asyncio
import random

import pytest

from veridical.sampling.engines.vllm.gate import Gate


@pytest.mark.parametrize("seed", range(20))
async def test_changes_are_alone_and_work_is_not_split_by_them(seed: int) -> None:
    chance = random.Random(seed)
    gate, version, working, most, changes = Gate(), 0, 0, 0, 0

    async def work() -> None:
        nonlocal working, most
        async with gate.work():
            began, working = version, working + 1
            most = max(most, working)
            try:
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
                    assert version == began
            finally:
                working -= 1

    async def change() -> None:
        nonlocal version, changes
        async with gate.change():
            assert working == 0
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
                assert working == 0
            version += 1
        changes += 1

    tasks = []
    for _ in range(60):
        tasks.append(asyncio.create_task(change() if chance.random() < 0.2 else work()))
        await asyncio.sleep(0)
        if chance.random() < 0.2:
            chance.choice(tasks).cancel()
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert all(each is None or isinstance(each, asyncio.CancelledError) for each in ended)
    assert changes == version > 0
    assert most > 1
    async with asyncio.timeout(1), gate.change():
        pass
