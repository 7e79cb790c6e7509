"""What twice the load that a server can carry does to it.

The server has one processor and the load another. Goals: refusals at p99 <= 50 ms, goodput >= 90 % of
peak, recovery <= 5 s.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import grpc
from harness import RawCall, raw_batch, service

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import math_item

BATCH = 64
FITS = 8 * BATCH
PEAK_SECONDS = 10.0
OVERLOAD_SECONDS = 60.0
CALM_SECONDS = 5.0
PEAK_CALLERS = 6
PROBE_LATENCY = 3.0
TIMEOUT = 30.0
SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(slots=True)
class Seen:
    """What the callers saw."""

    answered: int = 0
    answers: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)


def batches() -> Iterator[bytes]:
    """Batches that workers decide, without end, all items distinct."""
    for first in itertools.count(1, BATCH):
        items = [
            math_item(f"{n}", f"x^2+{2 * n}x+{n * n}", f"\\boxed{{(x+{n})^2}}")
            for n in range(first, first + BATCH)
        ]
        yield VerifyBatchRequest(items=items).SerializeToString()


async def ask(call: RawCall, body: bytes, seen: Seen) -> None:
    """Sends a batch once; a refusal counts as one, any other failure ends the benchmark."""
    start = time.perf_counter()
    try:
        await call(body, timeout=TIMEOUT)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
            raise
        seen.refusals.append(time.perf_counter() - start)
    else:
        seen.answered += BATCH
        seen.answers.append(time.perf_counter() - start)


async def peak(call: RawCall, ready: Iterator[bytes], seconds: float) -> tuple[float, float]:
    """Items a second, and median seconds of a batch, with as many callers as fit."""
    seen, end = Seen(), time.perf_counter() + seconds

    async def caller() -> None:
        while time.perf_counter() < end:
            await ask(call, next(ready), seen)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(PEAK_CALLERS)))
    return seen.answered / (time.perf_counter() - start), sorted(seen.answers)[
        len(seen.answers) // 2
    ]


async def overload(call: RawCall, ready: Iterator[bytes], rate: float) -> tuple[Seen, float]:
    """Sends `rate` items a second, however they fare; gives the items answered a second as well."""
    seen, calls = Seen(), set[asyncio.Task[None]]()
    start = time.perf_counter()
    sent = 0
    while (now := time.perf_counter() - start) < OVERLOAD_SECONDS:
        while sent < now * rate / BATCH:
            calls.add(asyncio.create_task(ask(call, next(ready), seen)))
            sent += 1
        await asyncio.sleep(0.002)
        for done in [each for each in calls if each.done()]:
            done.result()
            calls.discard(done)
    answered = seen.answered / (time.perf_counter() - start)
    await asyncio.gather(*calls)
    return seen, answered


async def recovery(call: RawCall, ready: Iterator[bytes], calm: float) -> float:
    """Seconds until a batch is answered as fast as in calm times."""
    start = time.perf_counter()
    while True:
        seen, begun = Seen(), time.perf_counter()
        await ask(call, next(ready), seen)
        if seen.answers and time.perf_counter() - begun < PROBE_LATENCY * calm:
            return time.perf_counter() - start
        await asyncio.sleep(0.01)


async def measure(address: str) -> None:
    """Prints the peak, then what an overload does to it."""
    ready = batches()
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)
        await peak(call, ready, CALM_SECONDS)  # warm
        best, calm = await peak(call, ready, PEAK_SECONDS)
        seen, goodput = await overload(call, ready, 2 * best)
        back = await recovery(call, ready, calm)
    refused = sorted(seen.refusals)
    p50, p99 = (1e3 * refused[int(part * len(refused))] for part in (0.5, 0.99))
    print(f"peak {best:,.0f} items/s; overload of 2x for {OVERLOAD_SECONDS:g} s:")
    print(f"  {len(refused):,} refusals: p50 {p50:.1f} ms, p99 {p99:.1f} ms (goal 50 ms)")
    print(f"  goodput {goodput:,.0f} items/s = {100 * goodput / best:.0f} % of peak (goal 90 %)")
    print(f"  recovery {back:.2f} s (goal 5 s)")


def main() -> None:
    """Gives server and load a processor each, and measures."""
    os.sched_setaffinity(0, {SERVER_CORE})  # the server inherits it
    with service("veridical.math", "--workers", "1", "--max-items-in-flight", str(FITS)) as math:
        os.sched_setaffinity(0, {LOAD_CORE})
        asyncio.run(measure(math.address))


if __name__ == "__main__":
    main()
