"""What an integer is said to be: prime, or a perfect square; as constants, and squares of polynomials."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Term
from veridical.proof.deciders.arithmetic import NOT, Truth
from veridical.proof.deciders.polynomials import Polynomial, polynomial, univariate
from veridical.proof.model import ClaimVerdict, ErrorKind, Fact, Finding, Method, OpenReason
from veridical.proof.parts import names_of

PRIME, SQUARE = "is_prime", "is_square"
NOT_PRIME, NOT_SQUARE = "is_not_prime", "is_not_square"
_NAMES = frozenset({PRIME, SQUARE, NOT_PRIME, NOT_SQUARE})
_DENIED = {NOT_PRIME: PRIME, NOT_SQUARE: SQUARE}
_MAX_PRIME_BITS = 64
_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Bases for which the test of Miller and Rabin is exact below 2^64."""
_MAX_DIVISOR = 4_096
_UNITS = 40
"""Units of work that one test takes."""


def property_of(statement: Term) -> Apply | None:
    """Return a statement that says what an integer is; None of any other."""
    if isinstance(statement, Apply) and statement.function in _NAMES:
        return statement
    return None


def holds(statement: Apply, point: Mapping[str, Fraction], work: Work) -> Truth:
    """Say whether what is said of an integer holds at `point`.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    value = fold(statement.arguments[0], work, point)
    if value is None:
        return Truth.OPEN
    work.spend(_UNITS)
    asked = _DENIED.get(statement.function, statement.function)
    truth = _is_prime(value) if asked == PRIME else _truth(_is_square(value))
    return truth if asked == statement.function else NOT[truth]


def _truth(holds_: bool) -> Truth:
    return Truth.TRUE if holds_ else Truth.FALSE


def _is_square(value: Fraction) -> bool:
    whole = value.denominator == 1 and value >= 0
    return whole and math.isqrt(value.numerator) ** 2 == value.numerator


def _is_prime(value: Fraction) -> Truth:
    if value.denominator != 1 or value < 2:
        return Truth.FALSE
    number = value.numerator
    if number.bit_length() > _MAX_PRIME_BITS:
        return Truth.OPEN
    if number in _WITNESSES:
        return Truth.TRUE
    return _truth(all(_passes(number, base) for base in _WITNESSES))


def _passes(number: int, base: int) -> bool:
    """Say whether a number larger than `base` behaves like a prime towards it."""
    odd, halvings = number - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    return any((power := power * power % number) == number - 1 for _ in range(halvings - 1))


def decide_property(statement: Apply, facts: Sequence[Fact], work: Work) -> Finding:
    """Decide what is said of a constant, or of a polynomial that is a square as it stands.

    Variables stand for integers where no equation says what they are: the root of something may be none.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    truth = holds(statement, {}, work)
    if truth is Truth.TRUE:
        return Finding(ClaimVerdict.ENTAILED, Method.ARITHMETIC)
    if truth is Truth.FALSE:
        return _refuted(statement, work)
    is_free = not any(names_of(fact.statement) & names_of(statement) for fact in facts)
    if (
        is_free
        and statement.function == SQUARE
        and _is_square_of(polynomial(statement.arguments[0], work))
    ):
        return Finding(ClaimVerdict.ENTAILED, Method.ARITHMETIC)
    return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNKNOWN)


def _refuted(statement: Apply, work: Work) -> Finding:
    value = fold(statement.arguments[0], work)
    divisor = None if value is None else _divisor(value, work)
    shown = (("value", str(value)),)
    return Finding(
        ClaimVerdict.CONTRADICTED,
        Method.ARITHMETIC,
        counterexample=(*shown, ("divisor", str(divisor))) if divisor else shown,
        error=ErrorKind.CALCULATION,
        note=f"{value} is {'' if statement.function in _DENIED else 'not '}"
        f"{'a prime' if statement.function in (PRIME, NOT_PRIME) else 'a perfect square'}",
    )


def _divisor(value: Fraction, work: Work) -> int | None:
    """Return the least divisor above 1 of an integer, if it is small and not all of it."""
    number = abs(value.numerator)
    limit = min(_MAX_DIVISOR, math.isqrt(number))
    work.spend(1 + (limit >> 4))
    return next((each for each in range(2, limit + 1) if number % each == 0), None)


def _is_square_of(poly: Polynomial | None) -> bool:
    """Say whether a polynomial of one symbol is the square of one with whole coefficients."""
    dense = None if poly is None else univariate(poly)
    if not dense or len(dense) % 2 == 0 or not _is_square(dense[-1]):
        return False
    top = (len(dense) - 1) // 2
    root = [Fraction(0)] * top + [Fraction(math.isqrt(dense[-1].numerator))]
    for at in range(top - 1, -1, -1):
        known = sum(root[at + shift] * root[top - shift] for shift in range(1, top - at))
        root[at] = (dense[top + at] - known) / (2 * root[top])
    squared = [
        sum(root[left] * root[at - left] for left in range(max(0, at - top), min(at, top) + 1))
        for at in range(len(dense))
    ]
    return squared == list(dense) and all(value.denominator == 1 for value in root)
