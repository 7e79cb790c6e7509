"""How fast a proof server checks real traces: latency one by one, and throughput in batches.

    python benchmarks/proof_speed.py [FOLDER] [--traces N] [--workers N] [--in-process]

First the CPU time of each trace in this process. Then, through a server, latency of single calls on the
clock, and throughput of batches that keep all workers busy, on the clock and by the CPU time of the workers.
On a machine with other work the CPU figures are those that hold; --in-process stops after the first. Goals: p50 <= 10 ms, p99 <= 250 ms, >= 150 traces/s on 2 cores.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import psutil
from harness import service
from proof_rows import DATA, Row, read_rows

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyBatchResponse
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import Item, ProofTask, Task, Trace
from veridical.proof.trace import TraceRequest
from veridical.proof.worker import report_on, warm_up

if TYPE_CHECKING:
    from veridical.api.v1.verifier_pb2_grpc import VerifierServiceAsyncStub

_BATCH = 256


def item(number: int, row: Row) -> Item:
    """A row as an item."""
    task = Task(proof=ProofTask(problem=row.problem))
    return Item(id=str(number), task=task, trace=Trace(steps=row.steps))


def sample(folder: Path, count: int) -> list[Row]:
    """Traces of every file in turn, so many in all."""
    files = [read_rows(path) for path in sorted(folder.glob("*.jsonl"))]
    longest = max(len(rows) for rows in files)
    mixed = [rows[place] for place in range(longest) for rows in files if place < len(rows)]
    return mixed[:count]


def in_process(rows: Sequence[Row]) -> list[float]:
    """Seconds of CPU time that each trace takes here, sorted."""
    warm_up()
    seconds = []
    for row in rows:
        start = time.process_time()
        report_on(TraceRequest(row.problem, row.steps))
        seconds.append(time.process_time() - start)
    return sorted(seconds)


def workers_seconds(server: int) -> float:
    """CPU time of the worker processes of a server so far."""
    times = [child.cpu_times() for child in psutil.Process(server).children(recursive=True)]
    return sum(each.user + each.system for each in times)


async def one_by_one(stub: VerifierServiceAsyncStub, items: Sequence[Item]) -> list[float]:
    """Seconds that each item takes alone, sorted."""
    seconds = []
    for each in items:
        start = time.perf_counter()
        await stub.VerifyBatch(VerifyBatchRequest(items=[each]))
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)


async def in_batches(stub: VerifierServiceAsyncStub, items: Sequence[Item]) -> list[float]:
    """Seconds that a worker ran each item, sorted."""
    batches = [items[place : place + _BATCH] for place in range(0, len(items), _BATCH)]

    async def verify(batch: Sequence[Item]) -> VerifyBatchResponse:
        answer: VerifyBatchResponse = await stub.VerifyBatch(VerifyBatchRequest(items=batch))
        return answer

    answers = await asyncio.gather(*map(verify, batches))
    return sorted(v.timings.run_seconds for answer in answers for v in answer.verdicts)


def print_quantiles(title: str, seconds: Sequence[float]) -> None:
    """Prints quantiles in milliseconds."""
    shown = " ".join(
        f"{name} {seconds[min(len(seconds) - 1, int(len(seconds) * share))] * 1000:7.1f}"
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))
    )
    print(f"{title:34} {shown} ms")


async def measure(address: str, server: int, items: Sequence[Item], workers: int) -> None:
    """Prints the figures of a running server."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub = VerifierServiceStub(channel)
        print_quantiles("single calls, clock", await one_by_one(stub, items))
        before, start = workers_seconds(server), time.perf_counter()
        run = await in_batches(stub, items)
        wall, cpu = time.perf_counter() - start, workers_seconds(server) - before
        print_quantiles("in batches, run in a worker, clock", run)
        print(
            f"{len(items)} traces on {workers} workers: {len(items) / wall:.0f} traces/s by the clock"
        )
        print(
            f"{cpu / len(items) * 1000:.1f} ms of CPU time a trace in workers: "
            f"{workers * len(items) / cpu:.0f} traces/s where {workers} processors are free"
        )


def main() -> None:
    """Prints latency and throughput."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--traces", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--in-process", action="store_true", help="start no server")
    arguments = parser.parse_args()
    rows = sample(arguments.folder, arguments.traces)
    seconds = in_process(rows)
    print_quantiles("in this process, CPU time", seconds)
    print(f"{sum(seconds) / len(seconds) * 1000:.1f} ms of CPU time a trace on average")
    if arguments.in_process:
        return
    items = [item(number, row) for number, row in enumerate(rows)]
    with service("veridical.proof", "--workers", str(arguments.workers)) as server:
        asyncio.run(measure(server.address, server.pid, items, arguments.workers))


if __name__ == "__main__":
    main()
