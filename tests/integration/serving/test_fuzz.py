"""Any message of the contract is answered, or refused as an invalid argument."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT, OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyRequest

_REWARDS = {OUTCOME_CORRECT: 1.0, OUTCOME_INCORRECT: 0.0, OUTCOME_UNDECIDED: None}
_MATH = st.sampled_from(
    [
        *(r"\boxed{", "}", r"\frac{1}{2}", r"\sqrt", "x^{2}", "####", "\n", "<think>", "</think>"),
        *("the answer is ", "A: ", "1,000", "0", "-", "%", "=", "or", "not ", "(", "]", "∞", "½"),
        "\u200b",
    ]
)
_TEXT = st.one_of(
    st.text(max_size=20),
    st.lists(_MATH, max_size=8).map("".join),
)
_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_STRING: _TEXT,
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_DOUBLE: st.floats(),
    FieldDescriptor.TYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.TYPE_ENUM: st.integers(-2, 12),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=20),
}


@st.composite
def messages(draw: st.DrawFn, kind: type[Message], depth: int = 0) -> Message:
    """A message with any of its fields set to anything."""
    message = kind()
    for field in kind.DESCRIPTOR.fields:
        if depth < 7 and draw(st.booleans()):
            _fill(draw, message, field, depth)
    return message


def _fill(draw: st.DrawFn, message: Message, field: Any, depth: int) -> None:
    target: Any = getattr(message, field.name)
    nested = field.message_type
    if nested is not None and nested.GetOptions().map_entry:
        key, value = nested.fields_by_name["key"], nested.fields_by_name["value"]
        name = draw(_SCALARS[key.type])
        if value.message_type is None:
            target[name] = draw(_SCALARS[value.type])
        else:
            target[name].CopyFrom(draw(messages(GetMessageClass(value.message_type), depth + 1)))
    elif field.is_repeated:
        for _ in range(draw(st.integers(0, 3))):
            if nested is None:
                target.append(draw(_SCALARS[field.type]))
            else:
                target.add().CopyFrom(draw(messages(GetMessageClass(nested), depth + 1)))
    elif nested is not None:
        target.CopyFrom(draw(messages(GetMessageClass(nested), depth + 1)))
    else:
        setattr(message, field.name, draw(_SCALARS[field.type]))


@st.composite
def math_items(draw: st.DrawFn) -> Item:
    """An item of any fields that reaches the math domain unless one of them is bad."""
    item = draw(messages(Item))
    assert isinstance(item, Item)
    if draw(st.booleans()):
        item.id = draw(st.text(min_size=1, max_size=5))
        item.task.math.gold = draw(_TEXT)
        item.response = draw(_TEXT)
        for field in ("sample_index", "group", "labels"):
            item.ClearField(field)
    return item


_FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_FUZZ
@given(item=math_items())
def test_any_single_item_is_answered_or_refused(math: Any, item: Item) -> None:
    call = math.Verify.future(VerifyRequest(item=item), timeout=60)
    if call.code() is grpc.StatusCode.OK:
        _check(item, call.result().verdict)
    else:
        assert call.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert str(call.details()).startswith("item.")


@_FUZZ
@given(
    items=st.lists(math_items(), max_size=5),
    request=messages(VerifyBatchRequest),
)
def test_any_batch_is_answered(math: Any, items: list[Item], request: VerifyBatchRequest) -> None:
    request.items.extend(items)
    verdicts = math.VerifyBatch(request, timeout=60).verdicts
    assert len(verdicts) == len(request.items)
    for item, verdict in zip(request.items, verdicts, strict=True):
        _check(item, verdict)


def _check(item: Item, verdict: Verdict) -> None:
    """A verdict echoes its item and has a reward exactly where it was decided."""
    assert verdict.id == item.id
    assert verdict.group == item.group
    assert dict(verdict.labels) == dict(item.labels)
    assert verdict.HasField("sample_index") == item.HasField("sample_index")
    assert verdict.sample_index == item.sample_index
    reward = verdict.reward if verdict.HasField("reward") else None
    assert reward == _REWARDS[verdict.outcome]
    assert verdict.reason
    assert len(verdict.detail.encode()) <= 4096
