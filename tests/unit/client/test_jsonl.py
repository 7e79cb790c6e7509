from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.client import (
    BadValueError,
    InvalidRequestError,
    Item,
    MalformedLineError,
    Outcome,
    Reason,
    UnknownFieldError,
    Verdict,
    item_from_json,
    item_to_json,
    math_item,
    verdict_from_json,
    verdict_to_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "task",
                    "task_id",
                    "taskId",
                    "math",
                    "all",
                    "tasks",
                    "gold",
                    "percent",
                    "rtol",
                    "extraction",
                    "response",
                    "trace",
                    "steps",
                    "sample_index",
                    "finish_reason",
                    "labels",
                    "control",
                    "inverse",
                    "constant",
                    "code",
                    "asserts",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.text(max_size=9), st.text(max_size=30), st.integers(0, 9), st.floats(0, 1))
def test_items_survive(name, text, index, rtol):
    item = math_item(name, text, text, sample_index=index, labels={name: text}, rtol=rtol)
    line = item_to_json(item)
    assert "\n" not in line
    assert "\r" not in line
    assert item_from_json(line) == item_from_json(line.encode()) == item


def test_the_form_is_that_of_the_files():
    line = item_to_json(math_item("7", "½", r"so \boxed{0.5}", sample_index=0))
    assert line == (
        '{"id": "7", "task": {"math": {"gold": "½"}}, '
        '"response": "so \\\\boxed{0.5}", "sample_index": 0}'
    )
    verdict = Verdict(
        id="7", outcome=Outcome.OUTCOME_INCORRECT, reward=0, reason=Reason.REASON_NOT_EQUAL
    )
    assert json.loads(verdict_to_json(verdict)) == {
        "id": "7",
        "outcome": "OUTCOME_INCORRECT",
        "reward": 0.0,
        "reason": "REASON_NOT_EQUAL",
    }
    assert verdict_from_json(verdict_to_json(verdict)) == verdict


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('"id"', "no JSON object"),
        ('{"id": "1"} x', "no JSON"),
        ('{"id": "1", "id": "2"}', "'id' comes twice"),
        ('{"task": {"math": {"gold": "1", "gold": "1"}}}', "'gold' comes twice"),
        ('{"sample_index": NaN}', "NaN"),
        (b'{"id": "\xff"}', "no JSON"),
        ('{"sample_index": ' + "9" * 5000 + "}", "no JSON"),
        ('{"id": ' + "[" * 100_000, "no JSON"),
        ('{"task": {"control": ' + '{"inverse": {"control": ' * 60 + "{}" + "}" * 122, "deep"),
    ],
)
def test_lines_that_are_no_objects_are_malformed(line, text):
    with pytest.raises(MalformedLineError, match=text):
        item_from_json(line)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"golf": 1}, "golf"),
        ({"task": {"math": {"golf": 1}}}, "task.math.golf"),
        ({"task": {"all": {"tasks": [{"math": {}}, {"golf": 1}]}}}, "task.all.tasks[1].golf"),
        ({"id": 7, "task": {"math": {"gold": 1, "golf": 1}}}, "task.math.golf"),
        ({"[veridical.x]": 1}, "[veridical.x]"),
        ({"": 1}, ""),
    ],
)
def test_unknown_fields_are_told_by_their_path(value, path):
    with pytest.raises(UnknownFieldError) as caught:
        item_from_json(json.dumps(value))
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"id": 7}, "id"),
        ({"task": "x"}, "task"),
        ({"task": [5]}, "task"),
        ({"task": {"math": {"gold": 1}}}, "task.math.gold"),
        ({"task": {"math": {"percent": "PERCENT_POLICY_GOLF"}}}, "task.math.percent"),
        ({"task": {"math": {"rtol": "much"}}}, "task.math.rtol"),
        ({"task": {"math": {"extraction": "EXTRACTION_BOXED"}}}, "task.math.extraction"),
        ({"task": {"math": {"extraction": ["GOLF"]}}}, "task.math.extraction[0]"),
        ({"task": {"all": {"tasks": [{}, {"math": {"gold": 1}}]}}}, "task.all.tasks[1].math.gold"),
        ({"task": {"all": {"tasks": {}}}}, "task.all.tasks"),
        ({"task": {"all": {"tasks": [{}, 3]}}}, "task.all.tasks[1]"),
        ({"task": {"math": {}, "code": {}}}, "task.code"),
        ({"response": "x", "trace": {}}, "trace"),
        ({"sample_index": 2.5}, "sample_index"),
        ({"sample_index": 2**40}, "sample_index"),
        ({"labels": {"a": 1}}, "labels.a"),
        ({"labels": ["a"]}, "labels"),
        ({"finish_reason": {}}, "finish_reason"),
    ],
)
def test_bad_values_are_told_by_their_path(value, path):
    with pytest.raises(BadValueError) as caught:
        item_from_json(json.dumps({"id": "a", **value}))
    assert caught.value.path == path
    assert caught.value.item_id == ("" if path == "id" else "a")
    assert str(caught.value).startswith(path)
    assert len(caught.value.problem) < 300


