"""Items that only workers decide: hangs, deadlines, and callers that go away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from veridical.api.v1.verdict_pb2 import (
    REASON_DEADLINE_EXCEEDED,
    REASON_EQUAL,
    REASON_OVERLOADED,
    REASON_VERIFIER_TIMEOUT,
)
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

Metric = Callable[..., float]


def hang(number: int) -> Any:
    """An item that no comparison decides: counted work ends it after a third of a second or more."""
    gold, answer = (
        rf"\sum_{{n=1}}^{{\infty}}\frac{{\{name}(n)}}{{n^3+{number}}}" for name in ("sin", "cos")
    )
    return math_item(f"hang-{number}", gold, rf"\boxed{{{answer}}}")


def in_server(count: int) -> list[Any]:
    return [math_item(f"s{i}", str(i), str(i)) for i in range(count)]


def in_worker(count: int) -> list[Any]:
    return [
        math_item(f"w{i}", rf"\frac{{x}}{{2}}+{i}", rf"\frac{{x+{2 * i}}}{{2}}")
        for i in range(count)
    ]


@pytest.fixture
def start(
    start_service: Any, connect: Callable[[str], grpc.Channel], free_port: Callable[[], int]
) -> Callable[..., Any]:
    """Starts a math server; gives its stub and its metrics port."""

    def make(*flags: str) -> tuple[VerifierServiceStub, int]:
        port = free_port()
        service = start_service("math", "--metrics-port", str(port), *flags)
        return VerifierServiceStub(connect(service.address)), port

    return make


def test_equal_pairs_of_a_batch_are_compared_once(start: Any) -> None:
    """One place in the queue is enough for what fifty responses say in other words."""
    stub, _ = start("--workers", "1", "--queue-items", "2")
    items = [
        math_item(
            str(i), r"\frac{x}{2}+1", rf"By way {i}, it is \boxed{{\frac{{x+{2 + i % 2}}}{{2}}}}."
        )
        for i in range(50)
    ]
    verdicts = stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.reward for verdict in verdicts] == [1.0, 0.0] * 25
    assert {verdict.math.extracted for verdict in verdicts[::2]} == {r"\frac{x+2}{2}"}
    distinct = [math_item(str(i), rf"\frac{{x}}{{2}}+{i}", "x/2") for i in range(3)]
    (reason,) = {v.reason for v in stub.VerifyBatch(VerifyBatchRequest(items=distinct)).verdicts}
    assert reason == REASON_OVERLOADED


def test_a_hang_costs_its_own_item_only(start: Any, metric: Metric) -> None:
    stub, port = start("--workers", "2", "--cpu-seconds", "0.1")
    items = [*in_worker(10), hang(1), *in_server(10)]
    verdicts = stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.id for verdict in verdicts] == [item.id for item in items]
    assert [verdict.reason for verdict in verdicts] == (
        [REASON_EQUAL] * 10 + [REASON_VERIFIER_TIMEOUT] + [REASON_EQUAL] * 10
    )
    hung = verdicts[10]
    assert not hung.HasField("reward")
    assert hung.math.extracted
    assert hung.timings.run_seconds > 0
    restarts = "veridical_worker_restarts_total"
    assert metric(port, restarts, verifier="math", reason="timeout") == 2
    assert stub.Verify(VerifyRequest(item=in_worker(1)[0])).verdict.reward == 1


@pytest.mark.slow
def test_what_is_decided_by_the_deadline_comes_back_in_time(start: Any, metric: Metric) -> None:
    count = 5000
    stub, port = start("--workers", "1", "--cpu-seconds", "60", "--wall-seconds", "60")
    # Each takes the worker about a second of counted work; together they take far too long.
    items = [*in_server(count), *(hang(i) for i in range(60))]
    seconds = 8.0  # ample for the decided ones on a busy machine
    start_time = time.monotonic()
    verdicts = stub.VerifyBatch(VerifyBatchRequest(items=items), timeout=seconds).verdicts
    assert time.monotonic() - start_time < seconds
    assert [verdict.reward for verdict in verdicts[:count]] == [1] * count
    late = [each for each in verdicts[count:] if each.reason == REASON_DEADLINE_EXCEEDED]
    assert len(late) > 30
    assert not any(each.HasField("reward") for each in late)
    _until(lambda: metric(port, "veridical_queue_depth") == 0)


def test_a_caller_that_goes_away_leaves_nothing_behind(start: Any, metric: Metric) -> None:
    stub, port = start("--workers", "1", "--cpu-seconds", "2")
    items = [hang(i) for i in range(40)]
    call = stub.VerifyBatch.future(VerifyBatchRequest(items=items))
    _until(lambda: metric(port, "veridical_queue_depth") > 0)
    call.cancel()
    _until(lambda: metric(port, "veridical_queue_depth") == 0)
    _until(lambda: metric(port, "veridical_items_in_flight") == 0)
    easy = in_worker(1)[0]
    verdict = stub.Verify(VerifyRequest(item=easy), timeout=30).verdict
    assert verdict.reward == 1  # forty hangs would have taken longer
    _until(lambda: metric(port, "veridical_workers", state="busy") == 0)


def test_what_does_not_fit_in_the_queue_is_overloaded(start: Any) -> None:
    stub, _ = start("--workers", "1", "--queue-items", "5")
    verdicts = stub.VerifyBatch(VerifyBatchRequest(items=[*in_worker(6), *in_server(2)])).verdicts
    assert [verdict.reason for verdict in verdicts] == [REASON_OVERLOADED] * 6 + [REASON_EQUAL] * 2
    assert not any(verdict.HasField("reward") for verdict in verdicts[:6])
    verdicts = stub.VerifyBatch(VerifyBatchRequest(items=in_worker(5))).verdicts
    assert [verdict.reward for verdict in verdicts] == [1] * 5


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)
