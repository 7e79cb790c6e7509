from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math import Comparison, Decision, MathPolicy, MathReason, Outcome, conclude, decide
from veridical.math.worker import compare


def verdict(gold: str, response: str, prompt: str = "") -> Decision:
    found = decide(gold, response, MathPolicy(), truncated=False, prompt=prompt)
    return conclude(found, compare(found.request)) if isinstance(found, Comparison) else found


def decide_reason(response: str, prompt: str) -> MathReason:
    found = decide("18", response, MathPolicy(), truncated=False, prompt=prompt)
    assert isinstance(found, Decision)
    return found.reason


@pytest.mark.parametrize(
    ("gold", "response", "reason"),
    [
        ("18", "So she has 17 or 18 left", MathReason.HEDGED_ANSWER),
        ("18", r"\boxed{x=17=18}", MathReason.FALSE_CHAIN),
        ("18", r"$$\boxed{18}$$ is not the answer", MathReason.NEGATED_ANSWER),
        ("18", "The answer is 18.\nBut wait, it is 17.", MathReason.SEVERAL_ANSWERS),
        ("18", "The answer is 18.\nNo, the answer is 17.", MathReason.NOT_EQUAL),
        ("100_2", "A: 100", MathReason.NOT_EQUAL),
        ("100_2", "A: 4", MathReason.NOT_EQUAL),
        ("18", "A: about 18", MathReason.HEDGED_ANSWER),
        ("listen", r"\boxed{silent}", MathReason.NOT_EQUAL),
        ("18", "$17$ no $18$", MathReason.SEVERAL_ANSWERS),
        ("black cat", "A: cat black", MathReason.NOT_EQUAL),
        ("18", "A: 18!", MathReason.NOT_EQUAL),
        ("18", "x\x00 17 18", MathReason.NO_ANSWER),
        ("18", "a: 18\nb: 17", MathReason.NO_ANSWER),
    ],
)
def test_what_does_not_commit_to_the_gold(gold: str, response: str, reason: MathReason) -> None:
    found = verdict(gold, response)
    assert (found.outcome, found.reason) == (Outcome.INCORRECT, reason)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (r"It cannot be \boxed{18}", MathReason.NEGATED_ANSWER),
        (r"\boxed{18}. That is incorrect.", MathReason.NEGATED_ANSWER),
        (r"\boxed{18}, I guess.", MathReason.HEDGED_ANSWER),
        (r"\boxed{18}?", MathReason.HEDGED_ANSWER),
        (r"17 or \boxed{18}", MathReason.HEDGED_ANSWER),
        (r"\boxed{x or 18}", MathReason.HEDGED_ANSWER),
        ("\\boxed{18}\nA: 17", MathReason.SEVERAL_ANSWERS),
        ("#### 17\n#### 18", MathReason.SEVERAL_ANSWERS),
        (r"\boxed{17 \to 18}", MathReason.FALSE_CHAIN),
        (r"\boxed{17 \approx 18}", MathReason.FALSE_CHAIN),
        (r"The problem says \boxed{18}", MathReason.PROMPT_ECHO),
        ("\\boxed{\u202e18}", MathReason.ANSWER_UNPARSABLE),
        (r"\boxed{print('18')}", MathReason.ANSWER_UNPARSABLE),
    ],
)
def test_each_objection_has_its_reason(response: str, reason: MathReason) -> None:
    found = verdict("18", response)
    assert (found.outcome, found.reason) == (Outcome.INCORRECT, reason)
    assert response[found.evidence.start : found.evidence.end] == found.evidence.extracted != ""


PROMPT = r"A farmer says that the number of eggs in the barn is \boxed{18} today. Is he right?"


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (PROMPT, MathReason.PROMPT_ECHO),
        (f"You asked: {PROMPT}", MathReason.PROMPT_ECHO),
        (r"I counted the eggs and found \boxed{18} of them.", MathReason.EQUAL),
        (r"\boxed{18}", MathReason.EQUAL),
        ("18", MathReason.EQUAL),
    ],
)
def test_an_answer_quoted_from_the_prompt_is_none(response: str, reason: MathReason) -> None:
    assert decide_reason(response, PROMPT) is reason


