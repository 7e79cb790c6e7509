"""How much one caller at ten times its share slows another.

The modest caller sends a batch, waits for its answer, pauses as long, and so uses less than the half
that is its share; the greedy one keeps twenty batches in flight. Goal: the modest caller's batches
take at most twice as long as alone. Measured for items that a math server decides on its event loop,
for the same through the gateway, and for items that workers compare.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator
from statistics import median

import grpc
from harness import RawCall, gateway_and_math, raw_batch

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import math_item

BATCH = 64
GREEDY = 20
SECONDS = 5.0

Make = Callable[[int], Item]


def easy(number: int) -> Item:
    """An item that is decided by its text."""
    return math_item(str(number), str(number), rf"So it is \boxed{{{number}}}")


def hard(number: int) -> Item:
    """An item that a worker compares."""
    return math_item(str(number), rf"\frac{{x}}{{2}}+{number}", rf"\boxed{{(x+{2 * number})/2}}")


def batches(make: Make, numbers: Iterator[int]) -> Iterator[bytes]:
    """Batches of distinct items, without end, so that neither cache nor dedupe helps."""
    while True:
        items = [make(next(numbers)) for _ in range(BATCH)]
        yield VerifyBatchRequest(items=items).SerializeToString()


async def send(call: RawCall, caller: str, batch: bytes) -> float:
    """Sends one batch and gives the seconds it took."""
    start = time.perf_counter()
    await call(batch, metadata=(("veridical-caller", caller),), timeout=120)
    return time.perf_counter() - start


async def modest(call: RawCall, ready: Iterator[bytes]) -> float:
    """The median time of the modest caller's batches."""
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 5:
        times.append(await send(call, "modest", next(ready)))
        await asyncio.sleep(times[-1])
    return median(times)


@contextlib.asynccontextmanager
async def greedy(call: RawCall, name: str, ready: Iterator[bytes]) -> AsyncIterator[None]:
    """Keeps `GREEDY` batches in flight."""

    async def forever() -> None:
        while True:
            await send(call, name, next(ready))

    tasks = [asyncio.create_task(forever()) for _ in range(GREEDY)]
    await asyncio.sleep(1)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended


async def measure(address: str, make: Make, name: str) -> tuple[float, float]:
    """The modest caller's median time alone, and beside a greedy one of that name."""
    ready = batches(make, itertools.count(1))
    own = [("grpc.use_local_subchannel_pool", 1)]
    async with (
        grpc.aio.insecure_channel(address, options=own) as mine,
        grpc.aio.insecure_channel(address, options=own) as theirs,
    ):
        alone = await modest(raw_batch(mine), ready)
        async with greedy(raw_batch(theirs), name, ready):
            beside = await modest(raw_batch(mine), ready)
    return alone, beside


def main() -> None:
    """Prints the times, with the callers told apart and, for comparison, not."""
    with gateway_and_math("--workers", "2") as (reward, math):
        for server, make, title in (
            (math, easy, "math, in the server"),
            (reward, easy, "gateway and math, in the server"),
            (math, hard, "math, in workers"),
        ):
            for name in ("greedy", "modest"):
                alone, beside = asyncio.run(measure(server.address, make, name))
                told = "told apart" if name == "greedy" else "taken for one"
                print(
                    f"{title}, {told}: {1e3 * alone:.1f} ms alone, {1e3 * beside:.1f} ms beside "
                    f"{GREEDY} batches: {beside / alone:.1f} times as long"
                )


if __name__ == "__main__":
    main()
