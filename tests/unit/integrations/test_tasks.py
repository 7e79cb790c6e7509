from __future__ import annotations

import logging
import pickle
from typing import Any

import pytest

from veridical.client import AllTask, ConfigurationError, FormatTask, PercentPolicy, Task, math_task
from veridical.integrations.tasks import TaskOf, all_of, math_gold, task_column, task_for

BOXED = Task(format=FormatTask(boxed_answer=True))


@pytest.mark.parametrize("column", ["gold", "answer", "solution", "ground_truth"])
def test_the_gold_is_found_in_its_usual_columns(column: str) -> None:
    assert math_gold()({"prompt": "1 + 1", column: "2"}) == math_task("2")


def test_a_named_column_wins_over_the_usual_ones() -> None:
    assert math_gold("value")({"answer": "1", "value": "2"}) == math_task("2")


@pytest.mark.parametrize(
    ("value", "gold"),
    [("1/2", "1/2"), (72, "72"), (0.5, "0.5"), (None, ""), ("", ""), ("a\ud800", "a\ufffd")],
)
def test_golds_are_texts_and_numbers(value: Any, gold: str) -> None:
    assert math_gold("answer")({"answer": value}) == math_task(gold)


def test_the_policy_reaches_the_task() -> None:
    task = math_gold(rtol=0.01, percent=PercentPolicy.PERCENT_POLICY_SIGN_OPTIONAL)
    assert task({"gold": "10%"}).math.rtol == 0.01
    assert task({"gold": "10%"}).math.percent == PercentPolicy.PERCENT_POLICY_SIGN_OPTIONAL


@pytest.mark.parametrize(
    ("task", "row", "problem"),
    [
        (
            math_gold(),
            {"prompt": "", "label": "2"},
            r"none of .*'answer'.* in \['label', 'prompt'\]",
        ),
        (math_gold(), {"answer": "2", "solution": "so 2"}, r"\['answer', 'solution'\] could each"),
        (math_gold("gold"), {"answer": "2"}, r"no column 'gold' in \['answer'\]"),
        (math_gold(), {"answer": ["2"]}, "column 'answer' holds a list"),
        (math_gold(), {"answer": True}, "column 'answer' holds a bool"),
        (task_column(), {"task": {"math": {}}}, "column 'task' holds a dict"),
        (task_column(), {"answer": "2"}, r"no column 'task' in \['answer'\]"),
    ],
)
def test_a_dataset_that_does_not_fit_is_refused(
    task: TaskOf, row: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        task(row)


def test_a_column_may_hold_tasks() -> None:
    row = {"check": '{"math": {"gold": "1/2", "rtol": 0.1}}'}
    assert task_column("check")(row) == math_task("1/2", rtol=0.1)


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "1", '{"maths": {}}', '{"math": {"gold": 7}}', '{"math": {"gold": "\\ud800"}}'],
)
def test_an_unreadable_task_spoils_its_own_item_only(
    text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not task_column()({"task": text}).WhichOneof("kind")
    assert "column 'task' holds no task" in caplog.text


def test_all_of_takes_tasks_and_columns() -> None:
    task = all_of(math_gold("answer"), BOXED)({"answer": "2"})
    assert task == Task(all=AllTask(tasks=[math_task("2"), BOXED]))


def test_one_task_may_serve_every_row() -> None:
    assert task_for(BOXED, {}) is BOXED
    assert task_for(math_gold(), {"gold": "2"}) == math_task("2")


def test_tasks_of_rows_travel_between_processes() -> None:
    task: TaskOf = pickle.loads(pickle.dumps(all_of(math_gold(rtol=0.1), task_column(), BOXED)))
    row = {"gold": "2", "task": '{"math": {"gold": "3"}}'}
    parts = [math_task("2", rtol=0.1), math_task("3"), BOXED]
    assert task(row) == Task(all=AllTask(tasks=parts))
