"""Constants as numbers with a bound on their error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mpmath import libmp

from veridical.math.equality.arithmetic import START_PRECISION, NoValueError, Real, UndefinedError
from veridical.math.equality.exact import bits, fold
from veridical.math.equality.numeric import Evaluator
from veridical.math.equality.work import Work
from veridical.math.terms import Term

_LOOSEST = -48
"""Binary exponent of the largest error, relative to the value, that still tells values apart."""
_MAX_SHOWN_BITS = 400
_SHOWN_DIGITS = 15
_NOWHERE: Mapping[str, Fraction] = {}


@dataclass(frozen=True, slots=True)
class Measure:
    """The value of a constant.

    Attributes:
        real: Its real part, or the centre of where that lies.
        imaginary: The same for its imaginary part.
        radius: How far both may be off; 0 where they are exact.
    """

    real: Fraction
    imaginary: Fraction = Fraction(0)
    radius: Fraction = Fraction(0)

    @property
    def is_exact(self) -> bool:
        """Whether it is an exact rational."""
        return not self.radius and not self.imaginary

    def __str__(self) -> str:
        """Return it as text: exactly, or to 15 digits."""
        if self.is_exact and bits(self.real) <= _MAX_SHOWN_BITS:
            return str(self.real)
        real = _decimal(self.real)
        if abs(self.imaginary) <= self.radius:
            return real
        return f"{real} + ({_decimal(self.imaginary)})i"


def _decimal(value: Fraction) -> str:
    number = libmp.from_rational(value.numerator, value.denominator, START_PRECISION)
    return str(libmp.to_str(number, _SHOWN_DIGITS))


def measure(term: Term, work: Work, point: Mapping[str, Fraction] = _NOWHERE) -> Measure | None:
    """Return the value of `term` at `point`; None where it has none that is known well enough.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    exact = fold(term, work, point)
    if exact is not None:
        return Measure(exact)
    try:
        value = Evaluator(point, START_PRECISION, work).of(term)
    except (NoValueError, UndefinedError):
        return None
    if value.error > value.size + _LOOSEST and value.error > _LOOSEST:
        return None
    radius = Fraction(2) ** value.error if value.error > -(1 << 12) else Fraction(0)
    return Measure(_fraction(value.real), _fraction(value.imaginary), radius)


def _fraction(number: Real) -> Fraction:
    top, bottom = libmp.to_rational(number)
    return Fraction(int(top), int(bottom))


def difference(left: Measure, right: Measure) -> tuple[Fraction, Fraction]:
    """Return the distance of two values, and how far it may be off."""
    apart = max(abs(left.real - right.real), abs(left.imaginary - right.imaginary))
    return apart, left.radius + right.radius
