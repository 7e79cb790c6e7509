"""Where the numbers of a trace come from."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math.terms import Number, Power, Product, Relation, Sum, Term
from veridical.proof import grounding
from veridical.proof.grounding.words import numbers
from veridical.proof.model import Claim, Segment, StepReading


def number(value: int | Fraction) -> Term:
    return Number(Fraction(value))


def over(below: int) -> Term:
    return Power(number(below), number(-1))


def times(*factors: int | Term) -> Term:
    return Product(tuple(number(one) if isinstance(one, int) else one for one in factors))


def plus(*terms: int | Term) -> Term:
    return Sum(tuple(number(one) if isinstance(one, int) else one for one in terms))


def step(text: str, *links: tuple[Term, Term]) -> StepReading:
    """A step whose claims stand at its end, as one chain."""
    claims = [Claim("", len(text), len(text), Relation("=", *link)) for link in links]
    return StepReading(Segment(text), tuple(claims))


def ungrounded(problem: str, *steps: StepReading) -> list[tuple[int | None, str]]:
    found = grounding.warnings(problem, steps)
    return [(one.step, one.text.split()[0]) for one in found if one.kind == "ungrounded_operand"]


PROBLEM = "Ana has 18 pens and gives a third of them away. She buys forty-two more at 15% off."


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (times(18, over(3)), []),
        (plus(18, 42), []),
        (times(42, 85, over(100)), []),
        (times(42, number(Fraction(85, 100))), []),
        (times(42, number(Fraction(115, 100))), []),
        (times(18, 2, over(3)), []),
        (plus(18, 23), ["23"]),
        (plus(18, times(17, 42)), ["17"]),
        (plus(18, number(-19)), ["19"]),
        (number(77), []),
    ],
)
def test_operands(side: Term, expected: list[str]) -> None:
    assert ungrounded(PROBLEM, step("So", (side, number(1)))) == [(0, one) for one in expected]


def test_results_ground_what_comes_after_them() -> None:
    first = step("She keeps", (plus(18, -6 + 0), number(12)))
    assert (
        ungrounded(
            PROBLEM.replace("a third", "six"), first, step("So", (times(12, 42), number(504)))
        )
        == []
    )
    later = step("So", (times(13, 42), number(546)))
    assert ungrounded(PROBLEM, first, later) == [(0, "6"), (1, "13")]


def test_parts_that_were_worked_out_on_the_way_are_grounded() -> None:
    chain = step("So", (plus(18, times(18, 42)), plus(18, 756)), (plus(18, 756), number(774)))
    assert ungrounded(PROBLEM, chain) == []


def test_what_a_step_says_in_words_is_grounded() -> None:
    assert (
        ungrounded(PROBLEM, step("A crate holds 23 pens, so", (times(18, 23), number(414)))) == []
    )


def test_the_number_of_things_added_up_is_grounded() -> None:
    total = step("In all", (plus(18, 42, 18, 42, 18, 42, 18), number(198)))
    assert ungrounded(PROBLEM, total, step("On average", (times(198, over(7)), number(28)))) == []


@pytest.mark.parametrize(
    ("problem", "operand", "grounded"),
    [
        ("He runs 3 hours.", 60, True),
        ("He runs 3 hours.", 12, True),
        ("He eats 3 figs.", 60, False),
        ("He eats 3 figs a day. How many in a week?", 7, True),
        ("He eats 3 figs a month for a year.", 12, True),
        ("He eats 3 figs.", 7, False),
        ("He has 3 dozen eggs.", 12, True),
        ("Ann, Bob, Cid and Dee share 3 figs.", 4, True),
    ],
)
def test_common_knowledge(problem: str, operand: int, *, grounded: bool) -> None:
    found = ungrounded(problem, step("So", (times(3, operand), number(1))))
    assert found == ([] if grounded else [(0, str(operand))])


def test_problems_with_formulas_and_without_numbers_are_left_alone() -> None:
    claim = step("So", (times(19, 23), number(437)))
    assert ungrounded("Find $x$ if $x^2 = 9$.", claim) == []
    assert ungrounded("How many are there?", claim) == []


def test_an_operand_is_warned_of_once_a_step() -> None:
    assert ungrounded(PROBLEM, step("So", (times(19, 18), times(19, 18)))) == [(0, "19")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,250 and .75", [1250, Fraction(3, 4)]),
        ("two hundred fifty", [200, 250]),
        ("twenty-five", [20, 5, 25]),
        ("3/4 of it", [3, 4, Fraction(3, 4), Fraction(1, 4)]),
        ("2 million", [2, 2_000_000]),
        ("twice", [2]),
        ("30 percent", [30, Fraction(3, 10), 70, Fraction(7, 10)]),
        ("half", [2, Fraction(1, 2)]),
    ],
)
def test_numbers_of_a_text(text: str, expected: list[int | Fraction]) -> None:
    assert {Fraction(one) for one in expected} <= numbers(text)


def test_words_that_do_not_belong_together_are_not_added() -> None:
    assert Fraction(25) not in numbers("He bought twenty pens for five friends.")


@given(st.text(max_size=300))
def test_any_text_has_numbers_or_none(text: str) -> None:
    assert all(one >= 0 or one < 1 for one in numbers(text))


def test_an_equals_sign_that_means_and_then() -> None:
    abused = step("So", (plus(3, 4), times(7, 2)), (times(7, 2), number(14)))
    found = grounding.warnings("He has 3, 4 and 2.", [abused])
    assert [one.kind for one in found] == ["equals_abuse"]


@pytest.mark.parametrize(
    "links",
    [
        [(plus(3, 4), times(8, 2)), (times(8, 2), number(16))],
        [(plus(3, 4), times(7, 2)), (times(7, 2), number(15))],
        [(plus(3, 4), times(7, 2))],
        [(plus(3, 4), times(7, 1)), (times(7, 1), number(7))],
        [(number(7), times(7, 2)), (times(7, 2), number(14))],
    ],
)
def test_other_chains_are_no_abuse(links: list[tuple[Term, Term]]) -> None:
    assert not grounding.warnings("", [step("So", *links)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 hours + $3 = 8", ["5 hours and $3 measure different things"]),
        ("2 kg - 3 meters = 1", ["2 kg and 3 meters measure different things"]),
        ("5 hours + 30 minutes = 5.5 hours", []),
        ("2 months + 3 days = 63 days", []),
        ("$5 + 30 cents = $5.30", []),
        ("5 apples + 3 oranges = 8 fruits", []),
        ("5 hours * $3 = $15", []),
        ("16-3-4 = 9", []),
    ],
)
def test_units_that_do_not_fit(text: str, expected: list[str]) -> None:
    claim = Claim(text, 0, len(text), Relation("=", number(1), number(1)))
    found = grounding.warnings("", [StepReading(Segment(text), (claim,))])
    assert [one.text for one in found if one.kind == "unit_mismatch"] == expected


@pytest.mark.parametrize(
    "text", ["9" * 100_000, "1/" * 50_000, "five " * 30_000, "a, " * 40_000, " " * 200_000]
)
def test_hostile_texts_are_read_in_linear_time(text: str) -> None:
    assert grounding.warnings(PROBLEM, [step(text, (plus(18, 42), number(60)))]) == ()
    assert grounding.warnings(text, [step("So", (plus(18, 42), number(60)))]) is not None