def _limits(**values):
    return {"task": {"code": {"limits": values}}}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (_limits(memory_mib=2.5), "memory_mib: must be a whole number, not 2.5"),
        (_limits(memory_mib=True), "memory_mib: must be a whole number, not true"),
        (_limits(memory_mib=10**20), "a whole number from -2147483648 to 2147483647, not 1000"),
        (_limits(cpu_seconds="long"), 'cpu_seconds: must be a finite number, not "long"'),
        (_limits(cpu_seconds=1e999), "cpu_seconds: must be a finite number, not Infinity"),
        ({"task": {"code": {"calls": {"cases": "x"}}}}, 'calls.cases: must be a list, not "x"'),
        ({"task": {"code": {"calls": {"cases": [None]}}}}, "cases[0]: must be an object, not null"),
        ({"task": {"code": {"limits": []}}}, "task.code.limits: must be an object, not []"),
        ({"task": {"code": {"limits": ""}}}, 'task.code.limits: must be an object, not ""'),
        ({"task": {"all": {"tasks": [{}, {"code": []}]}}}, "tasks[1].code: must be an object"),
        ({"task": {"all": {"tasks": [[]]}}}, "task.all.tasks[0]: must be an object, not []"),
        ({"labels": []}, "labels: must be an object, not []"),
        ({"labels": {"m": "x", "n": 5}}, "labels.n: must be a string, not 5"),
        ({"trace": {"steps": ["a", 5]}}, "trace.steps[1]: must be a string, not 5"),
    ],
)
def test_bad_values_are_told_with_what_is_wanted(value, told):
    line = json.dumps({"id": "a", **value}).replace("Infinity", "1e999")
    with pytest.raises(BadValueError) as caught:
        item_from_json(line)
    assert told in str(caught.value)
    assert caught.value.item_id == "a"


def test_null_is_what_is_left_out():
    assert item_from_json('{"id": "a", "task": null}') == Item(id="a")


@given(st.dictionaries(st.sampled_from(["id", "task", "response", "labels", "trace"]), JSON) | JSON)
def test_any_json_is_an_item_or_a_fault_of_its_line(value):
    try:
        item = item_from_json(json.dumps(value))
    except InvalidRequestError:
        return
    assert item_from_json(item_to_json(item)) == item


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_line_is_an_item_or_a_fault(line):
    with contextlib.suppress(InvalidRequestError):
        assert isinstance(item_from_json(line), Item)


def test_lone_surrogates_are_replaced():
    item = item_from_json(
        r'{"id": "a\ud800", "labels": {"\udfff": "\ud83d\ude00"}, "response": "x"}'
    )
    assert (item.id, dict(item.labels)) == ("a\ufffd", {"\ufffd": "\N{GRINNING FACE}"})
    assert item_from_json('{"id": "a\ud800"}').id == "a\ufffd"


def test_numbers_of_enums_and_both_spellings_of_names_are_read():
    item = item_from_json('{"id": "a", "taskId": "t", "finishReason": 2, "sampleIndex": 0}')
    assert (item.task_id, item.finish_reason, item.sample_index) == ("t", 2, 0)


def test_verdicts_from_a_newer_server_are_read():
    verdict = verdict_from_json(
        '{"id": "a", "outcome": "OUTCOME_MAYBE", "reason": 999, "novelty": {"x": 1}, "reward": 0.0}'
    )
    assert verdict == Verdict(id="a", reason=999, reward=0.0)
    assert verdict_from_json(verdict_to_json(verdict)) == verdict


@pytest.mark.parametrize("line", ["", "[]", '{"id": 7}', '{"evidence"', '{"id": "a", "id": "a"}'])
def test_lines_that_are_no_verdicts_are_malformed(line):
    with pytest.raises(MalformedLineError):
        verdict_from_json(line)
