"""Items a second through the gateway, all distinct and decided without a worker.

Prints items/s in batches of 256, and the gateway's CPU time an item in batches of 64.
Goals: at least 15,000 items/s on 2 cores; at most 30 us of gateway CPU an item.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from harness import Service, gateway_and_math, raw_batch

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT, Task
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyBatchResponse

ITEMS = 100_000
_FILLER = "First we add the parts, then we take what was sold from what there was. " * 4


@dataclass(frozen=True, slots=True)
class Rate:
    """What one pass measured: per second, and CPU microseconds an item."""

    items_per_second: float
    gateway_us: float
    math_us: float


def requests(items: int, batch: int, salt: str) -> list[bytes]:
    """Batches of distinct items, every third of them wrong, ready to send."""
    made = []
    for start in range(0, items, batch):
        numbers = range(start, min(start + batch, items))
        made.append(VerifyBatchRequest(items=[_item(n, salt) for n in numbers]))
    return [request.SerializeToString() for request in made]


def _item(number: int, salt: str) -> Item:
    answer = number if number % 3 else number + 1
    response = f"{_FILLER}\nSo for {salt} we get {number}.\nThe answer is \\boxed{{{answer}}}."
    return Item(id=str(number), task=Task(math=MathTask(gold=str(number))), response=response)


async def drive(address: str, bodies: Sequence[bytes], in_flight: int) -> list[bytes]:
    """Sends all bodies with so many in flight; gives the replies in order."""
    replies = [b""] * len(bodies)
    places = iter(range(len(bodies)))
    options = [("grpc.max_receive_message_length", -1)]
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        call = raw_batch(channel)

        async def worker() -> None:
            for place in places:
                replies[place] = await call(bodies[place], timeout=300)

        await asyncio.gather(*(worker() for _ in range(in_flight)))
    return replies


def check(replies: Sequence[bytes], items: int) -> None:
    """Raises unless every verdict is right."""
    number = 0
    for reply in replies:
        for verdict in VerifyBatchResponse.FromString(reply).verdicts:
            expected = OUTCOME_CORRECT if number % 3 else OUTCOME_INCORRECT
            assert (verdict.id, verdict.outcome) == (str(number), expected), verdict
            number += 1
    assert number == items


def measure(reward: Service, math: Service, batch: int, in_flight: int, salt: str) -> Rate:
    """One pass over all items."""
    bodies = requests(ITEMS, batch, salt)
    start, gateway, verifier = time.perf_counter(), reward.cpu_seconds(), math.cpu_seconds()
    replies = asyncio.run(drive(reward.address, bodies, in_flight))
    seconds = time.perf_counter() - start
    gateway, verifier = reward.cpu_seconds() - gateway, math.cpu_seconds() - verifier
    check(replies, ITEMS)
    return Rate(ITEMS / seconds, 1e6 * gateway / ITEMS, 1e6 * verifier / ITEMS)


def main() -> None:
    """Prints the figures of both batch sizes, the best of three passes each."""
    with gateway_and_math() as (reward, math):
        for batch in (256, 64):
            passes = [measure(reward, math, batch, 8, f"{batch}-{n}") for n in range(3)]
            best = max(passes, key=lambda rate: rate.items_per_second)
            gateway_us = min(rate.gateway_us for rate in passes)
            print(
                f"batches of {batch}: {best.items_per_second:,.0f} items/s, "
                f"gateway {gateway_us:.1f} us CPU an item, math {best.math_us:.1f} us"
            )


if __name__ == "__main__":
    main()
