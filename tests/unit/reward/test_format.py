"""Forms of responses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.reward.format import BadPatternError, FormDemands, Miss, missed

THINK = FormDemands(think_tags=True)
ANSWER = FormDemands(answer_tags=True)
BOX = FormDemands(boxed_answer=True)


@pytest.mark.parametrize(
    ("response", "misses"),
    [
        ("<think>so</think>42", []),
        ("\n  <think></think>", []),
        ("42", [Miss("think_tags", 0)]),
        ("first <think>so</think>", [Miss("think_tags", 0)]),
        ("<think>so", [Miss("think_tags", 0)]),
        ("<think>a</think><think>b</think>", [Miss("think_tags", 16)]),
        ("<think>a</think>b</think>", [Miss("think_tags", 17)]),
        ("", [Miss("think_tags", 0)]),
    ],
)
def test_think_tags(response: str, misses: list[Miss]) -> None:
    assert missed(response, THINK) == misses


@pytest.mark.parametrize(
    ("response", "misses"),
    [
        ("<answer>42</answer>", []),
        ("so <answer>42</answer>\n", []),
        ("<think><answer>1</answer></think><answer>42</answer>", []),
        ("42", [Miss("answer_tags", None)]),
        ("<answer>42", [Miss("answer_tags", None)]),
        ("</answer><answer>", [Miss("answer_tags", 0)]),
        ("<answer>1</answer><answer>2</answer>", [Miss("answer_tags", 18)]),
        ("<answer>1</answer> or so", [Miss("answer_tags", 18)]),
        ("<answer><answer>1</answer>", [Miss("answer_tags", 8)]),
        ("<answer>1</answer></answer>", [Miss("answer_tags", 18)]),
        ("<think><answer>42</answer></think>", [Miss("answer_tags", None)]),
    ],
)
def test_answer_tags(response: str, misses: list[Miss]) -> None:
    assert missed(response, ANSWER) == misses


@pytest.mark.parametrize(
    ("response", "fine"),
    [
        (r"\boxed{42}", True),
        (r"\fbox{42}", True),
        (r"\boxed {\frac{1}{2}}", True),
        (r"<think>\boxed{1}</think>\boxed{42}", True),
        (r"\boxed{1} \boxed{1}", False),
        (r"\boxed{1", False),
        (r"\boxed{\}", False),
        ("42", False),
        (r"<think>\boxed{1}</think>42", False),
    ],
)
def test_boxed_answer(response: str, *, fine: bool) -> None:
    assert (missed(response, BOX) == []) is fine


def test_a_pattern_must_match_the_whole_response() -> None:
    demands = FormDemands(full_match=r"(?s)Answer: \d+.*")
    assert missed("Answer: 12\nso", demands) == []
    assert missed("My Answer: 12", demands) == [Miss("full_match", None)]


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"\1", "a{1001}", "(?P<n>"])
def test_what_re2_cannot_run_is_refused(pattern: str) -> None:
    with pytest.raises(BadPatternError):
        missed("", FormDemands(full_match=pattern))


def test_a_pattern_that_hangs_backtracking_engines_is_linear_here() -> None:
    demands = FormDemands(full_match="(a*)*b")
    start = time.process_time()
    assert missed("a" * 1_000_000, demands)
    assert time.process_time() - start < 5


def test_misses_come_in_the_order_of_the_fields() -> None:
    demands = FormDemands(think_tags=True, answer_tags=True, boxed_answer=True, full_match="x")
    names = [miss.demand for miss in missed("no", demands)]
    assert names == ["think_tags", "answer_tags", "boxed_answer", "full_match"]


@given(st.text(alphabet="<>/thinkaswer\\box{} 1"))
def test_any_text_gets_an_answer_with_offsets_inside(response: str) -> None:
    demands = FormDemands(think_tags=True, answer_tags=True, boxed_answer=True)
    for miss in missed(response, demands):
        assert miss.offset is None or 0 <= miss.offset <= len(response)
