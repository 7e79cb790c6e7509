"""What integers are said to be, one by one and all of them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math.equality.work import Work
from veridical.math.reader import read_term
from veridical.math.terms import Apply, Number
from veridical.proof.deciders import recheck
from veridical.proof.deciders.decide import decide
from veridical.proof.deciders.properties import PRIME, SQUARE
from veridical.proof.deciders.universal import Scope, refute_for_all
from veridical.proof.model import ClaimVerdict, Domain, Fact, Role

N = Scope("n", is_whole=True, least=Fraction(1))


def said(what: str, text: str) -> Apply:
    return Apply(what, (read_term(text),))


@given(st.integers(-3, 5_000))
def test_primes_are_those_without_a_divisor(number: int) -> None:
    is_prime = number > 1 and all(number % each for each in range(2, number))
    statement = Apply(PRIME, (Number(Fraction(number)),))
    found = decide(statement, (), Domain.REAL)
    assert (found.verdict is ClaimVerdict.ENTAILED) is is_prime
    assert is_prime or recheck(statement, found)


@given(st.integers(-10, 4_000))
def test_squares_are_those_of_integers(number: int) -> None:
    found = decide(Apply(SQUARE, (Number(Fraction(number)),)), (), Domain.REAL)
    is_square = any(each * each == number for each in range(64))
    assert (found.verdict is ClaimVerdict.ENTAILED) is is_square


@pytest.mark.parametrize("prime", [2**31 - 1, 999_999_999_989, 18_446_744_073_709_551_557])
def test_large_primes_are_known(prime: int) -> None:
    found = decide(Apply(PRIME, (Number(Fraction(prime)),)), (), Domain.REAL)
    assert found.verdict is ClaimVerdict.ENTAILED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(n+5)^2", True),
        ("n^2 + 10n + 25", True),
        ("4n^2 - 12n + 9", True),
        ("n^4 + 2n^2 + 1", True),
        ("n^2 + 10n + 24", False),
        ("n^2 + n + 1/4", False),
        ("2n^2", False),
        ("n", False),
    ],
)
def test_squares_of_polynomials(text: str, *, expected: bool) -> None:
    found = decide(said(SQUARE, text), (), Domain.INTEGER)
    assert (found.verdict is ClaimVerdict.ENTAILED) is expected


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        (said(PRIME, "n^2 + n + 41"), "40"),
        (said(PRIME, "2^n - 1"), "1"),
        (read_term("2^n > n^2"), "2"),
        (read_term("n^2 = 2n - 1"), "2"),
        (read_term(r"n^2 \equiv 1 \pmod{8}"), "2"),
    ],
)
def test_one_number_refutes_all(statement: Apply, value: str) -> None:
    found = refute_for_all(statement, N, (), Work(200_000))
    assert found is not None
    assert found.verdict is ClaimVerdict.CONTRADICTED
    assert ("n", value) in found.counterexample
    assert recheck(statement, found)


def test_what_holds_or_what_facts_exclude_is_not_refuted() -> None:
    assert refute_for_all(read_term("2^n > n"), N, (), Work(200_000)) is None
    large = [Fact(read_term("n >= 5"), -1, Role.GIVEN)]
    assert refute_for_all(read_term("2^n > n^2"), N, large, Work(200_000)) is None
    assert refute_for_all(read_term("2^n > nk"), N, (), Work(200_000)) is None
