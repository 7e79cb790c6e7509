from __future__ import annotations

import string
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math import (
    Comparison,
    Decision,
    MathPolicy,
    MathReason,
    MathRule,
    OrderPolicy,
    Outcome,
    PercentPolicy,
    UnitPolicy,
    decide,
)


def decided(gold: str, answer: str, policy: MathPolicy | None = None) -> Decision:
    found = decide(gold, rf"So \boxed{{{answer}}}", policy or MathPolicy(), truncated=False)
    assert isinstance(found, Decision)
    return found


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("42", "42"),
        ("42", "42.0"),
        ("16", "016"),
        ("-5", "−5"),
        ("1234", "1,234"),
        ("12345678", r"12\,345\,678"),
        ("32349", r"32,\! 349"),
        ("1/2", "0.5"),
        ("0.5", r"\dfrac{1}{2}"),
        ("$1/3$", r"\frac13"),
        ("1/3", "0.333333"),
        ("2777.78", r"\frac{25000}{9}"),
        ("5/2", r"2\frac{1}{2}"),
        ("5/2", "2 1/2"),
        ("1500000", r"1.5 \times 10^{6}"),
        ("0.335", r"33.5\%"),
        (r"33.5\%", "0.335"),
        ("10", r"\$10"),
        ("12", r"12^{\mathrm{th}}"),
        ("x=5", "5"),
        ("5", "x = 5"),
        ("17", r"17\text{ any text}"),
        ("1 km", "1000 m"),
        ("2 hours", "120 minutes"),
        ("5", r"5 \text{ cm}^2"),
        (r"90^\circ", "90°"),
        ("1,2,3", "3, 2, 1"),
        (r"\{1,2\}", "{2,1}"),
        ("(1,2)", r"\left( 1, 2 \right)"),
        ("7,4", r"7 \text{ stuffed goats and } 4 \text{ toy helicopters}"),
        ("Evelyn", r"\text{Evelyn}"),
        (r"\frac{\pi}{2}", r"\dfrac{ \pi }{2}"),
        (r"x\leq 3", r"x \le 3"),
        ("２", "2"),
        (r"So we get $x=\boxed{7}$.", "7"),
        ("She sold 9.\n#### 7", "7"),
        ("D", "(D) Alina"),
        (r"\text{(C)}", "C"),
        ("D", "D. it cannot be A or B"),
    ],
)
def test_equal_without_a_worker(gold: str, answer: str) -> None:
    assert (decided(gold, answer).outcome, decided(gold, answer).reason) == (
        Outcome.CORRECT,
        MathReason.EQUAL,
    )


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("42", "41"),
        ("12", "1 2/3"),
        ("11/2", "1 1/2"),
        ("1/3", "0.33"),
        ("5.001", "5"),
        ("14.5", "14.46"),
        ("0", "0.0000000000001"),
        ("0.0000001", "0.0000002"),
        ("100000000000", "99999999999"),
        ("12345678902", "12345678901"),
        ("5 km", "5 m"),
        ("5 apples", "5 pears"),
        ("0.5", r"0.5\%"),
        (r"40\%", "40"),
        ("1,2,3", "1,2,4"),
        ("1,2,3", "1,2"),
        ("(1,2)", "(2,1)"),
        ("x=1", "y=1"),
        ("D", "(A) Alina"),
        ("100", r"10\text{ units}"),
    ],
)
def test_unequal_without_a_worker(gold: str, answer: str) -> None:
    assert (decided(gold, answer).outcome, decided(gold, answer).reason) == (
        Outcome.INCORRECT,
        MathReason.NOT_EQUAL,
    )


@pytest.mark.parametrize(
    ("gold", "answer"),
    [(r"\sqrt{8}", r"2\sqrt{2}"), ("5m", "5"), ("x+1", "1+x"), ("(1,2)", "1,2"), ("2,74", "2.74")],
)
def test_what_is_not_certain_goes_to_a_worker(gold: str, answer: str) -> None:
    found = decide(gold, rf"\boxed{{{answer}}}", MathPolicy(), truncated=False)
    assert isinstance(found, Comparison)
    assert (found.request.gold, found.request.answer) == (gold, answer)
    assert found.evidence.rule is None


@pytest.mark.parametrize(
    ("policy", "gold", "answer", "outcome"),
    [
        (MathPolicy(percent=PercentPolicy.SIGN_OPTIONAL), r"40\%", "40", Outcome.CORRECT),
        (MathPolicy(percent=PercentPolicy.SIGN_OPTIONAL), "40", r"40\%", Outcome.INCORRECT),
        (MathPolicy(units=UnitPolicy.REQUIRED), "5 km", "5", Outcome.INCORRECT),
        (MathPolicy(units=UnitPolicy.REQUIRED), "5 km", "5000 m", Outcome.CORRECT),
        (MathPolicy(units=UnitPolicy.REQUIRED), "5", "5 km", Outcome.CORRECT),
        (MathPolicy(order=OrderPolicy.STRICT), "1,2", "2,1", Outcome.INCORRECT),
        (MathPolicy(order=OrderPolicy.IGNORED), "(1,2)", "(2,1)", Outcome.CORRECT),
        (MathPolicy(rtol=0.01), "100", "100.9", Outcome.CORRECT),
        (MathPolicy(rtol=0.01), "100", "101.1", Outcome.INCORRECT),
        (MathPolicy(atol=0.5), "0", "-0.5", Outcome.CORRECT),
        (MathPolicy(ignore_variable_names=True), "x=1", "y=1", Outcome.CORRECT),
    ],
)
def test_policies(policy: MathPolicy, gold: str, answer: str, outcome: Outcome) -> None:
    assert decided(gold, answer, policy).outcome is outcome


