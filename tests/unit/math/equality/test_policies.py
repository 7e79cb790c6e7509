"""What a policy changes, and how decimals are matched to their written digits."""

from __future__ import annotations

import pytest

from veridical.math.equality import compare_terms
from veridical.math.policy import MathPolicy, OrderPolicy, PercentPolicy, UnitPolicy
from veridical.math.reader import read_term


def _equal(gold: str, answer: str, policy: MathPolicy) -> bool | None:
    return compare_terms(read_term(gold), read_term(answer), policy).equal


DEFAULT = MathPolicy()


@pytest.mark.parametrize(
    ("policy", "gold", "answer", "under_default", "under_policy"),
    [
        (MathPolicy(percent=PercentPolicy.SIGN_OPTIONAL), r"10\%", "10", False, True),
        (MathPolicy(percent=PercentPolicy.SIGN_OPTIONAL), "10", r"10\%", False, False),
        (MathPolicy(units=UnitPolicy.REQUIRED), r"5\text{ km}", "5", True, False),
        (MathPolicy(units=UnitPolicy.REQUIRED), r"5\text{ km}", r"5000\text{ m}", True, True),
        (MathPolicy(units=UnitPolicy.REQUIRED), r"30^\circ", r"\frac{\pi}{6}", True, True),
        (MathPolicy(units=UnitPolicy.REQUIRED), r"30^\circ", "30", True, False),
        (MathPolicy(order=OrderPolicy.STRICT), "1, 2, 3", "3, 2, 1", True, False),
        (MathPolicy(order=OrderPolicy.IGNORED), "(1, 2, 3)", "(3, 2, 1)", False, True),
        (MathPolicy(rtol=0.01), "100", "100.5", False, True),
        (MathPolicy(rtol=0.01), "100", "102", False, False),
        (MathPolicy(rtol=0.01), r"\pi", "3.13", False, True),
        (MathPolicy(atol=0.1), r"(0, \sqrt{2})", "(0, 1.4)", False, True),
        (MathPolicy(rtol=0.01), "100 x", "100.5 x", False, True),
        (MathPolicy(ignore_variable_names=True), "x+2y", "a+2b", False, True),
        (MathPolicy(ignore_variable_names=True), "x+2y", "b+2a", False, True),
        (MathPolicy(ignore_variable_names=True), "x+2y", "2a+b", False, False),
        (MathPolicy(ignore_variable_names=True), "x=5", "y=5", False, True),
        (MathPolicy(ignore_variable_names=True), "x>5", "y>5", False, True),
    ],
)
def test_a_policy_changes_the_finding(policy, gold, answer, under_default, under_policy) -> None:
    assert _equal(gold, answer, DEFAULT) is under_default
    assert _equal(gold, answer, policy) is under_policy


@pytest.mark.parametrize(
    ("gold", "answer", "equal"),
    [
        ("2.78", r"\frac{25}{9}", True),
        (r"\frac{25}{9}", "2.78", False),
        (r"\frac{25}{9}", "2.77778", True),
        ("2.8", r"\frac{25}{9}", False),
        ("0.333 x", r"\frac{x}{3}", True),
        ("0.33 x", r"\frac{x}{3}", False),
        ("0.333 x", "0.3333 x", False),
        ("3.14", r"\pi", True),
        ("3.16", r"\pi", False),
        ("(0, 3.14)", r"(0, \pi)", True),
        (r"1.57\text{ m}", r"\frac{\pi}{2}\text{ m}", True),
        ("0.707 + 0.707 i", r"\frac{1+i}{\sqrt{2}}", True),
        ("0.707 + 0.708 i", r"\frac{2+i}{\sqrt{2}}", False),
        ("0.000001", "0", False),
        ("123456.7", "123456.71", True),
        # A formula that magnifies the last place of its decimals stands for its own value only.
        ("5", "1.0000000001^{10000000000}", False),
        ("5", "(1.000001 - 1) * 1000000", False),
        ("5", r"\frac{1.000001}{3.141593 - 3.141592}", False),
    ],
)
def test_a_decimal_stands_for_what_it_was_rounded_from(gold, answer, equal) -> None:
    assert _equal(gold, answer, DEFAULT) is equal
