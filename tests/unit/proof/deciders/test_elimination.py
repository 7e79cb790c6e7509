"""What follows by adding and subtracting equations, and points that show what does not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.reader import read_term
from veridical.math.terms import Number, Product, Relation, Sum, Symbol
from veridical.proof.deciders import decide, recheck
from veridical.proof.model import ClaimVerdict, Domain, Fact, Finding, Method, Role

ENTAILED, CONTRADICTED = ClaimVerdict.ENTAILED, ClaimVerdict.CONTRADICTED
NOT_ENTAILED, UNVERIFIED = ClaimVerdict.NOT_ENTAILED, ClaimVerdict.UNVERIFIED
SMALL = st.integers(-5, 5)


def facts(*texts: str) -> list[Fact]:
    return [Fact(read_term(text), step, Role.DERIVED) for step, text in enumerate(texts)]


def decided(goal: str, *texts: str, domain: Domain = Domain.REAL) -> Finding:
    return decide(read_term(goal), facts(*texts), domain)


@pytest.mark.parametrize(
    ("goal", "premises", "verdict"),
    [
        ("2x = 8", ("x + y = 5", "x - y = 3"), ENTAILED),
        ("2x = 9", ("x + y = 5", "x - y = 3"), CONTRADICTED),
        ("x + 2z = 9", ("x + y = 5", "y + z = 6"), NOT_ENTAILED),
        ("x + y + z = 9", ("x + y = 5", "y + z = 6"), NOT_ENTAILED),
        ("ab + bc = 7", ("ab - c = 3", "bc + c = 4"), ENTAILED),
        ("x + y = 4", ("x + y = 5", "2x + 2y = 11"), UNVERIFIED),
    ],
)
def test_systems(goal: str, premises: tuple[str, ...], verdict: ClaimVerdict) -> None:
    assert decided(goal, *premises).verdict is verdict


def test_only_what_was_used_is_a_premise() -> None:
    found = decided("2a = 8", "b + c = 1", "a + b = 5", "a - b = 3")
    assert (found.method, found.premises) == (Method.ELIMINATION, (1, 2))


def test_a_point_over_the_rationals_shows_nothing_about_integers() -> None:
    assert decided("x = y", "2x + 3y = 2", domain=Domain.INTEGER).method is not Method.ELIMINATION


def linear(factors: list[int], constant: int) -> Relation:
    terms = [
        Product((Number(Fraction(factor)), Symbol(name)))
        for factor, name in zip(factors, "uvw", strict=True)
    ]
    return Relation("=", Sum(tuple(terms)), Number(Fraction(constant)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=2, max_size=2), SMALL, SMALL)
def test_sums_of_multiples_follow_and_others_are_refuted_by_a_point(
    rows: list[list[int]], one: int, other: int
) -> None:
    solution = (2, -1, 3)
    values = [sum(a * b for a, b in zip(row, solution, strict=True)) for row in rows]
    known = [
        Fact(linear(row, v), n, Role.DERIVED)
        for n, (row, v) in enumerate(zip(rows, values, strict=True))
    ]
    mixed = [one * a + other * b for a, b in zip(*rows, strict=True)]
    goal = linear(mixed, one * values[0] + other * values[1])
    assert decide(goal, known, Domain.REAL).verdict is ENTAILED
    slipped = linear(mixed, one * values[0] + other * values[1] + 1)
    found = decide(slipped, known, Domain.REAL)
    assert found.verdict in {CONTRADICTED, NOT_ENTAILED}
    assert recheck(slipped, found, known)
