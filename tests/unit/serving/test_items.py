"""Every bound that the contract sets on an item."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from google.protobuf.json_format import ParseDict

from veridical.api.v1.item_pb2 import Item, Trace
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, Task
from veridical.serving.errors import InvalidArgument
from veridical.serving.items import longer_than, task_of, too_large

LIMIT = 64


def item(**fields: object) -> Item:
    """An item in the JSON form, good but for the fields given; None leaves a field out."""
    good = {"id": "1", "response": "2", "task": {"math": {"gold": "2"}}}
    merged = {key: value for key, value in {**good, **fields}.items() if value is not None}
    return ParseDict(merged, Item())


def nested(levels: int, wrap: Callable[[Task], Task]) -> Task:
    task = Task()
    task.math.gold = "2"
    for _ in range(levels):
        task = wrap(task)
    return task


def all_of(task: Task) -> Task:
    outer = Task()
    outer.all.tasks.append(task)
    return outer


def inverse(task: Task) -> Task:
    outer = Task()
    outer.control.inverse.CopyFrom(task)
    return outer


def bad_field(made: Item, tasks: dict[str, Task] | None = None) -> str:
    with pytest.raises(InvalidArgument) as refusal:
        task_of(made, tasks or {}, LIMIT)
    return refusal.value.field


@pytest.mark.parametrize(
    "made",
    [
        item(id="i" * 256),
        item(id="é" * 128),
        item(group="g" * 256),
        item(prompt="p" * LIMIT),
        item(sample_index=0),
        item(sample_index=2**31 - 1),
        item(labels={str(i): "v" * 256 for i in range(32)}),
        item(labels={"k" * 256: ""}),
        item(response=""),
        item(response=None, trace={"steps": []}),
        item(finish_reason="FINISH_REASON_LENGTH"),
    ],
)
def test_what_is_within_its_bounds_passes(made: Item) -> None:
    assert task_of(made, {}, LIMIT).math.gold == "2"


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ("id", item(id=None)),
        ("id", item(id="i" * 257)),
        ("id", item(id="é" * 129)),
        ("content", item(response=None)),
        ("group", item(group="g" * 257)),
        ("group", item(group="é" * 129)),
        ("prompt", item(prompt="p" * (LIMIT + 1))),
        ("sample_index", item(sample_index=-1)),
        ("labels", item(labels={str(i): "" for i in range(33)})),
        ("labels", item(labels={"k" * 257: ""})),
        ("labels", item(labels={"k": "é" * 129})),
        ("task", item(task=None)),
        ("task", item(task={})),
        ("task.all.tasks", item(task={"all": {}})),
        ("task.all.tasks", item(task={"all": {"tasks": [{"math": {"gold": "2"}}] * 17}})),
        ("task.all.tasks[1]", item(task={"all": {"tasks": [{"math": {"gold": "2"}}, {}]}})),
        ("task.control.inverse", item(task={"control": {"inverse": {}}})),
    ],
)
def test_what_is_not_is_named(field: str, made: Item) -> None:
    assert bad_field(made) == field


@pytest.mark.parametrize(
    ("wrap", "times", "path"),
    [
        (all_of, 4, ".all.tasks[0]"),
        (inverse, 4, ".control.inverse"),
        (lambda task: all_of(inverse(task)), 2, ".all.tasks[0].control.inverse"),
    ],
)
def test_tasks_nest_four_deep(wrap: Callable[[Task], Task], times: int, path: str) -> None:
    fits = Item(id="1", response="2", task=nested(times, wrap))
    assert task_of(fits, {}, LIMIT) == fits.task
    too_deep = Item(id="1", response="2", task=nested(times + 1, wrap))
    assert bad_field(too_deep) == "task" + path * times


def test_a_control_without_nesting_has_no_depth() -> None:
    deep = nested(4, all_of)
    innermost = deep
    while innermost.WhichOneof("kind") == "all":
        innermost = innermost.all.tasks[0]
    innermost.control.constant = OUTCOME_CORRECT
    assert task_of(Item(id="1", response="2", task=deep), {}, LIMIT) == deep


def test_a_task_id_is_looked_up() -> None:
    tasks = {"t": nested(0, all_of), "": nested(0, all_of), "x" * 257: nested(0, all_of)}
    named = Item(id="1", response="2", task_id="t")
    assert task_of(named, tasks, LIMIT) == tasks["t"]
    assert bad_field(Item(id="1", response="2", task_id="u"), tasks) == "task_id"


@pytest.mark.parametrize("key", ["", "x" * 257])
def test_the_key_of_a_task_has_bounds(key: str) -> None:
    named = Item(id="1", response="2", task_id=key)
    assert bad_field(named, {key: nested(0, all_of)}) == "task_id"


def test_the_table_is_checked_like_an_inline_task() -> None:
    named = Item(id="1", response="2", task_id="t")
    assert bad_field(named, {"t": Task()}) == "task"


@pytest.mark.parametrize(
    ("text", "too_long"),
    [
        ("", False),
        ("a" * 64, False),
        ("a" * 65, True),
        ("é" * 32, False),
        ("é" * 33, True),
        ("🙂" * 16, False),
        ("🙂" * 17, True),
    ],
)
def test_lengths_count_bytes(text: str, too_long: bool) -> None:
    assert longer_than(text, LIMIT) is too_long
    assert too_large(Item(response=text), LIMIT) is too_long


@pytest.mark.parametrize(
    ("steps", "too_long"),
    [
        ([], False),
        (["a" * 32, "a" * 32], False),
        (["a" * 32, "a" * 33], True),
        (["é" * 16, "é" * 16], False),
        (["é" * 16, "é" * 17], True),
    ],
)
def test_the_steps_of_a_trace_count_together(steps: list[str], too_long: bool) -> None:
    assert too_large(Item(trace=Trace(steps=steps)), LIMIT) is too_long
