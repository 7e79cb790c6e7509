"""A caller far above its share beside one below it, both in need of workers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import grpc

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

GREEDY_CALLS, BATCHES, BATCH = 20, 4, 32
SLOWER = 6.0
"""Where calls are served in the order of their coming it is about twenty; on a calm machine two."""


def batches() -> Iterator[VerifyBatchRequest]:
    """Batches of items that are all different, and that workers must compare."""
    numbers = itertools.count()
    while True:
        several = itertools.islice(numbers, BATCH)
        yield VerifyBatchRequest(
            items=[
                math_item(str(i), rf"\frac{{x}}{{2}}+{i}", rf"\boxed{{(x+{2 * i})/2}}")
                for i in several
            ]
        )


async def send(stub: Any, ready: Iterator[VerifyBatchRequest], caller: str) -> float:
    start = time.perf_counter()
    metadata = (("veridical-caller", caller),)
    response = await stub.VerifyBatch(next(ready), metadata=metadata, timeout=60)
    assert {verdict.reward for verdict in response.verdicts} == {1.0}
    return time.perf_counter() - start


async def test_a_greedy_caller_does_not_slow_a_modest_one(math_address: str) -> None:
    ready = batches()

    async def forever(stub: Any) -> None:
        while True:
            await send(stub, ready, "greedy")

    async def modest(stub: Any) -> float:
        times = []
        for _ in range(BATCHES):
            times.append(await send(stub, ready, "modest"))
        return median(times)

    own = [("grpc.use_local_subchannel_pool", 1)]
    async with (
        grpc.aio.insecure_channel(math_address, options=own) as one,
        grpc.aio.insecure_channel(math_address, options=own) as other,
    ):
        stub = VerifierServiceStub(one)
        alone = await modest(stub)
        load = [
            asyncio.create_task(forever(VerifierServiceStub(other))) for _ in range(GREEDY_CALLS)
        ]
        await asyncio.sleep(0.5)
        beside = await modest(stub)
        for task in load:
            task.cancel()
        ended = await asyncio.gather(*load, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended
    assert beside <= SLOWER * alone, f"{alone:.4f} s alone, {beside:.4f} s beside"
