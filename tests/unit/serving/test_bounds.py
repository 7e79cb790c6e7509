"""Messages of too many fields are found before they are parsed."""

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from veridical.api.v1.item_pb2 import Item, Trace
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import AllTask, Task
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.serving import bounds
from veridical.serving.bounds import has_too_many_fields, input_of

BATCH = VerifyBatchRequest.DESCRIPTOR
MANY = 100


@pytest.fixture(autouse=True)
def _count_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SMALL_BYTES", 0)


BOMBS = {
    "items": VerifyBatchRequest(items=[Item()] * MANY),
    "tasks": VerifyBatchRequest(tasks={str(i): Task() for i in range(MANY)}),
    "labels": VerifyBatchRequest(items=[Item(labels={str(i): "" for i in range(MANY)})]),
    "steps": VerifyBatchRequest(items=[Item(trace=Trace(steps=[""] * MANY))]),
    "parts": VerifyBatchRequest(items=[Item(task=Task(all=AllTask(tasks=[Task()] * MANY)))]),
    "packed": VerifyBatchRequest(items=[Item(task=Task(math=MathTask(extraction=[1] * MANY)))]),
}


@pytest.mark.parametrize("name", BOMBS)
def test_many_fields_are_found_wherever_they_are(name: str) -> None:
    data = BOMBS[name].SerializeToString()
    assert has_too_many_fields(data, BATCH, MANY - 1)
    assert not has_too_many_fields(data, BATCH, 4 * MANY)


def test_long_texts_are_one_field() -> None:
    item = Item(id="1", response="\x0a\x00" * 10_000, task=Task(math=MathTask(gold="1")))
    data = VerifyBatchRequest(items=[item]).SerializeToString()
    assert not has_too_many_fields(data, BATCH, 6)
    assert has_too_many_fields(data, BATCH, 5)


@given(st.binary(max_size=200))
def test_what_is_no_message_is_left_to_the_parser(data: bytes) -> None:
    try:
        VerifyBatchRequest.FromString(data)
    except DecodeError:
        has_too_many_fields(data, BATCH, 1)
    else:
        assert not has_too_many_fields(data, BATCH, 400)


def test_small_messages_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SMALL_BYTES", 1000)
    assert not has_too_many_fields(BOMBS["items"].SerializeToString(), BATCH, 1)


def test_methods_are_known_by_their_path() -> None:
    assert input_of("/veridical.api.v1.VerifierService/VerifyBatch") is BATCH
    assert input_of("/a/b") is None
