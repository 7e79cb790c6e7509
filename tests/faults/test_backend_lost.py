"""A verifier behind the gateway dies: others take over, or its items wait, or are UNDECIDED."""

from __future__ import annotations

import itertools
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from veridical.api.v1.task_pb2 import OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import REASON_BACKEND_UNAVAILABLE
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item


def batch(number: int, items: int = 20) -> VerifyBatchRequest:
    """Items never seen before, half for the server and half for its workers; odd ids are wrong."""
    made = []
    for i in range(number * items, (number + 1) * items):
        if i % 4 < 2:
            made.append(math_item(str(i), str(i), str(i + i % 2)))
        else:
            gold, answer = rf"\frac{{x}}{{2}}+{i}", rf"\frac{{x+{2 * i + i % 2}}}{{2}}"
            made.append(math_item(str(i), gold, rf"\boxed{{{answer}}}"))
    return VerifyBatchRequest(items=made)


def check(request: VerifyBatchRequest, verdicts: Any) -> None:
    assert [verdict.id for verdict in verdicts] == [item.id for item in request.items]
    for verdict in verdicts:
        assert verdict.HasField("reward")
        assert verdict.reward == 1 - int(verdict.id) % 2


def test_a_killed_and_restarted_backend_answers_within_the_deadline(start_service: Any) -> None:
    math = start_service("math", "--workers", "1")
    reward = start_service("reward", "--backends", math.address)
    with grpc.insecure_channel(reward.address) as channel:
        stub = VerifierServiceStub(channel)
        request = batch(0, items=600)
        math.process.send_signal(signal.SIGSTOP)  # so that it holds the call when it is killed
        call = stub.VerifyBatch.future(request, timeout=90)
        time.sleep(0.2)  # the call is at the backend
        assert not call.done()
        math.stop(signal.SIGKILL)
        start_service("math", "--workers", "1", address=math.address)
        check(request, call.result().verdicts)


def test_a_backend_lost_for_good_leaves_its_items_undecided_in_time(start_service: Any) -> None:
    math = start_service("math", "--workers", "1")
    reward = start_service("reward", "--backends", math.address)
    with grpc.insecure_channel(reward.address) as channel:
        stub = VerifierServiceStub(channel)
        check(batch(0), stub.VerifyBatch(batch(0), timeout=60).verdicts)
        math.process.send_signal(signal.SIGSTOP)  # so that it holds the call when it is killed
        call = stub.VerifyBatch.future(batch(1, items=600), timeout=6)
        time.sleep(0.2)  # the call is at the backend
        math.stop(signal.SIGKILL)
        verdicts = call.result().verdicts
    assert len(verdicts) == 600
    for verdict in verdicts:
        assert (verdict.outcome, verdict.reason) == (OUTCOME_UNDECIDED, REASON_BACKEND_UNAVAILABLE)
        assert not verdict.HasField("reward")


def test_one_of_two_replicas_is_killed_under_load(start_service: Any) -> None:
    replicas = [start_service("math", "--workers", "1") for _ in range(2)]
    backends = ",".join(replica.address for replica in replicas)
    reward = start_service("reward", "--backends", backends)
    numbers = itertools.count()
    stop = threading.Event()

    def call_on(stub: VerifierServiceStub) -> int:
        calls = 0
        while not stop.is_set():
            request = batch(next(numbers))
            check(request, stub.VerifyBatch(request, timeout=60).verdicts)
            calls += 1
        return calls

    with grpc.insecure_channel(reward.address) as channel, ThreadPoolExecutor(4) as pool:
        stub = VerifierServiceStub(channel)
        callers = [pool.submit(call_on, stub) for _ in range(4)]
        try:
            time.sleep(2)  # load before, and load after
            replicas[0].stop(signal.SIGKILL)
            time.sleep(2)
            start_service("math", "--workers", "1", address=replicas[0].address)
            replicas[1].stop(signal.SIGTERM)
            time.sleep(2)
        finally:
            stop.set()
        assert all(caller.result() for caller in callers)
