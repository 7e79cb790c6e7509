"""Hostile items: each gets its fault, and its neighbours get their answers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from veridical.serving.pool import Answered, Fault, FaultKind, PoolLimits, WorkerPool, WorkerSpec

TARGETS = Path(__file__).parents[1] / "support"
ACT = WorkerSpec("pool_targets:act", str, str)
LIMITS = PoolLimits(workers=2, cpu_seconds=0.3, wall_seconds=1.0, memory_bytes=128 << 20)

HOSTILE = {
    "hang": FaultKind.TIMEOUT,
    "hang in power": FaultKind.TIMEOUT,
    "hang in regex": FaultKind.TIMEOUT,
    "sleep": FaultKind.TIMEOUT,
    "grow": FaultKind.MEMORY,
    "grow and swallow": FaultKind.MEMORY,
    "peak": FaultKind.MEMORY,
    "ask for too much": FaultKind.MEMORY,
    "exit": FaultKind.CRASHED,
    "segmentation fault": FaultKind.CRASHED,
    "huge": FaultKind.CRASHED,
    "wrong type": FaultKind.CRASHED,
    "garbage": FaultKind.CRASHED,
    "endless frame": FaultKind.CRASHED,
    "foreign reply": FaultKind.CRASHED,
    "forged time": FaultKind.CRASHED,
    "hang up": FaultKind.CRASHED,
    "shrink page": FaultKind.CRASHED,
    "raise": FaultKind.CRASHED,
    "leave": FaultKind.CRASHED,
}


Start = Callable[..., Awaitable[WorkerPool[Any, Any]]]


@pytest.fixture
async def start(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    monkeypatch.setenv("PYTHONPATH", f"{TARGETS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    async with AsyncExitStack() as stack:

        async def start_pool(
            spec: WorkerSpec[Any, Any], limits: PoolLimits = LIMITS
        ) -> WorkerPool[Any, Any]:
            pool = WorkerPool(spec, limits)
            stack.push_async_callback(pool.close)
            await pool.start()
            return pool

        yield start_pool


@pytest.mark.parametrize("deed", HOSTILE)
async def test_a_hostile_item_spoils_only_itself(start: Start, deed: str) -> None:
    pool = await start(ACT)
    outcomes = await pool.run(["a", "b", deed, "c", "d", "e"])
    fault = outcomes.pop(2)
    assert isinstance(fault, Fault)
    assert fault.kind is HOSTILE[deed]
    assert "the text of an item" not in fault.detail
    assert [o.value for o in outcomes if isinstance(o, Answered)] == list("ABCDE")
    again = await pool.run(["still there"])
    assert isinstance(again[0], Answered)


async def test_memory_limit_is_above_what_the_worker_holds_when_warm(start: Start) -> None:
    spec = WorkerSpec("pool_targets:act", str, str, warm_up="pool_targets:leak_much")
    pool = await start(spec)
    assert isinstance((await pool.run(["modest"]))[0], Answered)


async def test_output_of_any_length_neither_blocks_nor_fails_a_worker(start: Start) -> None:
    pool = await start(ACT)
    outcomes = await pool.run(["flood output"] * 10)
    assert [o.value for o in outcomes if isinstance(o, Answered)] == ["flooded"] * 10


async def test_good_items_do_not_wait_for_a_flood_of_hanging_ones(start: Start) -> None:
    pool = await start(ACT, PoolLimits(workers=2, cpu_seconds=0.3, first_cpu_seconds=0.05))
    items = ["hang" if i % 51 == 25 else f"item {i}" for i in range(510)]
    outcomes = await pool.run(items)
    faults = [o for o in outcomes if isinstance(o, Fault)]
    answers = [o for o in outcomes if isinstance(o, Answered)]
    assert [fault.kind for fault in faults] == [FaultKind.TIMEOUT] * 10
    assert [o.value for o in answers] == [item.upper() for item in items if item != "hang"]
    last_answer = max(o.queue_seconds + o.seconds for o in answers)
    late_faults = [o for o in faults if o.queue_seconds + o.seconds > last_answer]
    assert len(late_faults) >= 2


async def test_suspects_do_not_wait_for_all_good_items(start: Start) -> None:
    pool = await start(ACT, PoolLimits(workers=2, cpu_seconds=0.2, first_cpu_seconds=0.1))
    load = asyncio.create_task(_endless_load(pool))
    async with asyncio.timeout(30):
        outcomes = await pool.run(["hang"])
    assert isinstance(outcomes[0], Fault)
    assert not load.done()
    load.cancel()


async def _endless_load(pool: WorkerPool[str, str]) -> None:
    while True:
        await pool.run(["item"] * 5_000)


async def test_an_item_that_needs_more_than_a_first_try_is_answered(start: Start) -> None:
    limits = PoolLimits(workers=1, cpu_seconds=20.0, first_cpu_seconds=0.05)
    pool = await start(WorkerSpec("pool_targets:burn", float, str), limits)
    outcomes = await pool.run([0.2])
    assert isinstance(outcomes[0], Answered)
    assert outcomes[0].value == "burnt"
