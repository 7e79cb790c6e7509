"""Equal items are decided once, in a call and between calls, and each gets a verdict of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import REASON_EQUAL, REASON_INVALID_ITEM, Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyBatchResponse, VerifyRequest
from veridical.client import math_item

Start = Callable[..., Any]


class Valve:
    """An answer that is held back until it is let go; later answers come at once."""

    def __init__(self, answer: Callable[[Any, Any], VerifyBatchResponse]) -> None:
        self.opened = threading.Event()
        self._answer = answer

    def __call__(self, request: VerifyBatchRequest, context: Any) -> VerifyBatchResponse:
        assert self.opened.wait(30)
        return self._answer(request, context)


def task(gold: str) -> Task:
    return Task(math=MathTask(gold=gold))


def test_equal_items_of_a_call_are_decided_once(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)
    items = [
        math_item("1", "2", r"\boxed{2}", group="g", sample_index=0, labels={"a": "1"}),
        math_item("2", "2", r"\boxed{3}"),
        math_item("3", "2", r"\boxed{2}", group="h", sample_index=5, labels={"b": "2"}),
        Item(id="4"),
        math_item("5", "2", r"\boxed{2}"),
        math_item("6", "2", r"\boxed{3}"),
    ]
    verdicts = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.id for verdict in verdicts] == ["1", "2", "3", "4", "5", "6"]
    assert [verdict.cached for verdict in verdicts] == [False, False, True, False, True, True]
    assert [_reward(verdict) for verdict in verdicts] == [1, 0, 1, None, 1, 0]
    assert verdicts[3].reason == REASON_INVALID_ITEM
    assert [verdict.group for verdict in verdicts] == ["g", "", "h", "", "", ""]
    assert [dict(verdict.labels) for verdict in verdicts[:3]] == [{"a": "1"}, {}, {"b": "2"}]
    assert [v.sample_index if v.HasField("sample_index") else None for v in verdicts[:5]] == [
        *(0, None, 5),
        *(None, None),
    ]
    assert verdicts[2].math == verdicts[0].math
    assert math.verdicts() == 2


@pytest.mark.parametrize(
    "other",
    [
        math_item("2", "3", "2"),
        math_item("2", "2", "2 "),
        math_item("2", "2", "2", prompt="p"),
        math_item("2", "2", "2", finish_reason=FINISH_REASON_LENGTH),
        math_item("2", "2", "2", rtol=0.0),
        Item(id="2", task=task("2"), trace={"steps": ["2"]}),  # type: ignore[arg-type]
    ],
    ids=["gold", "response", "prompt", "finish reason", "policy", "trace"],
)
def test_items_that_differ_in_what_counts_are_not_equal(
    start: Start, odd: Any, other: Item
) -> None:
    backend = odd()
    gateway = start("reward", "--backends", backend.address)
    items = [math_item("1", "2", "2"), other]
    verdicts = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.cached for verdict in verdicts] == [False, False]
    assert [item.id for item in backend.requests[-1].items] == ["1", "2"]


def test_equal_tasks_are_equal_however_they_are_given(start: Start, odd: Any) -> None:
    backend = odd()
    gateway = start("reward", "--backends", backend.address)
    items = [
        Item(id="1", response="2", task_id="a"),
        Item(id="2", response="2", task_id="b"),
        Item(id="3", response="2", task_id="c"),
        math_item("4", "2", "2"),
    ]
    tasks = {"a": task("2"), "b": task("2"), "c": task("3")}
    request = VerifyBatchRequest(items=items, tasks=tasks)
    verdicts = gateway.stub.VerifyBatch(request).verdicts
    assert [verdict.cached for verdict in verdicts] == [False, True, False, True]
    (sent,) = backend.requests
    assert [item.id for item in sent.items] == ["1", "3"]
    assert dict(sent.tasks) == {"a": task("2"), "c": task("3")}


def test_equal_items_of_two_calls_are_decided_once(start: Start, odd: Any, approve: Any) -> None:
    valve = Valve(approve)
    backend = odd(valve)
    gateway = start("reward", "--backends", backend.address)
    first = gateway.stub.Verify.future(
        VerifyRequest(item=math_item("1", "2", "2", group="g", labels={"a": "1"}))
    )
    assert backend.asked.wait(30)
    second = gateway.stub.Verify.future(VerifyRequest(item=math_item("2", "2", "2")))
    _until_in_flight(gateway, 2)
    valve.opened.set()
    leader, follower = first.result(30).verdict, second.result(30).verdict
    assert len(backend.requests) == 1
    assert (leader.id, leader.group, dict(leader.labels)) == ("1", "g", {"a": "1"})
    assert (follower.id, follower.group, dict(follower.labels)) == ("2", "", {})
    assert (leader.cached, follower.cached) == (False, True)
    assert (leader.reward, follower.reward) == (1, 1)


def test_a_caller_that_leaves_takes_no_verdict_from_others(
    start: Start, odd: Any, approve: Any
) -> None:
    """What the first call asked for is called off; the second asks by itself."""
    valve = Valve(approve)
    backend = odd(valve)
    gateway = start("reward", "--backends", backend.address)
    leader = gateway.stub.Verify.future(VerifyRequest(item=math_item("1", "2", "2")))
    assert backend.asked.wait(30)
    follower = gateway.stub.Verify.future(VerifyRequest(item=math_item("2", "2", "2")))
    _until_in_flight(gateway, 2)
    leader.cancel()
    _until_in_flight(gateway, 1)
    valve.opened.set()
    verdict = follower.result(30).verdict
    assert (verdict.id, verdict.reward, verdict.cached) == ("2", 1, False)


def test_a_shorter_deadline_takes_no_verdict_from_others(start: Start, odd: Any) -> None:
    """What the first call asked for ends with its deadline; the second asks anew."""
    released = threading.Event()

    def answer_late(request: VerifyBatchRequest, context: Any) -> VerifyBatchResponse:
        if request.items[0].id == "2":
            return VerifyBatchResponse(
                verdicts=[Verdict(id="2", outcome=1, reward=1.0, reason=REASON_EQUAL)]  # type: ignore[arg-type]
            )
        released.wait(30)
        return VerifyBatchResponse()

    backend = odd(answer_late)
    gateway = start("reward", "--backends", backend.address)
    leader = gateway.stub.VerifyBatch.future(
        VerifyBatchRequest(items=[math_item("1", "2", "2")]), timeout=3
    )
    assert backend.asked.wait(30)
    follower = gateway.stub.Verify.future(VerifyRequest(item=math_item("2", "2", "2")), timeout=60)
    (late,) = leader.result(30).verdicts
    assert not late.HasField("reward")
    verdict = follower.result(60).verdict
    released.set()
    assert (verdict.id, verdict.reward) == ("2", 1)


def test_when_all_callers_leave_the_backend_is_called_off(start: Start, odd: Any) -> None:
    called_off = threading.Event()

    def wait(request: VerifyBatchRequest, context: grpc.ServicerContext) -> VerifyBatchResponse:
        context.add_callback(called_off.set)
        called_off.wait(30)
        return VerifyBatchResponse()

    backend = odd(wait)
    gateway = start("reward", "--backends", backend.address)
    call = gateway.stub.Verify.future(VerifyRequest(item=math_item("1", "2", "2")))
    assert backend.asked.wait(30)
    call.cancel()
    assert called_off.wait(30)


def test_many_calls_at_once_get_their_own_verdicts(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)

    def call(caller: int) -> list[Verdict]:
        items = [
            math_item(f"{caller}-{i}", str(i % 7), str(i % 11), group=f"g{caller}")
            for i in range(100)
        ]
        return list(gateway.stub.VerifyBatch(VerifyBatchRequest(items=items)).verdicts)

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(call, range(16)))
    for caller, verdicts in enumerate(answers):
        assert [verdict.id for verdict in verdicts] == [f"{caller}-{i}" for i in range(100)]
        assert {verdict.group for verdict in verdicts} == {f"g{caller}"}
        assert [v.reward for v in verdicts] == [float(i % 7 == i % 11) for i in range(100)]


def _reward(verdict: Verdict) -> float | None:
    return verdict.reward if verdict.HasField("reward") else None


def _until_in_flight(gateway: Any, items: int) -> None:
    while gateway.metric("veridical_items_in_flight") != items:
        pass
