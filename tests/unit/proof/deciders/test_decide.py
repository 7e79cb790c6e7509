"""What is decided about single statements, and that every counterexample re-evaluates."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math.reader import read_term
from veridical.math.terms import Number, Power, Product, Relation, Sum, Symbol
from veridical.proof.deciders import Step, decide, recheck, relation
from veridical.proof.model import ClaimVerdict, Domain, Fact, Finding, OpenReason, Role

ENTAILED, CONTRADICTED = ClaimVerdict.ENTAILED, ClaimVerdict.CONTRADICTED
NOT_ENTAILED, UNVERIFIED = ClaimVerdict.NOT_ENTAILED, ClaimVerdict.UNVERIFIED


def facts(*texts: str) -> list[Fact]:
    return [Fact(read_term(text), step, Role.DERIVED) for step, text in enumerate(texts)]


def decided(goal: str, *texts: str, domain: Domain = Domain.REAL) -> Finding:
    return decide(read_term(goal), facts(*texts), domain)


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        ("3+4=7", ENTAILED),
        ("3+4=8", CONTRADICTED),
        ("3 \\ne 3", CONTRADICTED),
        ("1/3+1/3=2/3", ENTAILED),
        ("5>6", CONTRADICTED),
        ("\\binom{5}{2}=10", ENTAILED),
        ("1+2+\\dots+10=55", ENTAILED),
        ("\\sum_{k=1}^{5} k=16", CONTRADICTED),
        ("\\sqrt{2}\\cdot\\sqrt{8}=4", ENTAILED),
        ("\\sqrt{2}+\\sqrt{3}=\\sqrt{5}", CONTRADICTED),
        ("(-8)^{1/3}=-2", ENTAILED),
        ("i^2=-1", ENTAILED),
        ("9^{9^9}=2", UNVERIFIED),
        ("i = 1", UNVERIFIED),
    ],
)
def test_constants(goal: str, verdict: ClaimVerdict) -> None:
    assert decided(goal).verdict is verdict


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        ("10/3=3.33", ENTAILED),
        ("10/3=3.3", ENTAILED),
        ("10/3=3.34", CONTRADICTED),
        ("20/3=6.66", UNVERIFIED),  # cut off
        ("3.33*3=10", UNVERIFIED),  # an operand that looks rounded
        ("12.5*4=51", CONTRADICTED),
        ("7/2=3", UNVERIFIED),  # three times
        ("\\pi\\approx 22/7", ENTAILED),
        ("\\pi\\approx 5", CONTRADICTED),
    ],
)
def test_rounding(goal: str, verdict: ClaimVerdict) -> None:
    assert decided(goal).verdict is verdict


def test_an_operand_known_to_be_rounded_has_half_a_unit() -> None:
    goal = read_term("6.7*3=20")
    assert decide(goal, (), Domain.REAL).verdict is CONTRADICTED
    known = decide(goal, (), Domain.REAL, rounded=frozenset({Fraction(67, 10)}))
    assert known.verdict is ENTAILED


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        ("0.25*100=25\\%", ENTAILED),
        ("0.25=25\\%", ENTAILED),
        ("0.25=26\\%", CONTRADICTED),
        ("\\sin 30=0.5", ENTAILED),
        ("\\sin 30^\\circ=1/3", CONTRADICTED),
        ("180^\\circ-60^\\circ=120^\\circ", ENTAILED),
        ("\\log 100=2", ENTAILED),
        ("5 \\text{ cm}=50\\text{ mm}", UNVERIFIED),
    ],
)
def test_other_readings_save_a_statement(goal: str, verdict: ClaimVerdict) -> None:
    assert decided(goal).verdict is verdict


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        ("(x+1)^2=x^2+2x+1", ENTAILED),
        ("\\sin^2 x+\\cos^2 x=1", ENTAILED),
        ("2^{n+1}=2\\cdot 2^n", ENTAILED),
        ("\\frac{x^2-1}{x-1}=x+1", ENTAILED),
        ("2(x+3)=2x+3", CONTRADICTED),
        ("\\frac{d}{dx} x^3=3x^2", ENTAILED),
        ("\\frac{d}{dx} x^3=3x^3", CONTRADICTED),
        ("x+2=7", UNVERIFIED),  # an equation, not an identity
    ],
)
def test_free_variables(goal: str, verdict: ClaimVerdict) -> None:
    assert decided(goal).verdict is verdict


@pytest.mark.parametrize(
    ("premises", "goal", "verdict"),
    [
        (("x=3",), "2x=6", ENTAILED),
        (("x=2", "y=8"), "x+y=16", CONTRADICTED),
        (("S=a+b", "a=5", "b=7"), "S=12", ENTAILED),
        (("S=a+b", "a=5", "b=7"), "S=13", CONTRADICTED),
        (("f(x)=x^2+1",), "f(3)=10", ENTAILED),
        (("f(x)=x^2+1",), "f(3)=11", CONTRADICTED),
        (("f(x)=x^3+6x",), "f'(2)=18", ENTAILED),
        (("8x+9=73",), "8x=64", ENTAILED),
        (("8x+9=73",), "2x=64", CONTRADICTED),
        (("(x-4)(x-8)=0",), "x=4", NOT_ENTAILED),  # a lost root
        (("(x-4)(x-8)=0",), "x=4 \\text{ or } x=8", ENTAILED),
        (("\\sqrt{x-1}=x-3",), "x=2", CONTRADICTED),  # an extraneous root
        (("x^2=4",), "x=\\pm 2", ENTAILED),
        (("-2x<12",), "x>-6", ENTAILED),
        (("-2x<12",), "x<-6", CONTRADICTED),
        (("a=b", "(a-b)(a+b)=b(a-b)"), "a+b=b", NOT_ENTAILED),  # cancelled what is 0
        (("x+y=5", "x-y=-1"), "y=3", ENTAILED),
        (("x+y=5", "x-y=-1"), "y=4", CONTRADICTED),
        (("x=1", "x=2"), "x=7", UNVERIFIED),  # nothing follows from a contradiction
    ],
)
def test_facts(premises: tuple[str, ...], goal: str, verdict: ClaimVerdict) -> None:
    found = decided(goal, *premises)
    assert found.verdict is verdict
    if verdict in {CONTRADICTED, NOT_ENTAILED}:
        assert recheck(read_term(goal), found, facts(*premises))


@pytest.mark.parametrize(
    ("premises", "goal", "verdict"),
    [
        ((), "87^2 \\equiv 81 \\pmod{13}", ENTAILED),
        ((), "81 \\equiv 4 \\pmod{13}", CONTRADICTED),
        ((), "2^{100} \\equiv 1 \\pmod{101}", ENTAILED),
        (("n \\equiv 7 \\pmod{11}",), "n^2 \\equiv 5 \\pmod{11}", ENTAILED),
        (("n \\equiv 7 \\pmod{11}",), "n^2 \\equiv 4 \\pmod{11}", CONTRADICTED),
        ((), "n^3 \\equiv n \\pmod{6}", ENTAILED),
    ],
)
def test_congruences(premises: tuple[str, ...], goal: str, verdict: ClaimVerdict) -> None:
    found = decided(goal, *premises)
    assert found.verdict is verdict
    assert recheck(read_term(goal), found, facts(*premises)) is (verdict is CONTRADICTED)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("2x=6", "x=3", Step.EQUIVALENT),
        ("x=2", "x^2=4", Step.IMPLIES),
        ("x^2=4", "x=2", Step.IMPLIED_BY),
        ("x=1", "x=2", Step.UNRELATED),
        ("2x<6", "x<3", Step.EQUIVALENT),
        ("x^2+1=\\sin y", "x=2", None),
    ],
)
def test_lines_of_algebra(before: str, after: str, step: Step | None) -> None:
    assert relation(read_term(before), read_term(after), Domain.REAL) is step


numbers = st.integers(-50, 50)
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


@given(numbers, numbers, numbers, operators)
def test_integers_are_decided_as_python_does(a: int, b: int, c: int, operator: str) -> None:
    left = Sum((Number(Fraction(a)), Product((Number(Fraction(b)), Number(Fraction(b))))))
    goal = Relation(operator, left, Number(Fraction(c)))
    value = a + b * b
    holds = {
        "=": value == c,
        "!=": value != c,
        "<": value < c,
        "<=": value <= c,
        ">": value > c,
        ">=": value >= c,
    }[operator]
    found = decide(goal, (), Domain.REAL)
    assert found.verdict is (ENTAILED if holds else CONTRADICTED)
    assert recheck(goal, found) is not holds


@given(st.integers(1, 9), numbers, numbers, numbers)
def test_a_linear_equation_and_any_value(a: int, b: int, root: int, value: int) -> None:
    x = Symbol("x")
    total = Number(Fraction(a * root + b))
    equation = Relation("=", Sum((Product((Number(Fraction(a)), x)), Number(Fraction(b)))), total)
    known = [Fact(equation, 0, Role.GIVEN)]
    goal = Relation("=", x, Number(Fraction(value)))
    found = decide(goal, known, Domain.REAL)
    assert found.verdict is (ENTAILED if value == root else CONTRADICTED)
    assert recheck(goal, found, known) is (value != root)


@given(numbers, numbers, numbers)
def test_expanding_a_square(a: int, b: int, wrong: int) -> None:
    x = Symbol("x")
    left = Power(Sum((Product((Number(Fraction(a)), x)), Number(Fraction(b)))), Number(Fraction(2)))
    square = Product((Number(Fraction(a * a)), Power(x, Number(Fraction(2)))))
    linear = Product((Number(Fraction(2 * a * b)), x))
    right = Sum((square, linear, Number(Fraction(b * b + wrong))))
    found = decide(Relation("=", left, right), (), Domain.REAL)
    assert found.verdict is (CONTRADICTED if wrong else ENTAILED)


@pytest.mark.parametrize(
    "goal",
    [
        "9^{9^{9^9}}=1",
        "((2^{99})^{99})^{99}=x",
        "(100000)!+1=7",
        "\\sum_{k=1}^{1000000} k=5",
        "(x+1)^{1000}=x^{1000}+1",
        "+".join(f"x_{{{n}}}" for n in range(90)) + "=0",
    ],
)
def test_hostile_statements_are_left_open(goal: str) -> None:
    found = decided(goal)
    assert found.verdict is UNVERIFIED
    assert found.open in {
        OpenReason.TOO_COMPLEX,
        OpenReason.UNSUPPORTED,
        OpenReason.UNGROUNDED,
        OpenReason.UNKNOWN,
    }
