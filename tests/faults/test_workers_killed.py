"""Workers of the math server die under load: no wrong verdict, no lost reply."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import psutil

from veridical.api.v1.verdict_pb2 import REASON_EQUAL, REASON_NOT_EQUAL
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

SECONDS = 30
CALLERS = 4
BATCH = 16


def batch(number: int) -> VerifyBatchRequest:
    """Pairs that only workers decide, none of them seen before; every third is unequal."""
    first = number * BATCH
    return VerifyBatchRequest(
        items=[
            math_item(
                str(i),
                rf"\frac{{x}}{{2}}+{i}",
                rf"\boxed{{\frac{{x+{2 * i + (i % 3 == 0)}}}{{2}}}}",
            )
            for i in range(first, first + BATCH)
        ]
    )


def test_a_worker_killed_each_second_costs_no_verdict(start_service: Any) -> None:
    math = start_service("math", "--workers", "2")
    reward = start_service("reward", "--backends", math.address)
    numbers = itertools.count()
    stop = threading.Event()

    def call_on(stub: VerifierServiceStub) -> int:
        calls = 0
        while not stop.is_set():
            request = batch(next(numbers))
            verdicts = stub.VerifyBatch(request, timeout=60).verdicts
            assert [verdict.id for verdict in verdicts] == [item.id for item in request.items]
            for verdict in verdicts:
                unequal = int(verdict.id) % 3 == 0
                expected = REASON_NOT_EQUAL if unequal else REASON_EQUAL
                assert (verdict.reason, verdict.reward) == (expected, float(not unequal))
            calls += 1
        return calls

    with grpc.insecure_channel(reward.address) as channel, ThreadPoolExecutor(CALLERS) as pool:
        stub = VerifierServiceStub(channel)
        callers = [pool.submit(call_on, stub) for _ in range(CALLERS)]
        try:
            killed = _kill_workers(math.process.pid)
        finally:
            stop.set()
        calls = [caller.result() for caller in callers]
    assert all(calls)
    assert killed > SECONDS // 2


def _kill_workers(server: int) -> int:
    """Kills a worker each second; gives how many there were to kill."""
    killed = 0
    for second in range(SECONDS):
        workers = psutil.Process(server).children()
        if workers:
            workers[second % len(workers)].kill()
            killed += 1
        time.sleep(1)  # the rate of the fault
    return killed
