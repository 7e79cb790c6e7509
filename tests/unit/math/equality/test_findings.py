"""A finding says which rule decided, and at which point two sides differ."""

from __future__ import annotations

import pytest

from veridical.math.decision import MathRule, RefutingPoint
from veridical.math.equality import compare_terms
from veridical.math.policy import MathPolicy
from veridical.math.reader import read_term


def _found(gold: str, answer: str):
    return compare_terms(read_term(gold), read_term(answer), MathPolicy())


@pytest.mark.parametrize(
    ("gold", "answer", "rule"),
    [
        ("x+1", r"x + 1", MathRule.STRUCTURE),
        ("1/2", "0.5", MathRule.RATIONAL),
        ("(x+1)^2", "x^2+2x+1", MathRule.RESIDUE),
        (r"\sqrt{8}", r"2\sqrt{2}", MathRule.NUMERIC),
        ("5", r"\text{Monday}", MathRule.WORDS),
        ("5", "(1, 2)", MathRule.KIND),
        ("5 km", "5 m", MathRule.UNIT),
        ("1, 2", "1, 3", MathRule.MEMBERS),
        ("(0, 1)", "0 < x", MathRule.REGION),
        ("y=2x", "y=2x+x^2+y", MathRule.EQUATION),
    ],
)
def test_the_rule_that_decided_is_named(gold: str, answer: str, rule: MathRule) -> None:
    assert _found(gold, answer).rule is rule


def test_a_refuting_point_can_be_checked_by_hand() -> None:
    point = _found("x^2+1", "x^2+x").point
    assert point is not None
    ((name, text),) = point.variables
    at = int(text)
    assert name == "x"
    assert (point.gold_value, point.answer_value) == (str(at * at + 1), str(at * at + at))
    assert _found("1/2", "1/3").point == RefutingPoint((), "1/2", "1/3")
    assert _found("x^2+1", "x^2+x") == _found("x^2+1", "x^2+x")


def test_close_values_are_shown_so_that_they_differ() -> None:
    point = _found(r"e^{\pi\sqrt{163}}", "640320^3+744").point
    assert point is not None
    assert point.gold_value != point.answer_value


def test_what_is_not_understood_is_left_open() -> None:
    for gold, answer in ((r"\int_0^1 x dx", "1/2"), (r"\lim_{x\to 0}\frac{\sin x}{x}", "1")):
        found = _found(gold, answer)
        assert found.equal is None
        assert found.detail
