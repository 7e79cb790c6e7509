"""How much one caller at ten times its share slows another.

The modest caller sends a batch, waits for its answer, pauses as long, and so uses less than the half
that is its share; the greedy one keeps twenty batches in flight. Goal: the modest caller's batches
take at most twice as long as alone. Measured for items that a math server decides on its event loop,
for the same through the gateway, and for items that workers compare.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator
from statistics import median

import grpc
from harness import RawCall, gateway_and_math, raw_batch

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import math_item

BATCH = 64
GREEDY = 20
SECONDS = 5.0
START_SECONDS = 2.0

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


async def greedy(address: str, name: str, make: Make) -> None:
    """Keeps `GREEDY` batches in flight, without end."""
    ready = batches(make, itertools.count(10**9))
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)

        async def forever() -> None:
            while True:
                await send(call, name, next(ready))

        await asyncio.gather(*(forever() for _ in range(GREEDY)))


def run_greedy(address: str, name: str, make: Make) -> None:
    """Entry of the greedy caller's process: a caller of its own costs the modest one no time."""
    asyncio.run(greedy(address, name, make))


async def measure(address: str, make: Make, name: str) -> tuple[float, float]:
    """The modest caller's median time alone, and beside a greedy one of that name."""
    ready = batches(make, itertools.count(1))
    spawn = multiprocessing.get_context("spawn")
    beside = spawn.Process(target=run_greedy, args=(address, name, make), daemon=True)
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)
        alone = await modest(call, ready)
        beside.start()
        try:
            await asyncio.sleep(START_SECONDS)
            assert beside.is_alive()
            return alone, await modest(call, ready)
        finally:
            beside.terminate()
            beside.join()


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
