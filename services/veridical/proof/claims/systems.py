"""Other systems of numbers: residues, clocks and bases in which `5 + 9 = 2` and `2^3 = 10` are true."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from veridical.math.equality.exact import fold
from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Number, Power, Product, Sum, Term

_MODULAR = re.compile(
    r"\bmod(?:ulo|ular)?\b|\\[pb]?mod\b|\bcongruent (?:to|mod)|\bresidue|≡|\\equiv|\\not\\equiv",
    re.IGNORECASE,
)
_MODULUS = re.compile(r"mod(?:ulo)?\b[\s{$(\\]*(\d{1,6})")
_CLOCK = re.compile(
    r"\bclock\b|(?<!\\)\b(?:a|p)\.?m\.?(?![a-z])|o'clock|\bmidnight\b|\bnoon\b|\d:\d\d",
    re.IGNORECASE,
)
_BASED = re.compile(
    r"\b(?:in|to|of|from|into)\s+[\\($]*base\b|\bbase[- ]?(?:\d+|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"|\bbinary\b|\boctal\b|\bhexadecimal\b|\d_\{?\d|\bbase-?\$",
    re.IGNORECASE,
)
_BASE = re.compile(r"\bbase[- $(\\]*(\d{1,2})\b|\d_\{?(\d{1,2})\b", re.IGNORECASE)
_MAX_BASE = 36
_MAX_DIGITS = 40


@lru_cache(maxsize=64)
def _moduli(text: str) -> tuple[int, ...] | None:
    """Return the moduli that a text speaks of; None where it speaks of one without saying which."""
    moduli = {int(match) for match in _MODULUS.findall(text)} - {0}
    if _MODULAR.search(text) and not moduli:
        return None
    return tuple(sorted(moduli | ({12, 24} if _CLOCK.search(text) else set())))


@lru_cache(maxsize=64)
def _bases(text: str) -> tuple[int, ...]:
    """Return the bases but ten that a text may speak of; all of them where it does not say which."""
    if not _BASED.search(text):
        return ()
    bases = {int(first or second) for first, second in _BASE.findall(text)} - {0, 1, 10}
    return tuple(sorted(base for base in bases if base <= _MAX_BASE)) or tuple(range(2, 10))


def may_be_another(text: str, left: Term, right: Term, work: Work) -> bool:
    """Say whether a false equation of numbers is true in a system that the text speaks of.

    Args:
        text: The step.
        left: The left side of the equation.
        right: Its right side.
        work: What this may take; where it is used up, the equation may be true.
    """
    moduli, bases = _moduli(text), _bases(text)
    if moduli == () and not bases:
        return False
    try:
        difference = _difference(left, right, work)
        if difference == 0:
            return False
        if moduli is None or difference is None:
            return True
        return any(difference % modulus == 0 for modulus in moduli) or any(
            _holds_in(base, left, right, work) for base in bases
        )
    except WorkExceededError:
        return True


def _holds_in(base: int, left: Term, right: Term, work: Work) -> bool:
    """Say whether the equation holds with the numbers of one side or of both read in `base`."""
    first, second = _rebased(left, base), _rebased(right, base)
    pairs = ((first, second), (first, right), (left, second))
    return any(_difference(one, other, work) == 0 for one, other in pairs)


def _rebased(term: Term, base: int) -> Term:
    match term:
        case Number(value, None, None) if value.denominator == 1:
            digits = str(abs(value.numerator))
            if len(digits) > _MAX_DIGITS or any(int(digit) >= base for digit in digits):
                return term
            return Number(Fraction(int(digits, base) * (-1 if value < 0 else 1)))
        case Sum(parts):
            return Sum(tuple(_rebased(part, base) for part in parts))
        case Product(parts):
            return Product(tuple(_rebased(part, base) for part in parts))
        case Power(below, exponent):
            return Power(_rebased(below, base), exponent)
        case _:
            return term


def _difference(left: Term, right: Term, work: Work) -> Fraction | None:
    try:
        first, second = fold(left, work), fold(right, work)
    except (ArithmeticError, ValueError):
        return None
    return None if first is None or second is None else first - second
