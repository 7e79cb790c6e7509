"""Health answers quickly while every worker is busy and the server is full."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

FULL = 600


def test_health_is_quick_while_the_server_is_full(
    start_service: Any, connect: Callable[[str], grpc.Channel]
) -> None:
    flags = ("--workers", "2", "--cpu-seconds", "60", "--max-items-in-flight", str(FULL))
    channel = connect(start_service("math", *flags).address)
    stub, health = VerifierServiceStub(channel), HealthStub(channel)
    sums = [rf"\sum_{{n=1}}^{{\infty}}\frac{{\{name}(n)}}{{n^3+" for name in ("sin", "cos")]
    items = [
        math_item(str(i), f"{sums[0]}{i}}}", rf"\boxed{{{sums[1]}{i}}}}}") for i in range(FULL)
    ]
    work = stub.VerifyBatch.future(VerifyBatchRequest(items=items))
    _wait_until_full(stub)
    seconds = []
    for _ in range(300):
        start = time.monotonic()
        answer = health.Check(HealthCheckRequest(), timeout=30)
        seconds.append(time.monotonic() - start)
        assert answer.status == HealthCheckResponse.SERVING
    assert not work.done()
    work.cancel()
    # The target is 100 ms on a machine of its own; here others are at work, too.
    assert sorted(seconds)[int(0.99 * len(seconds))] < 1.0


def _wait_until_full(stub: Any) -> None:
    probe = VerifyBatchRequest(items=[math_item("probe", "2", "2")])
    ends = time.monotonic() + 30
    while stub.VerifyBatch.future(probe).code() is grpc.StatusCode.OK:
        assert time.monotonic() < ends
        time.sleep(0.02)
