"""Workers and servers killed from outside: nobody is blamed, nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

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
import asyncio, sys
from veridical.serving.pool import PoolLimits, WorkerPool, WorkerSpec

async def serve():
    pool = WorkerPool(WorkerSpec("pool_targets:act", str, str), PoolLimits(workers=2))
    await pool.start()
    calls = asyncio.create_task(pool.run(["hang in power", "hang in regex"]))
    while pool.queued or pool.workers[next(s for s in pool.workers if s.value == "busy")] < 2:
        await asyncio.sleep(0.01)
    print("busy", flush=True)
    await calls

asyncio.run(serve())
"""

ORPHAN = """
import os, sys
from veridical.serving.parent import die_with_parent
die_with_parent(os.getppid() + 1)
print("still alive")
"""


@pytest.fixture(autouse=True)
def _targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{TARGETS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


def workers() -> list[psutil.Process]:
    return psutil.Process().children()


def gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not any(process.is_running() for process in processes)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - processes set no event here
            await asyncio.sleep(0.01)


async def test_killing_workers_under_load_harms_no_item() -> None:
    pool = WorkerPool(WorkerSpec("pool_targets:slow_double", int, int), PoolLimits(workers=2))
    await pool.start()
    rng = random.Random(7)
    killing = asyncio.create_task(_kill_workers(pool, rng, kills=12))
    rounds = 0
    while not killing.done():
        calls = [pool.run(range(first, first + 100)) for first in range(0, 400, 100)]
        outcomes = [outcome for call in await asyncio.gather(*calls) for outcome in call]
        assert [o for o in outcomes if isinstance(o, Fault)] == []
        found = [o.value for o in outcomes if isinstance(o, Answered)]
        assert found == [2 * number for number in range(400)]
        rounds += 1
    await killing
    assert rounds > 1
    await pool.close()


async def _kill_workers(pool: WorkerPool[int, int], rng: random.Random, kills: int) -> None:
    """Kills one worker after the other, but not all so fast that none gets warm."""
    for _ in range(kills):
        await asyncio.sleep(rng.uniform(0.1, 0.3))
        rng.choice(workers()).kill()
        await until(lambda: pool.workers[WorkerState.STARTING] < 2)


async def test_an_item_killed_from_outside_once_is_answered() -> None:
    pool = WorkerPool(NAP, PoolLimits(workers=1))
    await pool.start()
    call = asyncio.create_task(pool.run([1.0]))
    await asyncio.sleep(0.3)
    workers()[0].kill()
    assert isinstance((await call)[0], Answered)
    await pool.close()


async def test_an_item_killed_from_outside_over_and_over_is_a_fault_in_the_end() -> None:
    pool = WorkerPool(NAP, PoolLimits(workers=1))
    await pool.start()
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
    await pool.close()


async def test_a_stopped_worker_is_replaced_and_its_item_answered() -> None:
    pool = WorkerPool(NAP, PoolLimits(workers=1, wall_seconds=1.0))
    await pool.start()
    workers()[0].send_signal(signal.SIGSTOP)
    assert isinstance((await pool.run([0.0]))[0], Answered)
    await pool.close()


async def test_idle_workers_killed_from_outside_are_replaced() -> None:
    pool = WorkerPool(NAP, PoolLimits(workers=2))
    await pool.start()
    killed = workers()
    for process in killed:
        process.kill()
    await until(gone(killed))
    assert all(isinstance(o, Answered) for o in await pool.run([0.0] * 10))
    assert pool.warm
    await pool.close()
    assert workers() == []


def test_a_killed_server_leaves_no_worker_behind() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
    assert server.stdout is not None
    with server.stdout:
        assert server.stdout.readline() == b"busy\n"
        orphans = psutil.Process(server.pid).children(recursive=True)
        assert len(orphans) == 2
        server.kill()
        server.wait()
    deadline = time.monotonic() + 10
    while not gone(orphans)() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gone(orphans)()


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    child = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, check=False)
    assert child.returncode == -signal.SIGKILL
    assert child.stdout == b""
