from __future__ import annotations

import pytest

from veridical.math import Comparison, Decision, MathPolicy, MathReason, Outcome, conclude, decide
from veridical.math.worker import compare


def verdict(gold: str, response: str) -> Decision:
    found = decide(gold, response, MathPolicy(), truncated=False)
    return conclude(found, compare(found.request)) if isinstance(found, Comparison) else found


@pytest.mark.parametrize(
    ("gold", "response", "reason"),
    [
        ("18", "A: the set {1, 2, 3, 18}", MathReason.NOT_EQUAL),
        ("18", r"\boxed{the set {17, 18}}", MathReason.NOT_EQUAL),
        ("18", "So she has 17 or 18 left", MathReason.NOT_EQUAL),
        ("18", r"\boxed{x=17=18}", MathReason.FALSE_CHAIN),
        ("18", r"$$\boxed{18}$$ is not the answer", MathReason.NEGATED_ANSWER),
        ("18", "The answer is 18.\nBut wait, it is 17.", MathReason.SEVERAL_ANSWERS),
        ("18", "The answer is 18.\nNo, the answer is 17.", MathReason.NOT_EQUAL),
        ("100_2", "A: 100", MathReason.NOT_EQUAL),
        ("100_2", "A: 4", MathReason.NOT_EQUAL),
        ("18", "A: about 18", MathReason.HEDGED_ANSWER),
        ("listen", r"\boxed{silent}", MathReason.NOT_EQUAL),
        ("18", "$17$ no $18$", MathReason.SEVERAL_ANSWERS),
        ("the cat", "A: cat the", MathReason.NOT_EQUAL),
        ("18", "A: 18!", MathReason.NOT_EQUAL),
        ("18", "x\x00 17 18", MathReason.NO_ANSWER),
        ("18", "a: 18\nb: 17", MathReason.NO_ANSWER),
    ],
)
def test_what_does_not_commit_to_the_gold(gold: str, response: str, reason: MathReason) -> None:
    found = verdict(gold, response)
    assert (found.outcome, found.reason) == (Outcome.INCORRECT, reason)


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