@pytest.mark.parametrize(
    ("gold", "response", "reason"),
    [
        ("42", r"It is not \boxed{42}", MathReason.NEGATED_ANSWER),
        ("42", r"$x \neq \boxed{42}$", MathReason.NEGATED_ANSWER),
        ("42", r"\boxed{\neq 42}", MathReason.NEGATED_ANSWER),
        ("42", r"\boxed{1=2=...=41=42}", MathReason.FALSE_CHAIN),
        ("42", r"\boxed{43=42}", MathReason.FALSE_CHAIN),
        ("42", r"\boxed{41 \to 42}", MathReason.FALSE_CHAIN),
        ("42", r"\boxed{41 \text{ or } 42}", MathReason.HEDGED_ANSWER),
        ("42", "41 or 42", MathReason.HEDGED_ANSWER),
        ("42", r"\boxed{41, 42}", MathReason.SEVERAL_ANSWERS),
        ("42", r"\boxed{41} \boxed{42}", MathReason.SEVERAL_ANSWERS),
        ("42", "words " * 100, MathReason.NO_ANSWER),
        ("42", "", MathReason.NO_ANSWER),
    ],
)
def test_no_single_committed_answer(gold: str, response: str, reason: MathReason) -> None:
    found = decide(gold, response, MathPolicy(), truncated=False)
    assert isinstance(found, Decision)
    assert (found.outcome, found.reason) == (Outcome.INCORRECT, reason)
    assert found.evidence.rule is MathRule.EXTRACTION


def test_a_value_said_twice_is_one_answer() -> None:
    assert decided("1/2", r"\frac{1}{2} = 0.5").outcome is Outcome.CORRECT
    found = decide("42", r"\boxed{42}, \boxed{42}", MathPolicy(), truncated=False)
    assert isinstance(found, Decision)
    assert found.outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("words " * 100, MathReason.NO_ANSWER),
        (r"<think> so \boxed{42}", MathReason.NO_ANSWER),
        ("work\nA: 42", MathReason.TRUNCATED),
        ("42", MathReason.TRUNCATED),
        (r"\boxed{42} or rather \boxed{4", MathReason.TRUNCATED),
        (r"So \boxed{42} and", MathReason.EQUAL),
        ("work\nA: 42\nNow", MathReason.EQUAL),
    ],
)
def test_truncated_responses(response: str, reason: MathReason) -> None:
    found = decide("42", response, MathPolicy(), truncated=True)
    assert isinstance(found, Decision)
    assert found.reason is reason


@pytest.mark.parametrize("gold", ["", " \n", "$$", "9" * 3000])
def test_bad_golds_are_undecided(gold: str) -> None:
    found = decided(gold, "42")
    assert (found.outcome, found.reason) == (Outcome.UNDECIDED, MathReason.GOLD_UNPARSABLE)


def test_a_gold_too_large_to_compute_still_equals_itself() -> None:
    assert decided("10^{10^{10}}", "10^{10^{10}}").outcome is Outcome.CORRECT


def test_evidence_of_a_decision() -> None:
    evidence = decided(r"\frac{1}{2}", "$0.5$").evidence
    assert evidence.extracted == "$0.5$"
    assert (evidence.gold_normal, evidence.answer_normal) == (r"\frac{1}{2}", "0.5")
    assert evidence.rule is MathRule.RATIONAL


NUMBERS = (
    st.integers(-(10**30), 10**30).map(str)
    | st.decimals(-(10**6), 10**6, places=4).map(lambda number: format(number, "f"))
    | st.fractions(-1000, 1000).map(str)
)
DRESS = st.sampled_from(["{}", " {} ", "${}$", "$$ {} $$", r"\( {} \)", r"\displaystyle {}", "{}."])


@given(NUMBERS, DRESS, DRESS)
def test_plain_numbers_equal_themselves_however_dressed(
    number: str, gold: str, answer: str
) -> None:
    assert decided(gold.format(number), answer.format(number)).outcome is Outcome.CORRECT


@given(NUMBERS, NUMBERS)
def test_decisions_on_exact_numbers_are_symmetric_and_right(left: str, right: str) -> None:
    forth, back = decided(left, right).outcome, decided(right, left).outcome
    assert forth is back
    if "." not in left + right:
        assert (forth is Outcome.CORRECT) == (Fraction(left) == Fraction(right))
    elif "/" not in left + right:
        assert (forth is Outcome.CORRECT) or Decimal(left) != Decimal(right)


@given(st.text(max_size=80), st.text(max_size=200), st.booleans())
def test_any_text_is_answered(gold: str, response: str, truncated: bool) -> None:
    first = decide(gold, response, MathPolicy(), truncated=truncated)
    assert first == decide(gold, response, MathPolicy(), truncated=truncated)


MATHS = st.text(
    alphabet=string.digits + r"\{}()[]^_+-*/=,.!$%& xefract" + "½π²√∞\x00\ud800", max_size=60
)


@given(MATHS, MATHS)
def test_any_mathematics_is_answered(gold: str, answer: str) -> None:
    found = decide(gold, rf"\boxed{{{answer}}}", MathPolicy(), truncated=False)
    assert isinstance(found, Decision | Comparison)
