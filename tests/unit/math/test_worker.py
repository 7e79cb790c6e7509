from __future__ import annotations

import pytest

from veridical.math import (
    CompareRequest,
    Comparison,
    Decision,
    MathPolicy,
    MathReason,
    MathRule,
    Outcome,
    conclude,
    decide,
)
from veridical.math.worker import compare


def verdict(gold: str, response: str, policy: MathPolicy | None = None) -> Decision:
    found = decide(gold, response, policy or MathPolicy(), truncated=False)
    return conclude(found, compare(found.request)) if isinstance(found, Comparison) else found


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (r"\sqrt{8}", r"2\sqrt{2}"),
        (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt{3}}"),
        ("x+1", "1+x"),
        (r"\tan^2(y)+1", r"\sec^2(y)"),
        (
            r"\begin{pmatrix} 1/5 \\ -18/5 \end{pmatrix}",
            r"\begin{pmatrix} 0.2 \\ -3.6 \end{pmatrix}",
        ),
        (r"(-\infty,-5)", "k < -5"),
        (r"[\frac{1}{2}, 8]", r"0.5 \leq x \leq 8"),
        (r"\{x|-1 < x < 1\}", "(-1, 1)"),
        ("x^2/4 + y^2/3 = 1", "x^2/16 + y^2/12 = 1/4"),
        (r"1 \pm \sqrt{19}", r"1 + \sqrt{19}, 1 - \sqrt{19}"),
        (r"\frac{\pi}{6}", r"30^\circ"),
        ("2**(1/4)", r"\sqrt{\sqrt{2}}"),
        (r"\sqrt{3} - 1", "-1 + sqrt(3)"),
        (r"\frac{\pi}{2}", "pi/2"),
        ("e^{16}", "exp(16)"),
        (r"\sqrt{2}", "1.41421356"),
        ("1.414", r"\sqrt{2}"),
        ("(2, π/2)", r"(2, \dfrac{\pi}{2})"),
        ("k=1", "1"),
        (r"\frac{1+a}c", r"\frac{a+1}{c}"),
    ],
)
def test_equal_forms(gold: str, answer: str) -> None:
    found = verdict(gold, rf"\boxed{{{answer}}}")
    assert (found.outcome, found.reason) == (Outcome.CORRECT, MathReason.EQUAL)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (r"\sqrt{8}", r"2\sqrt{3}"),
        ("x+1", "x+2"),
        (r"\frac{1}{2004!}", r"\frac{1}{2006!}"),
        ("2^{-99}", "2^{-98}"),
        (r"1-\frac{1}{e}", r"1+\frac{1}{e}"),
        ("0", r"10^{-60}\sqrt{2}"),
        ("10^{10^{10}}", "10^{10^{10}}+1"),
        (r"\sqrt{2}", "1.41"),
        (r"(-\infty,-5)", "k > -5"),
        (r"\frac{\pi}{6}", r"31^\circ"),
        ("4", r"4\sqrt{2}"),
        ("x=2", "x=3y"),
        (r"[0,1]", "(0,1)"),
    ],
)
def test_unequal_forms(gold: str, answer: str) -> None:
    found = verdict(gold, rf"\boxed{{{answer}}}")
    assert (found.outcome, found.reason) == (Outcome.INCORRECT, MathReason.NOT_EQUAL)


def test_joined_boxes_are_compared_as_a_list() -> None:
    response = r"\boxed{(2, 2)} \quad \text{and} \quad \boxed{(6, 2)}"
    assert verdict("$(2, 2), (6, 2)$", response).outcome is Outcome.CORRECT
    assert verdict("$(6, 2)$", response).reason is MathReason.SEVERAL_ANSWERS


def test_tolerances_hold_for_closed_forms() -> None:
    assert verdict(r"\sqrt{2}", r"\boxed{1.41}", MathPolicy(rtol=0.01)).outcome is Outcome.CORRECT
    assert verdict("1.5", r"\boxed{\sqrt{2}}", MathPolicy(atol=0.05)).outcome is Outcome.INCORRECT


def test_variable_names_can_be_ignored() -> None:
    policy = MathPolicy(ignore_variable_names=True)
    assert verdict("n+1", r"\boxed{k+1}").outcome is Outcome.INCORRECT
    assert verdict("n+1", r"\boxed{k+1}", policy).outcome is Outcome.CORRECT


def test_a_gold_that_does_not_parse_is_undecided() -> None:
    found = verdict("...", r"\boxed{x+1}")
    assert (found.outcome, found.reason) == (Outcome.UNDECIDED, MathReason.GOLD_UNPARSABLE)


def test_the_order_of_comparisons_does_not_matter() -> None:
    pairs = [(r"\sqrt{8}", r"2\sqrt{2}"), ("x+1", "1+x"), ("x+1", "x+2"), (r"e^{x}", "exp(x)")]
    requests = [CompareRequest(gold, answer, MathPolicy()) for gold, answer in pairs]
    forth = [compare(request) for request in requests]
    back = [compare(request) for request in reversed(requests)]
    assert forth == back[::-1]


def test_evidence_of_a_comparison() -> None:
    found = verdict("x+1", r"So \boxed{1+x}.")
    assert found.evidence.extracted == "1+x"
    assert found.evidence.rule is MathRule.RESIDUE
    assert verdict(r"\sqrt{8}", r"\boxed{\sqrt{2}}").evidence.rule is MathRule.NUMERIC
