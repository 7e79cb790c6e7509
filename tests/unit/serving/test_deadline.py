"""Calls end in time: the caller's, or the server's own cap."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from veridical.api.v1.verifier_pb2 import VerifyRequest
from veridical.client import math_item
from veridical.serving.call import Call, current_call

REQUEST = VerifyRequest(item=math_item("1", "2", "2"))


class Sleeper:
    """Sleeps for ever, and notes what it was given and how it ended."""

    def __init__(self) -> None:
        self.allowed = 0.0
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self) -> None:
        self.allowed = current_call.get().remaining()
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@pytest.fixture
async def sleeper() -> Sleeper:
    return Sleeper()


async def test_without_a_deadline_the_cap_ends_the_call(serve: Any, sleeper: Sleeper) -> None:
    served = await serve(sleeper, max_call_seconds=0.3)
    with pytest.raises(grpc.aio.AioRpcError, match=r"not answered within 0\.300 s") as ended:
        await served.stub.Verify(REQUEST)
    assert ended.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert 0 < sleeper.allowed <= 0.3
    assert sleeper.ended.is_set()


async def test_the_cap_holds_against_a_longer_deadline(serve: Any, sleeper: Sleeper) -> None:
    served = await serve(sleeper, max_call_seconds=0.3)
    with pytest.raises(grpc.aio.AioRpcError, match=r"not answered within 0\.300 s"):
        await served.stub.Verify(REQUEST, timeout=60)


async def test_a_shorter_deadline_holds_against_the_cap(serve: Any, sleeper: Sleeper) -> None:
    served = await serve(sleeper, max_call_seconds=60)
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await served.stub.Verify(REQUEST, timeout=0.5)
    assert ended.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert 0 < sleeper.allowed <= 0.51  # gRPC rounds deadlines up to three digits
    await asyncio.wait_for(sleeper.ended.wait(), 10)


async def test_a_handler_ends_when_its_caller_goes(serve: Any, sleeper: Sleeper) -> None:
    served = await serve(sleeper)
    call = served.stub.Verify(REQUEST)
    await asyncio.wait_for(sleeper.begun.wait(), 10)
    call.cancel()
    await asyncio.wait_for(sleeper.ended.wait(), 10)


async def test_a_health_watch_has_no_deadline(serve: Any) -> None:
    servicer = health.aio.HealthServicer()
    served = await serve(
        add=lambda server: health_pb2_grpc.add_HealthServicer_to_server(servicer, server),
        max_call_seconds=0.1,
    )
    watch = health_pb2_grpc.HealthStub(served.channel).Watch(health_pb2.HealthCheckRequest())
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    await asyncio.sleep(0.3)  # three times as long as a call may take
    await servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    watch.cancel()


@pytest.mark.parametrize(
    ("seconds", "items", "kept_back"),
    [
        (600, 1, 1.0502),
        (600, 5000, 2.05),
        (11, 1, 0.1502),
        (2, 16_000, 0.5),
        (0.1, 1, 0.025),
        (0, 1, 0),
        (float("inf"), 1, 0),
    ],
)
async def test_time_to_answer_is_kept_back(seconds: float, items: int, kept_back: float) -> None:
    now = asyncio.get_running_loop().time()
    call = Call("m", context=None, request=None, deadline=now + seconds)  # type: ignore[arg-type]
    assert call.work_until(items) == pytest.approx(now + seconds - kept_back, abs=0.02)
