from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.client import (
    Extraction,
    FinishReason,
    Item,
    MathTask,
    Outcome,
    PercentPolicy,
    Reason,
    Task,
    math_item,
    outcome_name,
    reason_name,
    scrub,
)

# Surrogates come seldom by themselves.
WILD_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]))
# Two halves that belong together are a character of UTF-16, and no lone surrogates.
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def test_a_full_item():
    item = math_item(
        "7",
        "1/2",
        "0.5",
        prompt="What is half?",
        group="g",
        sample_index=0,
        finish_reason=FinishReason.FINISH_REASON_LENGTH,
        labels={"model": "m"},
        percent=PercentPolicy.PERCENT_POLICY_VALUE,
        rtol=0.0,
        extraction=[Extraction.EXTRACTION_BOXED],
    )
    assert item == Item(
        id="7",
        task=Task(
            math=MathTask(gold="1/2", percent=1, rtol=0.0, extraction=[Extraction.EXTRACTION_BOXED])
        ),
        response="0.5",
        prompt="What is half?",
        group="g",
        sample_index=0,
        finish_reason=FinishReason.FINISH_REASON_LENGTH,
        labels={"model": "m"},
    )
    assert item.HasField("sample_index")
    assert item.task.math.HasField("rtol")


def test_what_is_not_given_is_absent():
    item = math_item("7", "1", "")
    assert not item.HasField("sample_index")
    assert not item.task.math.HasField("rtol")
    assert item.WhichOneof("content") == "response"


def test_unknown_policies_are_refused():
    with pytest.raises(ValueError, match="golf"):
        math_item("7", "1", "1", golf=1)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"id": 7}, "id must be a str, not int"),
        ({"gold": 7}, "gold must be a str, not int"),
        ({"response": None}, "response must be a str, not NoneType"),
        ({"prompt": ["p"]}, "prompt must be a str, not list"),
        ({"group": b"g"}, "group must be a str, not bytes"),
        ({"labels": {"step": 3}}, "labels['step'] must be a str, not int"),
        ({"labels": {3: "step"}}, "a name in labels must be a str, not int"),
        ({"labels": ["step"]}, "labels must be a mapping, not list"),
    ],
)
def test_arguments_of_another_type_are_named(wrong, problem):
    with pytest.raises(TypeError, match=f"^{re.escape(problem)}$"):
        math_item(**{"id": "1", "gold": "1", "response": "1", **wrong})


@given(WILD_TEXT)
def test_lone_surrogates_are_replaced(text):
    scrubbed = scrub(text)
    assert scrubbed == scrub(scrubbed)
    scrubbed.encode()
    if not PAIR.search(text):
        assert scrubbed == re.sub("[\ud800-\udfff]", "\ufffd", text)


@given(WILD_TEXT)
def test_items_take_any_text(text):
    item = math_item(text, text, text, prompt=text, group=text, labels={text: text})
    assert item.response == item.id == item.labels[item.group] == scrub(text)


def test_names_are_short_and_tolerate_numbers_from_the_future():
    assert outcome_name(Outcome.OUTCOME_CORRECT) == "correct"
    assert outcome_name(77) == "outcome_77"
    assert reason_name(Reason.REASON_GOLD_UNPARSABLE) == "gold_unparsable"
    assert reason_name(999) == "reason_999"


@pytest.mark.parametrize(
    ("policy", "kind", "told"),
    [
        ({"percent": "x"}, ValueError, r"^percent cannot be 'x'; .* one of .*PERCENT_POLICY_VALUE"),
        ({"rtol": 0.1, "units": 0.5}, TypeError, r"^units cannot be 0.5; .*UNIT_POLICY_REQUIRED"),
        ({"rtol": "x"}, TypeError, r"^rtol cannot be 'x'$"),
        ({"extraction": ["x"]}, ValueError, r"^extraction .* a list of .*EXTRACTION_BOXED"),
        ({"percnt": 1}, ValueError, r"^a math task has no field percnt; it has percent, units"),
    ],
)
def test_what_no_policy_holds_is_refused_by_name(policy, kind, told):
    with pytest.raises(kind, match=told):
        math_item("1", "5", "5", **policy)
