"""Workers and servers killed from outside: nobody is blamed, nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
from children import children_with

from veridical.serving.pool import (
    Answered,
    Fault,
    FaultKind,
    PoolLimits,
    WorkerPool,
    WorkerSpec,
    WorkerState,
)

TARGETS = Path(__file__).parents[1] / "support"
NAP = WorkerSpec("pool_targets:nap", float, int)

SERVER = """
import asyncio
from veridical.serving.pool import PoolLimits, WorkerPool, WorkerSpec, WorkerState

async def serve():
    pool = WorkerPool(WorkerSpec("pool_targets:act", str, str), PoolLimits(workers=2))
    await pool.start()
    call = asyncio.create_task(pool.run(["hang in power", "hang in regex"]))
    while pool.workers[WorkerState.BUSY] < 2:
        await asyncio.sleep(0.01)
    print("busy", flush=True)
    await call

asyncio.run(serve())
"""

ORPHAN = """
import os, sys
from veridical.serving.parent import die_with_parent
die_with_parent(os.getppid() + 1)
print("still alive")
"""


Start = Callable[..., Awaitable[WorkerPool[Any, Any]]]


@pytest.fixture(autouse=True)
def _targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{TARGETS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def start_pool(spec: WorkerSpec[Any, Any], **limits: Any) -> WorkerPool[Any, Any]:
            pool = WorkerPool(spec, PoolLimits(**limits))
            stack.push_async_callback(pool.close)
            await pool.start()
            return pool

        yield start_pool


def workers() -> list[psutil.Process]:
    return children_with("veridical.serving.pool.worker")


def gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not any(process.is_running() for process in processes)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def test_killing_workers_under_load_harms_no_item(start: Start) -> None:
    pool = await start(WorkerSpec("pool_targets:slow_double", int, int), workers=2)
    rng = random.Random(7)
    killing = asyncio.create_task(_kill_workers(pool, rng, kills=12))
    while not killing.done():
        calls = [pool.run(range(first, first + 100)) for first in range(0, 400, 100)]
        outcomes = [outcome for call in await asyncio.gather(*calls) for outcome in call]
        assert [o for o in outcomes if isinstance(o, Fault)] == []
        found = [o.value for o in outcomes if isinstance(o, Answered)]
        assert found == [2 * number for number in range(400)]
    await killing


async def _kill_workers(pool: WorkerPool[int, int], rng: random.Random, kills: int) -> None:
    """Kills a worker at random, again and again once all are at work."""
    for _ in range(kills):
        await until(lambda: pool.workers[WorkerState.BUSY] == 2)
        await asyncio.sleep(rng.uniform(0.0, 0.1))
        rng.choice(workers()).kill()
        await until(lambda: pool.workers[WorkerState.BUSY] < 2)


async def test_an_item_killed_from_outside_once_is_answered(start: Start) -> None:
    pool = await start(NAP, workers=1)
    call = asyncio.create_task(pool.run([1.0]))
    await asyncio.sleep(0.3)
    workers()[0].kill()
    assert isinstance((await call)[0], Answered)


async def test_an_item_killed_from_outside_over_and_over_is_a_fault_in_the_end(
    start: Start,
) -> None:
    pool = await start(NAP, workers=1)
    call = asyncio.create_task(pool.run([60.0]))
    async with asyncio.timeout(30):
        while not call.done():
            await asyncio.sleep(0.05)
            if pool.workers[WorkerState.BUSY]:
                workers()[0].kill()
    fault = (await call)[0]
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.CRASHED
    assert "outside" in fault.detail


async def test_a_stopped_worker_is_replaced_and_its_item_answered(start: Start) -> None:
    pool = await start(NAP, workers=1, wall_seconds=1.0)
    workers()[0].send_signal(signal.SIGSTOP)
    assert isinstance((await pool.run([0.0]))[0], Answered)


async def test_idle_workers_killed_from_outside_are_replaced(start: Start) -> None:
    pool = await start(NAP, workers=2)
    killed = workers()
    for process in killed:
        process.kill()
    await until(gone(killed))
    assert all(isinstance(o, Answered) for o in await pool.run([0.0] * 10))
    assert pool.warm
    await pool.close()
    assert workers() == []


async def test_a_killed_server_leaves_no_worker_behind() -> None:
    await until(gone(_workers_of_a_server_killed_while_they_hang()))


def _workers_of_a_server_killed_while_they_hang() -> list[psutil.Process]:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        orphans = psutil.Process(server.pid).children()
        server.kill()
    assert said == b"busy\n"
    assert len(orphans) == 2
    return list(orphans)


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    child = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL
    assert child.stdout == b""
