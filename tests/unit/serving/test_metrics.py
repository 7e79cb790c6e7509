"""Metrics: names, labels, and counts that are right after a known mix of calls."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from prometheus_client import generate_latest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, Task
from veridical.api.v1.verdict_pb2 import REASON_EQUAL
from veridical.api.v1.verifier_pb2 import DescribeRequest, VerifyBatchRequest, VerifyRequest
from veridical.client import math_item
from veridical.serving.metrics import ServerMetrics

METHOD = "/veridical.api.v1.VerifierService/Verify"
LABELS = {
    "grpc_server_started_total": {"grpc_service", "grpc_method", "grpc_type"},
    "grpc_server_handled_total": {"grpc_service", "grpc_method", "grpc_type", "grpc_code"},
    "grpc_server_handling_seconds_count": {"grpc_service", "grpc_method", "grpc_type"},
    "veridical_verdicts_total": {"verifier", "kind", "outcome", "reason"},
    "veridical_verify_seconds_count": {"verifier", "stage"},
    "veridical_worker_restarts_total": {"verifier", "reason"},
    "veridical_workers": {"verifier", "state"},
    "veridical_queue_depth": {"verifier"},
    "veridical_items_in_flight": {"verifier"},
    "veridical_build_info": {"verifier", "version"},
}


@pytest.fixture
def metrics() -> ServerMetrics:
    made = ServerMetrics("math", "1.2.3")
    made.call_started(METHOD)
    made.call_handled(METHOD, grpc.StatusCode.OK, 0.1)
    made.verdicts({("math", OUTCOME_CORRECT, REASON_EQUAL): 2})
    made.stage("run").observe(0.1)
    made.workers("busy", 3)
    made.queue_depth(5)
    made.worker_restarted("timeout")
    return made


def samples(metrics: ServerMetrics) -> dict[str, set[str]]:
    return {
        sample.name: set(sample.labels) - {"le"}
        for family in metrics.registry.collect()
        for sample in family.samples
    }


def test_names_and_labels_are_those_of_the_contract(metrics: ServerMetrics) -> None:
    found = samples(metrics)
    assert {name: found[name] for name in LABELS} == LABELS


def test_no_series_is_doubled_by_a_time_of_creation(metrics: ServerMetrics) -> None:
    assert "_created" not in generate_latest(metrics.registry).decode()


def test_values(metrics: ServerMetrics) -> None:
    value = metrics.registry.get_sample_value
    verdict = {"verifier": "math", "kind": "math", "outcome": "correct", "reason": "equal"}
    assert value("veridical_verdicts_total", verdict) == 2
    assert value("veridical_workers", {"verifier": "math", "state": "busy"}) == 3
    assert value("veridical_queue_depth", {"verifier": "math"}) == 5
    restarts = {"verifier": "math", "reason": "timeout"}
    assert value("veridical_worker_restarts_total", restarts) == 1
    assert value("veridical_build_info", {"verifier": "math", "version": "1.2.3"}) == 1


def test_a_reason_of_a_later_version_is_counted_too() -> None:
    metrics = ServerMetrics("reward", "0")
    metrics.verdicts({("math", 77, 9999): 1})
    labels = {"verifier": "reward", "kind": "math", "outcome": "unknown", "reason": "unknown"}
    assert metrics.registry.get_sample_value("veridical_verdicts_total", labels) == 1


async def test_counts_after_a_known_mix(serve: Any) -> None:
    served = await serve()
    good = [math_item(str(i), "2", "2") for i in range(3)]
    code = Item(id="c", response="2", task=Task(code=CodeTask()))
    await served.stub.VerifyBatch(VerifyBatchRequest(items=[*good, code, Item(id="bad")]))
    await served.stub.Verify(VerifyRequest(item=good[0]))
    with pytest.raises(grpc.aio.AioRpcError):
        await served.stub.Verify(VerifyRequest())
    await served.stub.Describe(DescribeRequest())
    assert _verdicts(served) == {
        ("math", "correct", "equal"): 4,
        ("none", "undecided", "invalid_item"): 2,
        ("none", "undecided", "unsupported_task"): 1,
    }
    assert _handled(served) == {
        ("VerifyBatch", "OK"): 1,
        ("Verify", "OK"): 1,
        ("Verify", "INVALID_ARGUMENT"): 1,
        ("Describe", "OK"): 1,
    }


def _verdicts(served: Any) -> dict[tuple[str, str, str], float]:
    return {
        (sample.labels["kind"], sample.labels["outcome"], sample.labels["reason"]): sample.value
        for family in served.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "veridical_verdicts_total"
    }


def _handled(served: Any) -> dict[tuple[str, str], float]:
    return {
        (sample.labels["grpc_method"], sample.labels["grpc_code"]): sample.value
        for family in served.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "grpc_server_handled_total"
    }
