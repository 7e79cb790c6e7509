"""Which backend gets which item, and how answers come together again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.proof_pb2 import ProofTask
from veridical.api.v1.task_pb2 import OUTCOME_UNDECIDED, Task
from veridical.api.v1.verdict_pb2 import REASON_INVALID_ITEM, REASON_UNSUPPORTED_TASK
from veridical.api.v1.verifier_pb2 import DescribeRequest, VerifyBatchRequest, VerifyRequest
from veridical.client import math_item

Start = Callable[..., Any]
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def code(number: int) -> Item:
    return Item(id=f"c{number}", response=str(number), task=Task(code=CodeTask()))


def test_each_kind_goes_to_the_backend_that_described_it(start: Start, odd: Any) -> None:
    math, coder = odd(kinds=["math"]), odd(kinds=["code"])
    gateway = start("reward", "--backends", f"{math.address},{coder.address}")
    _until_described(gateway, 2)
    items = [math_item("m0", "2", "2"), code(0), Item(id="bad"), code(1), math_item("m1", "3", "3")]
    verdicts = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.id for verdict in verdicts] == [item.id for item in items]
    assert [verdict.HasField("reward") for verdict in verdicts] == [True, True, False, True, True]
    assert [[item.id for item in request.items] for request in math.requests] == [["m0", "m1"]]
    assert [[item.id for item in request.items] for request in coder.requests] == [["c0", "c1"]]


def test_a_kind_that_nobody_serves_is_unsupported(start: Start, odd: Any) -> None:
    gateway = start("reward", "--backends", odd().address)
    items = [
        Item(id="p", response="2", task=Task(proof=ProofTask())),
        math_item("m", "2", "2"),
    ]
    proof, math = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert (proof.outcome, proof.reason) == (OUTCOME_UNDECIDED, REASON_UNSUPPORTED_TASK)
    assert not proof.HasField("reward")
    assert math.reward == 1


def test_a_large_batch_is_split_and_merged_in_order(start: Start, odd: Any) -> None:
    backend = odd()
    flags = ("--backends", backend.address, "--backend-batch-items", "100")
    gateway = start("reward", *flags)
    tasks = {str(k): Task(math=MathTask(gold=str(k))) for k in range(3)}
    items = [Item(id=f"i{i}", response=f"r{i}", task_id=str(i % 3)) for i in range(1050)]
    request = VerifyBatchRequest(items=items, tasks=tasks)
    verdicts = gateway.stub.VerifyBatch(request).verdicts
    assert [verdict.id for verdict in verdicts] == [item.id for item in items]
    sizes = sorted(len(request.items) for request in backend.requests)
    assert sizes == [50] + [100] * 10
    assert all(dict(request.tasks) == tasks for request in backend.requests)


def test_an_unused_task_is_not_sent_on(start: Start, odd: Any) -> None:
    backend = odd()
    gateway = start("reward", "--backends", backend.address)
    tasks = {key: Task(math=MathTask(gold=key)) for key in "ab"}
    item = Item(id="1", response="2", task_id="a")
    gateway.stub.VerifyBatch(VerifyBatchRequest(items=[item], tasks=tasks))
    assert set(backend.requests[0].tasks) == {"a"}


def test_order_holds_in_a_mix_of_good_bad_and_equal_items(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)
    items = []
    for i in range(300):
        items.append(
            [
                math_item(str(i), str(i % 5), str(i % 3)),
                Item(id=str(i)),
                math_item(str(i), "2", "2", rtol=-1.0),
                Item(id=str(i), response="2", task_id="none"),
                math_item("0", "2", "2"),
            ][i % 5]
        )
    verdicts = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.id for verdict in verdicts] == [item.id for item in items]
    for i, verdict in enumerate(verdicts):
        if i % 5:
            assert verdict.reason == REASON_INVALID_ITEM
            field = ["", "content", "task.math.rtol", "task_id", "id"][i % 5]
            assert verdict.detail.startswith(f"{field}: ")
        else:
            assert verdict.reward == float(i % 5 == i % 3)


def test_a_bad_policy_is_an_invalid_argument_through_the_gateway(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)
    with pytest.raises(grpc.RpcError, match=r"item\.task\.math\.rtol: ") as refused:
        gateway.stub.Verify(VerifyRequest(item=math_item("1", "2", "2", rtol=5.0)))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_verdict_names_the_verifier_that_decided(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)
    described = gateway.stub.Describe(DescribeRequest())
    assert described.verifier.name == "reward"
    assert [backend.verifier.name for backend in described.backends] == ["math"]
    assert "math" in described.kinds
    verdict = gateway.stub.Verify(VerifyRequest(item=math_item("1", "2", "2"))).verdict
    assert verdict.verifier == described.backends[0].verifier


def test_trace_context_goes_from_the_caller_to_the_verifier(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)
    gateway.stub.Verify(
        VerifyRequest(item=math_item("1", "2", "2")), metadata=(("traceparent", TRACE),)
    )
    for peer, method in ((gateway, "Verify"), (math, "VerifyBatch")):
        assert peer.service.stop() == 0
        lines = [json.loads(line) for line in peer.service.log.read_text().splitlines()]
        traced = [line for line in lines if line.get("traceparent") == TRACE]
        assert [line["method"].rpartition("/")[2] for line in traced] == [method]


def _until_described(gateway: Any, backends: int) -> None:
    while len(gateway.stub.Describe(DescribeRequest()).backends) != backends:
        pass