@pytest.mark.parametrize(
    ("gold", "prompt", "answer", "reason"),
    [
        ("-16", "What is 1 - 17?", "1 - 17", MathReason.PROMPT_ECHO),
        ("-16", "What is $1-17$?", "x = 1 - 17", MathReason.PROMPT_ECHO),
        ("391", r"Compute $17 \times 23$.", r"17 \times 23", MathReason.PROMPT_ECHO),
        ("7", r"Find \(\sqrt{16} + 3\).", r"\sqrt{16}+3", MathReason.PROMPT_ECHO),
        ("3", "What is 12/4?", "12/4", MathReason.PROMPT_ECHO),
        ("24", "What is 4!?", "4!", MathReason.PROMPT_ECHO),
        ("-16", "What is 1 - 17?", "1 - 17 = -16", MathReason.EQUAL),
        ("-16", "What is 1 - 17?", "-16", MathReason.EQUAL),
        ("-16", "Take 17 from 1.", "1 - 17", MathReason.EQUAL),
        ("300000000", r"Is it 3 \times 10^8 or 10^9?", r"3 \times 10^8", MathReason.EQUAL),
        ("60", "One goes 60 km/h, one 50 km/h. Who is faster?", "60 km/h", MathReason.EQUAL),
        ("1-17", "What is 1 - 17?", "1 - 17", MathReason.EQUAL),
        ("0.5", "Sue ate 1/2 of a pie, Ann the rest. How much?", "1/2", MathReason.EQUAL),
        ("2^{10}", "Write 4^5 as a power of two.", "1024", MathReason.EQUAL),
        ("1,024", "How many bytes are 1,024 bytes?", "1,024", MathReason.EQUAL),
    ],
)
def test_the_operation_that_was_asked_for_is_no_answer(
    gold: str, prompt: str, answer: str, reason: MathReason
) -> None:
    assert verdict(gold, rf"\boxed{{{answer}}}", prompt).reason is reason


@settings(deadline=None)
@given(
    st.integers(0, 99), st.integers(0, 99), st.sampled_from(["or", ",", r"\text{ or }", "=", "and"])
)
def test_two_numbers_are_one_answer_only_if_they_are_one(left: int, right: int, join: str) -> None:
    found = verdict(str(right), rf"\boxed{{{left} {join} {right}}}")
    if left != right:
        assert found.outcome is Outcome.INCORRECT


@pytest.mark.parametrize(
    ("gold", "response", "extracted"),
    [
        ("18", "\x00A: 18", "18"),
        ("18", "答え：\n🎉🎉 A: 18", "18"),
        ("18", "The answer is: **18**", "18"),
        ("18", "**Answer: 18**", "18"),
        ("18", "Therefore, x = 18.", "x = 18."),
        ("18", "a: 18", "18"),
        ("18", "Answer - 18", "18"),
        ("18", '{"answer": 18}', "18"),
        ("18", '{"why": "a", "final_answer": "18", "n": 2}', "18"),
        ("18", r"So \[ \boxed{18} \] which is not 17.", "18"),
        ("18", "The answer is 18. But wait, let me check: yes, it is 18.", "18"),
        ("0.33", r"\boxed{x=\frac{1}{3}=0.33}", r"x=\frac{1}{3}=0.33"),
        ("100_2", r"\boxed{100_{2}}", "100_{2}"),
    ],
)
def test_committed_answers_in_other_dress(gold: str, response: str, extracted: str) -> None:
    found = verdict(gold, response)
    assert (found.outcome, found.evidence.extracted) == (Outcome.CORRECT, extracted)


def test_several_boxes_are_shown_whole() -> None:
    found = verdict("18", r"So \boxed{18} and \boxed{17}.")
    assert found.reason is MathReason.SEVERAL_ANSWERS
    assert found.evidence.extracted == r"\boxed{18} and \boxed{17}"
