"""The bound on items in flight: who is refused, who is exempt, and that slots come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    VerifyBatchRequest,
    VerifyRequest,
    VerifyStreamRequest,
)
from veridical.client import math_item

BOUND = 4


class Gate:
    """Holds calls in their handler until it opens."""

    def __init__(self) -> None:
        self.inside = 0
        self._entered = asyncio.Condition()
        self._open = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> None:
        async with self._entered:
            self.inside += 1
            self._entered.notify_all()
        await self._open.wait()
        if self.error is not None:
            raise self.error

    async def wait_for(self, calls: int) -> None:
        async with self._entered:
            await asyncio.wait_for(self._entered.wait_for(lambda: self.inside == calls), 10)

    def open(self, error: Exception | None = None) -> None:
        self.error = error
        self._open.set()


@pytest.fixture
async def gate() -> Gate:
    return Gate()


def batch(count: int) -> VerifyBatchRequest:
    return VerifyBatchRequest(items=[math_item(str(i), "2", "2") for i in range(count)])


def add_health(server: grpc.aio.Server) -> None:
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)


async def code(call: Any) -> grpc.StatusCode:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.fixture
async def full(serve: Any, gate: Gate) -> Any:
    """A server whose places are all taken, by `full.holder`."""
    served = await serve(gate, add_health, max_items_in_flight=BOUND)
    served.holder = served.stub.VerifyBatch(batch(BOUND))
    await gate.wait_for(1)
    return served


async def test_beyond_the_bound_calls_are_refused_whole(serve: Any, gate: Gate) -> None:
    served = await serve(gate, max_items_in_flight=BOUND)
    first = served.stub.VerifyBatch(batch(3))
    await gate.wait_for(1)
    assert await code(served.stub.VerifyBatch(batch(2))) is grpc.StatusCode.RESOURCE_EXHAUSTED
    second = served.stub.Verify(VerifyRequest(item=batch(1).items[0]))
    await gate.wait_for(2)
    assert served.value("veridical_items_in_flight", verifier="approver") == BOUND
    assert await code(served.stub.VerifyBatch(batch(1))) is grpc.StatusCode.RESOURCE_EXHAUSTED
    gate.open()
    assert len((await first).verdicts) == 3
    assert (await second).verdict.reward == 1


async def test_health_and_describe_are_exempt(full: Any) -> None:
    status = await health_pb2_grpc.HealthStub(full.channel).Check(health_pb2.HealthCheckRequest())
    assert status.status == health_pb2.HealthCheckResponse.SERVING
    described = await full.stub.Describe(DescribeRequest())
    assert described.limits.max_items_in_flight == BOUND
    assert list((await full.stub.VerifyBatch(batch(0))).verdicts) == []


@pytest.mark.parametrize("end", ["success", "error", "cancel", "deadline"])
async def test_slots_come_back(serve: Any, gate: Gate, end: str) -> None:
    served = await serve(gate, max_items_in_flight=BOUND)
    timeout = 0.2 if end == "deadline" else None
    holder = served.stub.VerifyBatch(batch(BOUND), timeout=timeout)
    await gate.wait_for(1)
    if end == "cancel":
        holder.cancel()
    elif end != "deadline":
        gate.open(ValueError() if end == "error" else None)
    await asyncio.wait([asyncio.ensure_future(_ended(holder))])
    await _until(lambda: served.value("veridical_items_in_flight", verifier="approver") == 0)
    gate.open()
    assert await code(served.stub.VerifyBatch(batch(BOUND))) is grpc.StatusCode.OK


async def test_small_calls_leave_room_for_a_stream_that_waits(serve: Any, gate: Gate) -> None:
    """Otherwise it would wait for as long as such calls come, each of which would fit."""
    served = await serve(gate, max_items_in_flight=BOUND)
    holder = served.stub.VerifyBatch(batch(2))
    await gate.wait_for(1)
    stream = served.stub.VerifyStream()
    await stream.write(VerifyStreamRequest(items=batch(3).items))
    refused = grpc.StatusCode.RESOURCE_EXHAUSTED
    async with asyncio.timeout(10):
        while await code(served.stub.VerifyBatch(batch(1), timeout=0.2)) is not refused:
            pass  # admitted, and held at the gate until its deadline
    gate.open()
    async with asyncio.timeout(10):
        assert len((await stream.read()).verdicts) == 3
    await holder
    assert await code(served.stub.VerifyBatch(batch(BOUND))) is grpc.StatusCode.OK


@pytest.mark.parametrize("bound", ["max_batch_items", "max_items_in_flight"])
async def test_a_batch_above_the_bound_names_items(serve: Any, bound: str) -> None:
    """A batch that could never be admitted is not told to come again."""
    served = await serve(**{bound: 3})
    assert (await served.stub.Describe(DescribeRequest())).limits.max_batch_items == 3
    with pytest.raises(grpc.aio.AioRpcError, match="items: 4 items, at most 3 a call") as refused:
        await served.stub.VerifyBatch(batch(4))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert len((await served.stub.VerifyBatch(batch(3))).verdicts) == 3


async def _ended(call: Any) -> None:
    try:
        await call
    except (grpc.aio.AioRpcError, asyncio.CancelledError):
        return


async def _until(condition: Callable[[], bool]) -> None:
    ends = asyncio.get_running_loop().time() + 10
    while not condition():
        assert asyncio.get_running_loop().time() < ends
        await asyncio.sleep(0.01)
