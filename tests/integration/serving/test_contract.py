"""The contract of VerifierService as a math server keeps it: items, bounds, echoes, statuses."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from veridical.api.v1.code_pb2 import CodeTask
from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, FINISH_REASON_STOP, Item, Trace
from veridical.api.v1.math_pb2 import Extraction, MathTask
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    Task,
)
from veridical.api.v1.verdict_pb2 import (
    REASON_EQUAL,
    REASON_INVALID_ITEM,
    REASON_NO_ANSWER,
    REASON_NOT_EQUAL,
    REASON_RESPONSE_TOO_LARGE,
    REASON_TRUNCATED,
    REASON_UNSUPPORTED_TASK,
    Verdict,
)
from veridical.api.v1.verifier_pb2 import DescribeRequest, VerifyBatchRequest, VerifyRequest
from veridical.client import math_item

MIB = 1 << 20


@pytest.fixture
def batch(math: Any) -> Any:
    """Gives the verdicts on items."""

    def call(*items: Item, **tasks: Task) -> list[Verdict]:
        return list(math.VerifyBatch(VerifyBatchRequest(items=items, tasks=tasks)).verdicts)

    return call


def math_task(**fields: Any) -> Task:
    return Task(math=MathTask(**fields))


def test_an_empty_batch_has_no_verdicts(batch: Any) -> None:
    assert batch() == []


def test_order_and_echoes(batch: Any) -> None:
    items = [
        math_item("c", "2", "2", group="g", sample_index=0, labels={"model": "m", "é": ""}),
        math_item("a", "2", "3"),
        math_item("b", "2", "2", sample_index=7),
    ]
    verdicts = batch(*items)
    assert [verdict.id for verdict in verdicts] == ["c", "a", "b"]
    assert [verdict.group for verdict in verdicts] == ["g", "", ""]
    assert [verdict.HasField("sample_index") for verdict in verdicts] == [True, False, True]
    assert [verdict.sample_index for verdict in verdicts] == [0, 0, 7]
    assert dict(verdicts[0].labels) == {"model": "m", "é": ""}
    assert not verdicts[1].labels


def test_a_reward_is_there_only_where_there_is_a_decision(batch: Any) -> None:
    right, wrong, undecided = batch(
        math_item("1", "2", "2"), math_item("2", "2", "3"), math_item("3", "", "3")
    )
    assert (right.outcome, right.reason, right.reward) == (OUTCOME_CORRECT, REASON_EQUAL, 1.0)
    assert (wrong.outcome, wrong.reason) == (OUTCOME_INCORRECT, REASON_NOT_EQUAL)
    assert wrong.HasField("reward")
    assert wrong.reward == 0.0
    assert undecided.outcome == OUTCOME_UNDECIDED
    assert not undecided.HasField("reward")


def test_a_verdict_says_who_decided_and_how_long_it_took(math: Any, batch: Any) -> None:
    (verdict,) = batch(math_item("1", "2", "2"))
    assert verdict.verifier == math.Describe(DescribeRequest()).verifier
    assert verdict.verifier.name == "math"
    assert verdict.timings.total_seconds > 0
    assert not verdict.cached


def test_describe_says_kinds_limits_versions_and_defaults(math: Any) -> None:
    described = math.Describe(DescribeRequest())
    assert list(described.kinds) == ["math"]
    assert described.limits.max_response_bytes == MIB
    assert described.limits.max_message_bytes == 64 * MIB
    assert described.limits.max_batch_items == 16_384
    assert described.limits.max_items_in_flight == 65_536
    assert described.limits.max_call_seconds == 600
    assert {"sympy", "math-verify", "python"} <= set(described.library_versions)
    assert described.defaults["units"] == "optional"


def test_a_bad_item_spoils_itself_only(batch: Any) -> None:
    good = math_item("good", "2", "2")
    cases = {
        "id": math_item("good", "2", "2"),  # the id is taken
        "content": Item(id="no-content", task=good.task),
        "task": Item(id="no-task", response="2"),
        "task_id": Item(id="no-entry", response="2", task_id="t"),
        "sample_index": math_item("index", "2", "2", sample_index=-1),
    }
    first, *bad, last = batch(good, *cases.values(), math_item("last", "2", "2"))
    assert (first.reward, last.reward) == (1, 1)
    for field, verdict in zip(cases, bad, strict=True):
        assert (verdict.outcome, verdict.reason) == (OUTCOME_UNDECIDED, REASON_INVALID_ITEM)
        assert verdict.detail.startswith(f"{field}: ")
        assert not verdict.HasField("reward")


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (Item(), "item.id"),
        (Item(id="1", response="2", task_id="t"), "item.task_id"),
        (Item(id="1", response="2", task=math_task(gold="2", rtol=2)), "item.task.math.rtol"),
    ],
)
def test_a_single_bad_item_is_an_invalid_argument(math: Any, item: Item, field: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        math.Verify(VerifyRequest(item=item))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    status = rpc_status.from_call(refused.value)
    violations = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(violations)
    assert [violation.field for violation in violations.field_violations] == [field]


def test_a_missing_item_is_an_invalid_argument(math: Any) -> None:
    with pytest.raises(grpc.RpcError, match=r"item\.id"):
        math.Verify(VerifyRequest())


@pytest.mark.parametrize(
    ("field", "policy"),
    [
        ("rtol", {"rtol": -0.1}),
        ("rtol", {"rtol": 1.1}),
        ("rtol", {"rtol": float("nan")}),
        ("atol", {"atol": -1.0}),
        ("atol", {"atol": float("inf")}),
        ("atol", {"atol": float("nan")}),
        ("percent", {"percent": 99}),
        ("units", {"units": -1}),
        ("order", {"order": 5}),
        ("extraction", {"extraction": [1, 77]}),
        ("extraction", {"extraction": [0]}),
        ("gold", {"gold": "é" * 32_769}),
    ],
)
def test_a_policy_out_of_its_bounds_is_named(
    batch: Any, field: str, policy: dict[str, Any]
) -> None:
    task = math_task(**{"gold": "2", **policy})
    (verdict,) = batch(Item(id="1", response="2", task=task))
    assert verdict.reason == REASON_INVALID_ITEM
    assert verdict.detail.startswith(f"task.math.{field}: ")


def test_a_policy_at_its_bounds_is_applied_and_echoed(batch: Any) -> None:
    task = math_task(gold="10", rtol=1.0, atol=0.0, extraction=[Extraction.EXTRACTION_BARE])
    (verdict,) = batch(Item(id="1", response="19", task=task))
    assert verdict.reward == 1
    policy = verdict.math.policy
    assert (policy.rtol, policy.HasField("atol"), policy.gold) == (1.0, True, "")


def test_a_table_of_tasks_is_used_by_its_keys(batch: Any) -> None:
    verdicts = batch(
        Item(id="1", response="2", task_id="two"),
        Item(id="2", response="2", task_id="three"),
        Item(id="3", response="3", task_id="three"),
        two=math_task(gold="2"),
        three=math_task(gold="3"),
    )
    assert [verdict.reward for verdict in verdicts] == [1, 0, 1]


def test_a_kind_that_is_not_served_is_undecided(math: Any, batch: Any) -> None:
    item = Item(id="1", response="2", task=Task(code=CodeTask()))
    (verdict,) = batch(item)
    assert (verdict.outcome, verdict.reason) == (OUTCOME_UNDECIDED, REASON_UNSUPPORTED_TASK)
    assert math.Verify(VerifyRequest(item=item)).verdict.reason == REASON_UNSUPPORTED_TASK


@pytest.mark.parametrize("filler", ["a", "é", "🙂"])
def test_the_longest_response_is_one_mebibyte_of_utf8(batch: Any, filler: str) -> None:
    answer = r" \boxed{2}"
    longest = filler * ((MIB - len(answer)) // len(filler.encode())) + answer
    longest = " " * (MIB - len(longest.encode())) + longest
    assert len(longest.encode()) == MIB
    fits, too_long = batch(math_item("1", "2", longest), math_item("2", "2", longest + "."))
    assert (fits.reason, fits.reward) == (REASON_EQUAL, 1)
    assert (too_long.reason, too_long.reward) == (REASON_RESPONSE_TOO_LARGE, 0)
    assert too_long.outcome == OUTCOME_INCORRECT


def test_a_trace_is_judged_as_the_text_of_its_steps(batch: Any) -> None:
    task = math_task(gold="2")
    verdicts = batch(
        Item(id="1", task=task, trace=Trace(steps=["First, 1.", r"Then \boxed{2}."])),
        Item(id="2", task=task, trace=Trace(steps=[r"\boxed{2}", r"No: \boxed{3}"])),
        Item(id="3", task=task, trace=Trace()),
        Item(id="4", task=task, trace=Trace(steps=["x" * MIB, "x"])),
    )
    assert [verdict.reason for verdict in verdicts[:1]] == [REASON_EQUAL]
    assert [verdict.reward for verdict in verdicts] == [1, 0, 0, 0]
    assert verdicts[2].reason == REASON_NO_ANSWER
    assert verdicts[3].reason == REASON_RESPONSE_TOO_LARGE


def test_a_response_cut_off_by_length_holds_no_open_answer(batch: Any) -> None:
    cut, stopped, closed = batch(
        math_item("1", "12", "The answer is 12", finish_reason=FINISH_REASON_LENGTH),
        math_item("2", "12", "The answer is 12", finish_reason=FINISH_REASON_STOP),
        math_item("3", "12", r"\boxed{12} and", finish_reason=FINISH_REASON_LENGTH),
    )
    assert (cut.outcome, cut.reason) == (OUTCOME_INCORRECT, REASON_TRUNCATED)
    assert (stopped.reward, closed.reward) == (1, 1)


def test_an_item_that_needs_a_worker_is_decided_with_its_evidence(math: Any) -> None:
    response = r"So it is \boxed{\frac{x+2}{2}}."
    item = math_item("1", r"\frac{x}{2}+1", response)
    verdict = math.Verify(VerifyRequest(item=item)).verdict
    evidence = verdict.math
    assert (verdict.outcome, verdict.reward) == (OUTCOME_CORRECT, 1)
    assert response[evidence.answer_start : evidence.answer_end] == evidence.extracted
    assert evidence.extraction == Extraction.EXTRACTION_BOXED
    assert evidence.rule
    assert verdict.timings.run_seconds > 0


def test_a_message_above_the_bound_is_refused(math: Any) -> None:
    items = [math_item(str(i), "2", "x" * MIB) for i in range(64)]
    with pytest.raises(grpc.RpcError) as refused:
        math.VerifyBatch(VerifyBatchRequest(items=items))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    trailers = [pair.key for pair in refused.value.trailing_metadata()]
    assert "grpc-retry-pushback-ms" not in trailers
    assert len(math.VerifyBatch(VerifyBatchRequest(items=items[:60])).verdicts) == 60


def test_a_batch_of_too_many_items_names_the_field(math: Any) -> None:
    items = [Item(id=str(i)) for i in range(16_385)]
    with pytest.raises(grpc.RpcError, match="items: 16385 items, at most 16384") as refused:
        math.VerifyBatch(VerifyBatchRequest(items=items))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_batch_of_the_most_items_is_answered(math: Any) -> None:
    items = [Item(id=str(i)) for i in range(16_384)]
    verdicts = math.VerifyBatch(VerifyBatchRequest(items=items)).verdicts
    assert [verdict.id for verdict in verdicts] == [item.id for item in items]
    assert {verdict.reason for verdict in verdicts} == {REASON_INVALID_ITEM}
