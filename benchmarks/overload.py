"""What twice the load that a server can carry does to it.

The server and its worker have one processor and the load another. The server takes as many items at once
as it decides in two seconds, so that it is they who are waited for after the load has gone. The speed of a
shared machine drifts by a tenth within minutes: the peak of a round is the mean of what is measured just before
its overload and just after it, and the median of the rounds counts.
Goals: refusals at p99 <= 50 ms, goodput >= 90 % of peak, recovery <= 5 s.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import grpc
from harness import RawCall, Service, raw_batch, service

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import math_item

BATCH = 64
BATCHES = 256
BY_WORKERS = 8
"""One in so many items is decided by a worker, the others by the server itself."""
WORK_SECONDS = 2.0
"""The work that fits."""
PEAK_SECONDS = 10.0
OVERLOAD_SECONDS = 60.0
ROUNDS = 3
CALM_SECONDS = 5.0
PEAK_CALLERS = 6
PROBE_LATENCY = 3.0
TIMEOUT = 120.0


@dataclass(slots=True)
class Seen:
    """What the callers saw."""

    answered: int = 0
    answers: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Steady:
    """What callers get where all fits."""

    rate: float
    """Items a second."""
    latency: float
    """Median seconds of a batch."""


def batches() -> Iterator[bytes]:
    """Batches without end; all items of one differ."""
    made = []
    for first in range(1, BATCHES * BATCH, BATCH):
        items = [item(n) for n in range(first, first + BATCH)]
        made.append(VerifyBatchRequest(items=items).SerializeToString())
    return itertools.cycle(made)


def item(n: int) -> Item:
    """An item whose answer is right."""
    if n % BY_WORKERS:
        return math_item(f"{n}", f"{n}", f"So it is \\boxed{{{n}}}.")
    return math_item(f"{n}", f"x^2+{2 * n}x+{n * n}", f"\\boxed{{(x+{n})^2}}")


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


async def steady(call: RawCall, ready: Iterator[bytes], callers: int, seconds: float) -> Steady:
    """What so many callers get, who send one batch after the other."""
    seen, end = Seen(), time.perf_counter() + seconds

    async def caller() -> None:
        while time.perf_counter() < end:
            await ask(call, next(ready), seen)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return Steady(seen.answered / (time.perf_counter() - start), statistics.median(seen.answers))


async def overload(
    call: RawCall, ready: Iterator[bytes], rate: float
) -> tuple[Seen, set[asyncio.Task[None]]]:
    """Sends `rate` items a second, however they fare; gives the calls left at the end as well."""
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
    return seen, calls


async def recovery(call: RawCall, ready: Iterator[bytes], calm: float) -> float:
    """Seconds until a batch is answered as fast as in calm times."""
    start = time.perf_counter()
    while True:
        seen, begun = Seen(), time.perf_counter()
        await ask(call, next(ready), seen)
        if seen.answers and time.perf_counter() - begun < PROBE_LATENCY * calm:
            return begun - start
        await asyncio.sleep(0.01)


async def measure_peak(address: str) -> float:
    """Items a second where nothing is refused."""
    async with grpc.aio.insecure_channel(address) as channel:
        return (await steady(raw_batch(channel), batches(), PEAK_CALLERS, CALM_SECONDS)).rate


@dataclass(frozen=True, slots=True)
class Round:
    """What one overload did."""

    goodput: float
    """Items a second, as a part of the peak."""
    refusal_p50: float
    refusal_p99: float
    recovery: float
    """Seconds until a batch is answered as in calm times."""


async def measure(address: str) -> None:
    """Prints what each overload does, and the medians."""
    ready = batches()
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)
        await steady(call, ready, PEAK_CALLERS, CALM_SECONDS)  # warm
        calm = await steady(call, ready, 1, CALM_SECONDS)
        print(f"calm: one caller has a batch in {1e3 * calm.latency:.0f} ms")
        rounds = [await one_round(call, ready, calm.latency) for _ in range(ROUNDS)]
    goodput, p99, back = (
        statistics.median(getattr(each, name) for each in rounds)
        for name in ("goodput", "refusal_p99", "recovery")
    )
    print(f"median of {ROUNDS} overloads of 2x for {OVERLOAD_SECONDS:g} s:")
    print(f"  refusals p99 {1e3 * p99:.1f} ms (goal 50 ms)")
    print(f"  goodput {100 * goodput:.0f} % of peak (goal 90 %)")
    print(f"  recovery {back:.2f} s (goal 5 s)")


async def one_round(call: RawCall, ready: Iterator[bytes], calm: float) -> Round:
    """Measures the peak, an overload, and the peak again."""
    before = await steady(call, ready, PEAK_CALLERS, PEAK_SECONDS)
    seen, left = await overload(call, ready, 2 * before.rate)
    back = await recovery(call, ready, calm)
    await asyncio.gather(*left)
    after = await steady(call, ready, PEAK_CALLERS, PEAK_SECONDS)
    refused = sorted(seen.refusals)
    p50, p99 = (refused[int(part * len(refused))] for part in (0.5, 0.99))
    goodput = seen.answered / OVERLOAD_SECONDS
    found = Round(2 * goodput / (before.rate + after.rate), p50, p99, back)
    print(
        f"peak {before.rate:,.0f} and {after.rate:,.0f} items/s, overloaded {goodput:,.0f}"
        f" = {100 * found.goodput:.0f} %; {len(refused):,} refusals: p50 {1e3 * p50:.1f} ms,"
        f" p99 {1e3 * p99:.1f} ms; recovery {back:.2f} s",
        flush=True,
    )
    return found


def main() -> None:
    """Gives server and load a processor each, and measures."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        sys.exit("the load generator needs a processor of its own")
    with server(cores) as math:
        peak = asyncio.run(measure_peak(math.address))
    fits = max(PEAK_CALLERS, round(WORK_SECONDS * peak / BATCH)) * BATCH
    with server(cores, "--max-items-in-flight", str(fits)) as math:
        asyncio.run(measure(math.address))


@contextlib.contextmanager
def server(cores: Sequence[int], *flags: str) -> Iterator[Service]:
    """A math server with one worker on the first processor; this process goes to the second."""
    os.sched_setaffinity(0, cores[:1])  # what is started inherits it
    with service("veridical.math", "--workers", "1", *flags) as started:
        os.sched_setaffinity(0, cores[1:2])
        yield started


if __name__ == "__main__":
    main()
