"""Work is counted: nothing takes long, and the side that is too much is named."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from veridical.math.equality import TooMuchWorkError, check_gold, compare_terms
from veridical.math.equality.residues import PRIME
from veridical.math.policy import MathPolicy
from veridical.math.reader import read_term
from veridical.math.terms import Apply, Constant, Number, Power, Row, Sum, Symbol, Term

POLICY = MathPolicy()
MAX_SECONDS = 1.5
"""Of processor time, on a slow core that others share."""
TOWER = "10^{10^{10^{10}}}"
BOMBS = (
    TOWER,
    "99999999!",
    "e^{e^{e^{e^{e}}}}",
    r"\binom{1000000000}{100000000}",
    r"\sum_{k=1}^{1999} k^k",
    r"\sum_{i=1}^{2000} \sum_{j=1}^{2000} i j",
    r"\sin(10^{100000})",
    "x^{x^{x^{x^x}}}",
    r"(\sqrt{2}+\sqrt{3})^{1000000}",
    r"(1+x)^{1000000}",
    r"e^{-1000000}+5",
)
GOLDS = ("5", r"\sqrt{2}", "x+1", r"\{1, \sqrt{2}\}", "(0, 1)", "y=x^2")


def _found(gold, answer) -> bool | str | None:
    started = time.process_time()
    found: bool | str | None
    try:
        found = compare_terms(gold, answer, POLICY).equal
    except TooMuchWorkError as error:
        found = error.side.value
    assert time.process_time() - started < MAX_SECONDS
    return found


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("gold", GOLDS)
def test_an_answer_that_is_too_much_is_never_equal_or_open(bomb: str, gold: str) -> None:
    assert _found(read_term(gold), read_term(bomb)) in {False, "answer"}


def test_a_gold_that_is_too_much_is_named() -> None:
    gold = read_term(r"\sum_{i=1}^{2000} \sum_{j=1}^{2000} i j")
    assert _found(gold, read_term(r"\sqrt{2}")) == "gold"
    with pytest.raises(TooMuchWorkError, match="the gold takes"):
        check_gold(gold, POLICY)
    assert _found(gold, gold) is True


@pytest.mark.parametrize("gold", [TOWER, "2^{10^{10}}", "x^{1000000}"])
def test_no_answer_to_a_sound_gold_is_the_golds_fault(gold: str) -> None:
    check_gold(read_term(gold), POLICY)
    for answer in ("5", r"\sqrt{2}", r"\sin(1)", r"x^{\pi}", f"{gold}+1"):
        assert _found(read_term(gold), read_term(answer)) in {False, "answer"}


def test_a_deep_term_is_too_much() -> None:
    deep: Term = Symbol("x")
    for _ in range(500):
        deep = Sum((deep, Number(Fraction(1))))
    assert _found(Number(Fraction(1)), deep) == "answer"
    assert _found(deep, Number(Fraction(1))) == "gold"


def test_long_lists_are_paired_within_the_work() -> None:
    half = Number(Fraction(1, 2))
    roots = [Power(Number(Fraction(at)), half) for at in range(2, 400)]
    shifted = [Sum((root, Power(Constant.E, Number(Fraction(-3))))) for root in roots]
    gold = Row("{", "}", tuple(roots[:40]))
    assert _found(gold, Row("{", "}", tuple(reversed(roots[:40])))) is True
    assert _found(gold, Row("{", "}", tuple(shifted[:40]))) is False
    assert _found(gold, Row("{", "}", tuple(shifted))) in {False, "answer"}
    long = Row("{", "}", tuple(roots))
    assert _found(long, Row("{", "}", tuple(shifted))) in {"gold", "answer"}


def test_large_numbers_are_compared_exactly() -> None:
    for gold, answer, equal in (
        ("10^{10^{10}}", "10^{10^{10}}+1", False),
        ("10^{10^{100}}", "(10^{10})^{10^{99}}", True),
        ("2^{100000}", "2^{100001}", False),
        ("2^{61}-1+x", "x", False),
        (f"{PRIME} y+x", "x", False),
        ("x", f"2^{{{PRIME - 1}}} x", "answer"),
        ("e^{-1000}+42", "42", False),
        (r"\cos(10^{-99})", "1", False),
        (r"\tanh(100)", "1", False),
        (r"e^{\pi\sqrt{163}}", "640320^3+744", False),
    ):
        assert _found(read_term(gold), read_term(answer)) is equal, (gold, answer)


def test_functions_without_arguments_are_no_fault() -> None:
    for name in ("percent", "plus_minus", "ratio", "choice", "given", "abs", "sum", "det", "time"):
        assert _found(Number(Fraction(1)), Apply(name, ())) is not True
