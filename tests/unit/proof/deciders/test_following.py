"""Equations said to be another one rewritten: what cannot be is refuted at points where that one holds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from veridical.math.equality.work import Work
from veridical.math.reader import read_term
from veridical.math.terms import Relation
from veridical.proof.deciders import recheck
from veridical.proof.deciders.following import refute_following
from veridical.proof.model import ClaimVerdict, Fact, Finding, Role

SMALL = st.integers(-9, 9)


def equation(text: str) -> Relation:
    term = read_term(text)
    assert isinstance(term, Relation)
    return term


def refuted(before: str, after: str) -> Finding | None:
    return refute_following(equation(before), equation(after), Work(20_000))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0.99B + 1.01B + B = 4500", "3.01B = 4500"),
        ("y = x - (3t-1)/2 + (1-t)/2", "y = x - (3t-1+1-t)/2"),
        ("b^2c - a^2b + a - c = 0", "bc(b-a) + (a-c) = 0"),
        ("24 - 9a = (9-3a+b+6a-10)/3", "24 - 9a = (8+3a+b)/3"),
        ("2x + 4 = 10", "2x = 14"),
    ],
)
def test_what_is_no_other_form_is_refuted_where_the_first_holds(before: str, after: str) -> None:
    finding = refuted(before, after)
    assert finding is not None
    assert finding.verdict is ClaimVerdict.NOT_ENTAILED
    facts = [Fact(equation(before), 0, Role.DERIVED)]
    assert recheck(equation(after), finding, facts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2x + 3y = 12", "y = 4 - 2x/3"),
        ("a/b = c", "a = bc"),
        ("x^2 = 4", "x = 2"),
        ("x^2 - 5x + 6 = 0", "x = 3"),
        ("(x-1)(y-2) = 6", "xy - 2x - y = 4"),
        ("x + y = 3", "x^2 + 2xy + y^2 = 9"),
        ("x^2 + y^2 = -1", "x = y"),
        ("x = 2", "y = 2"),
    ],
)
def test_other_forms_roots_and_what_cannot_be_told_are_left_alone(before: str, after: str) -> None:
    assert refuted(before, after) is None


@given(SMALL, SMALL, SMALL, st.integers(1, 9), SMALL)
def test_moves_of_algebra_are_never_refuted(a: int, b: int, c: int, factor: int, d: int) -> None:
    assume(a and b)
    before = f"({a})x + ({b})y + ({c}) = ({d})y"
    after = f"({factor * a})x = ({factor * (d - b)})y - ({factor * c})"
    assume(d != b)
    assert refuted(before, after) is None


@given(SMALL, SMALL, SMALL, st.integers(1, 9))
def test_a_slip_in_the_constant_is_refuted(a: int, b: int, c: int, slip: int) -> None:
    assume(a and b)
    finding = refuted(f"({a})x + ({b})y = {c}", f"({2 * a})x + ({2 * b})y = {2 * c + slip}")
    assert finding is not None
    point = {name: Fraction(value) for name, value in finding.counterexample if name in {"x", "y"}}
    assert a * point["x"] + b * point["y"] == c


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x^2 - 5x + 3 = 0", "x^2 - 5x = 3"),
        ("3x^4 + y^4 = 30 - x^2y^2", "3x^4 + y^4 = 30 + x^2y^2"),
        (r"\sqrt{x + 2} = x - 1", "x + 2 = x^2 - 2x - 1"),
        ("e^x = 5 - x", "e^x = 5 + x"),
    ],
)
def test_a_root_that_is_not_rational_is_shut_in_and_checked_again(before: str, after: str) -> None:
    one, other = read_term(before), read_term(after)
    assert isinstance(one, Relation)
    assert isinstance(other, Relation)
    found = refute_following(one, other, Work(200_000))
    assert found is not None
    assert any(" to " in value for _, value in found.counterexample)
    assert recheck(other, found, [Fact(one, 0, Role.DERIVED)])
    assert not recheck(one, found, [Fact(one, 0, Role.DERIVED)])
    assert not recheck(other, found, [Fact(other, 0, Role.DERIVED)])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x^2 - 5x + 3 = 0", "x^2 + 3 = 5x"),
        ("0.5x^2 = 1.7", "x^2 = 3.4"),
        ("2.3x^2 = 1.7", "x^2 = 0.739"),
        (r"\sqrt{x + 2} = x - 1", "x + 2 = x^2 - 2x + 1"),
        ("x^2 = -1 - x^4", "x = 3 + x^3"),
    ],
)
def test_what_holds_in_between_or_has_no_real_root_is_left_alone(before: str, after: str) -> None:
    one, other = read_term(before), read_term(after)
    assert isinstance(one, Relation)
    assert isinstance(other, Relation)
    assert refute_following(one, other, Work(200_000)) is None
