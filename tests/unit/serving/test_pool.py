"""The worker pool with real workers: what a caller can rely on."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
from collections import Counter
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
    PoolClosed,
    PoolFull,
    PoolLimits,
    WorkerPool,
    WorkerSpec,
    WorkerStartError,
    WorkerState,
)

TARGETS = Path(__file__).parents[2] / "support"
DOUBLE = WorkerSpec("pool_targets:double", int, int)
NAP = WorkerSpec("pool_targets:nap", float, int)
ACT = WorkerSpec("pool_targets:act", str, str)

Start = Callable[..., Awaitable[WorkerPool[Any, Any]]]


class Recorder:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.depths: set[int] = set()
        self.states: dict[str, set[int]] = {}
        self.restarts: Counter[str] = Counter()

    def queue_depth(self, items: int) -> None:
        self.depths.add(items)

    def workers(self, state: str, count: int) -> None:
        self.states.setdefault(state, set()).add(count)

    def worker_restarted(self, reason: str) -> None:
        self.restarts[reason] += 1


@pytest.fixture(autouse=True)
def _targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{TARGETS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.syspath_prepend(TARGETS)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def start_pool(
            spec: WorkerSpec[Any, Any], observer: Recorder | None = None, **limits: Any
        ) -> WorkerPool[Any, Any]:
            pool = WorkerPool(spec, PoolLimits(**{"workers": 1, **limits}), observer)
            stack.push_async_callback(pool.close)
            await pool.start()
            return pool

        yield start_pool


def values(outcomes: list[Any]) -> list[Any]:
    assert [o for o in outcomes if isinstance(o, Fault)] == []
    return [outcome.value for outcome in outcomes]


def worker_processes() -> list[psutil.Process]:
    return children_with("veridical.serving.pool.worker")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("workers", [1, 2, 8])
async def test_values_come_in_the_items_order_on_any_number_of_workers(
    start: Start, workers: int
) -> None:
    pool = await start(DOUBLE, workers=workers)
    calls = [pool.run(range(start, start + 700)) for start in (0, 1_000, 2_000)]
    for first, outcomes in zip((0, 1_000, 2_000), await asyncio.gather(*calls), strict=True):
        assert values(outcomes) == [2 * number for number in range(first, first + 700)]


async def test_no_items_need_no_worker(start: Start) -> None:
    pool = await start(DOUBLE)
    assert await pool.run([]) == []


async def test_times_are_told(start: Start) -> None:
    pool = await start(NAP)
    first, second = await pool.run([0.2, 0.2])
    assert isinstance(first, Answered)
    assert isinstance(second, Answered)
    assert first.seconds >= 0.2
    assert second.queue_seconds >= 0.2


async def test_dataclasses_and_enums_cross_as_they_are(start: Start) -> None:
    targets = importlib.import_module("pool_targets")
    pool = await start(WorkerSpec("pool_targets:negate", targets.Number, targets.Number))
    outcomes = await pool.run([targets.Number(targets.Sign.PLUS, "1")])
    assert values(outcomes) == [targets.Number(targets.Sign.MINUS, "1")]


async def test_few_items_are_spread_and_workers_are_alike(start: Start) -> None:
    targets = importlib.import_module("pool_targets")
    spec = WorkerSpec(
        "pool_targets:environment",
        int,
        targets.Environment,
        preload=("colorsys",),
        warm_up="pool_targets:warm_up",
    )
    pool = await start(spec, workers=2)
    seen = values(await pool.run([0, 0]))
    assert len({worker.pid for worker in seen}) == 2
    assert {worker.text_hash for worker in seen} == {seen[0].text_hash}
    assert all(worker.hash_seed == "0" for worker in seen)
    assert all(worker.warmed and worker.preloaded for worker in seen)
    assert all(worker.niceness > os.nice(0) for worker in seen)


async def test_items_behind_a_slow_one_go_to_another_worker(start: Start) -> None:
    pool = await start(NAP, workers=2)
    slow, *quick = await pool.run([3.0, 0.0, 0.0, 0.0])
    assert isinstance(slow, Answered)
    assert max(o.queue_seconds for o in quick if isinstance(o, Answered)) < 2.5
    assert len(values(quick)) == 3


async def test_a_small_call_does_not_wait_for_a_huge_one(start: Start) -> None:
    pool = await start(NAP, workers=2)
    huge = asyncio.create_task(pool.run([0.005] * 1_000))
    await until(lambda: pool.queued > 0)
    assert len(values(await pool.run([0.005] * 4))) == 4
    assert not huge.done()
    assert pool.queued > 500
    assert len(values(await huge)) == 1_000


async def test_an_exception_costs_the_item_and_not_the_worker(start: Start) -> None:
    pool = await start(ACT)
    before = worker_processes()
    good, bad, other = await pool.run(["a", "raise", "b"])
    assert values([good, other]) == ["A", "B"]
    assert isinstance(bad, Fault)
    assert bad.kind is FaultKind.CRASHED
    assert "LookupError" in bad.detail
    assert worker_processes() == before


async def test_what_cannot_be_encoded_is_refused_at_once(start: Start) -> None:
    pool = await start(ACT)
    with pytest.raises(UnicodeEncodeError):
        await pool.run(["fine", "\ud800"])
    assert pool.queued == 0
    assert values(await pool.run(["fine"])) == ["FINE"]


async def test_an_item_of_another_type_is_a_fault_of_its_own(start: Start) -> None:
    pool = await start(DOUBLE)
    good, bad = await pool.run([1, "1"])
    assert values([good]) == [2]
    assert isinstance(bad, Fault)
    assert "ValidationError" in bad.detail


async def test_large_items_pass(start: Start) -> None:
    pool = await start(ACT, workers=2)
    texts = [chr(ord("a") + i % 26) * (1 << 20) for i in range(12)]
    assert values(await pool.run(texts)) == [text.upper() for text in texts]


async def test_a_full_queue_refuses_a_call_whole(start: Start) -> None:
    pool = await start(NAP, queue_items=4)
    with pytest.raises(PoolFull):
        await pool.run([0.0] * 5)
    running = asyncio.create_task(pool.run([0.5]))
    await until(lambda: pool.workers[WorkerState.BUSY] == 1)
    waiting = asyncio.create_task(pool.run([0.0] * 3))
    await until(lambda: pool.queued == 3)
    with pytest.raises(PoolFull):
        await pool.run([0.0] * 2)
    assert pool.queued == 3
    assert len(values(await running + await waiting)) == 4


async def test_a_cancelled_call_leaves_the_queue(start: Start) -> None:
    pool = await start(NAP)
    call = asyncio.create_task(pool.run([0.3] * 50))
    await until(lambda: pool.workers[WorkerState.BUSY] == 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert pool.queued == 0
    async with asyncio.timeout(10):
        assert len(values(await pool.run([0.0]))) == 1


async def test_what_is_not_decided_in_time_expires(start: Start) -> None:
    pool = await start(NAP)
    quick, *late = await pool.run([0.0, 1.0, 1.0], within_seconds=0.5)
    assert isinstance(quick, Answered)
    assert [o.kind for o in late if isinstance(o, Fault)] == [FaultKind.EXPIRED] * 2
    assert pool.queued == 0


async def test_each_outcome_is_told_as_it_comes(start: Start) -> None:
    pool = await start(NAP, workers=2)
    told: list[int] = []
    call = pool.run_each([2.0, 0.0, 0.1], lambda position, _: told.append(position))
    running = asyncio.create_task(call)
    await until(lambda: len(told) == 2)
    assert not running.done()
    await running
    assert sorted(told) == [0, 1, 2]
    assert told[-1] == 0


async def test_close_ends_calls_and_workers(start: Start) -> None:
    before = set(worker_processes())
    pool = await start(NAP, workers=2)
    call = asyncio.create_task(pool.run([60.0] * 10))
    await until(lambda: pool.workers[WorkerState.BUSY] == 2)
    await pool.close()
    with pytest.raises(PoolClosed):
        await call
    with pytest.raises(PoolClosed):
        await pool.run([0.0])
    assert set(worker_processes()) == before
    assert not pool.warm
    await pool.close()


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (WorkerSpec("no_such_module:f", int, int), "No module named 'no_such_module'"),
        (WorkerSpec("pool_targets:missing", int, int), "missing"),
        (WorkerSpec("pool_targets:double", int, int, preload=("nowhere",)), "nowhere"),
    ],
)
async def test_a_worker_that_cannot_start_says_why(spec: WorkerSpec[int, int], text: str) -> None:
    before = set(worker_processes())
    pool = WorkerPool(spec, PoolLimits(workers=2))
    with pytest.raises(WorkerStartError, match=text):
        await pool.start()
    assert set(worker_processes()) == before


async def test_a_worker_that_does_not_get_warm_in_time_is_an_error() -> None:
    spec = WorkerSpec("pool_targets:double", int, int, warm_up="pool_targets:hang")
    pool = WorkerPool(spec, PoolLimits(workers=1, start_seconds=0.5))
    with pytest.raises(WorkerStartError, match="not warm within"):
        await pool.start()


async def test_a_pool_without_workers_is_not_warm_and_recovers(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    gate.touch()
    monkeypatch.setenv("POOL_TEST_GATE", str(gate))
    spec = WorkerSpec("pool_targets:double", int, int, warm_up="pool_targets:warm_up_if_allowed")
    recorder = Recorder()
    pool = await start(spec, recorder)
    gate.unlink()
    worker_processes()[-1].kill()
    await until(lambda: recorder.restarts["crashed"] >= 3)
    assert not pool.warm
    call = asyncio.create_task(pool.run([1]))
    gate.touch()
    assert values(await call) == [2]
    assert pool.warm


async def test_workers_are_recycled_by_count(start: Start) -> None:
    recorder = Recorder()
    pool = await start(NAP, recorder, recycle_items=20)
    pids = values(await pool.run([0.005] * 200))
    assert len(set(pids)) >= 2
    assert recorder.restarts["recycled"] >= 1
    assert set(recorder.restarts) == {"recycled"}


async def test_workers_are_recycled_by_growth(start: Start) -> None:
    recorder = Recorder()
    spec = WorkerSpec("pool_targets:leak", int, int)
    pool = await start(spec, recorder, recycle_growth_bytes=16 << 20)
    pids: list[int] = []
    while len(set(pids)) < 2:
        assert len(pids) < 50
        pids += values(await pool.run([8]))
        await until(lambda: pool.workers[WorkerState.STARTING] == 0)
    assert set(recorder.restarts) <= {"recycled"}


async def test_the_observer_sees_queue_and_workers(start: Start) -> None:
    recorder = Recorder()
    pool = await start(NAP, recorder, workers=2)
    await pool.run([0.2] * 8)
    await until(lambda: max(recorder.depths) > 0 and 2 in recorder.states["busy"])
    assert set(recorder.states) == {"starting", "idle", "busy"}
    assert 2 in recorder.states["idle"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_workers_leave_signals_to_the_server(start: Start, number: signal.Signals) -> None:
    recorder = Recorder()
    pool = await start(NAP, recorder)
    call = asyncio.create_task(pool.run([0.3]))
    await until(lambda: pool.workers[WorkerState.BUSY] == 1)
    for process in worker_processes():
        process.send_signal(number)
    assert len(values(await call)) == 1
    assert not recorder.restarts


def test_limits_must_be_positive() -> None:
    with pytest.raises(ValueError, match="wall_seconds"):
        PoolLimits(wall_seconds=0)


async def test_workers_run_no_module_of_the_folder_they_are_started_in(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "msgspec.py").write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(TARGETS))  # an empty entry would name the folder
    pool = await start(DOUBLE, workers=1)
    assert values(await pool.run([21])) == [42]
    assert not (tmp_path / "ran").exists()
