r"""UNDECIDED cannot be bought with answers that are slow to compare: work is counted, not timed."""

from __future__ import annotations

import time

import pytest

from veridical.math import (
    Comparison,
    Decision,
    MathPolicy,
    MathReason,
    MathRule,
    Outcome,
    conclude,
    decide,
)
from veridical.math.budget import WorkExceeded, at_most
from veridical.math.worker import compare

GOLDS = ["x=2", "x^2-3x+2=0", r"\{1,2\}", "[0,1)", "x+1", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}"]
ANSWERS = {
    "transcendental equation": r"x^{50}-\sin(x)+\cos(x^3)=0",
    "high degree": r"x^{17}+x^{5}-3x+1=0",
    "powers": r"\{" + ",".join(f"x^{{{power}}}" for power in range(1, 61)) + r"\}",
    "nested roots": r"\sqrt{x+\sqrt{x+\sqrt{x+\sqrt{x+\sqrt{x}}}}}",
    "inequality": r"\sin(x)>\cos(x^2)",
    "moduli": "|x|+|x-1|+|x+2|<7",
    "matrix": r"\begin{pmatrix}x^{9}+1&x\\ \sin x&\cos(x^3)\end{pmatrix}",
    "union": r"(0,1)\cup(1,2)\cup(2,3)\cup(x,4)\cup(y,5)",
}
SUMS = [
    (r"\sum_{k=1}^{n} k^2", r"\sum_{k=1}^{n} k^{30}"),
    (r"\sum_{k=1}^{n} k^2", r"\sum_{k=1}^{100000}\sin(k)"),
    (r"\int_0^1 x^2 dx", r"\int_0^\infty e^{-x^2}\sin(x^3) dx"),
    ("x^2+y^2=1", r"\sin(x)+\cos(x)+\tan(x)=x^2"),
]
PAIRS = [*((gold, answer) for gold in GOLDS for answer in ANSWERS.values()), *SUMS]


def verdict(gold: str, answer: str) -> Decision:
    found = decide(gold, rf"\boxed{{{answer}}}", MathPolicy(), truncated=False)
    return conclude(found, compare(found.request)) if isinstance(found, Comparison) else found


@pytest.mark.parametrize(("gold", "answer"), PAIRS)
def test_slow_answers_are_incorrect_in_bounded_time(gold: str, answer: str) -> None:
    start = time.process_time()
    found = verdict(gold, answer)
    assert found.outcome is Outcome.INCORRECT
    assert found.reason in {MathReason.NOT_EQUAL, MathReason.ANSWER_TOO_COMPLEX}
    # Nothing here may come near the pool's limit on processor time, 5 s.
    assert time.process_time() - start < 2.8


def test_too_much_work_is_said_to_be_so() -> None:
    found = verdict("42", "99999999!+1")
    assert found.reason is MathReason.ANSWER_TOO_COMPLEX
    assert found.evidence.rule is MathRule.LIMITS
    assert found.detail.startswith("comparing the answer with the gold takes")
    gold = verdict("99999999!+1", "42")
    assert (gold.outcome, gold.reason) == (Outcome.UNDECIDED, MathReason.GOLD_UNPARSABLE)
    assert gold.detail.startswith("the gold takes")


def test_counting_survives_what_swallows_exceptions() -> None:
    def calls(number: int) -> None:
        for _ in range(number):
            try:
                str.encode("")
                calls(0)
            except Exception:
                continue

    with at_most(100):
        calls(10)
    with pytest.raises(WorkExceeded), at_most(100):
        calls(1000)
