"""Arithmetic to a precision that is asked for, each value with a bound on its error.

A value is real and imaginary part as numbers of `mpmath.libmp`, which takes the precision with each
call and has no state, and the binary exponent of an absolute error bound (first-order, a little
generous). The work grows with the precision; nothing here looks at a clock.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from mpmath import libmp

from veridical.math.equality.work import OutOfReachError, Work

Real: TypeAlias = Any
"""A number of `mpmath.libmp`: a tuple of sign, mantissa, exponent and bits."""
START_PRECISION = 192
"""Bits that a comparison begins with."""
MAX_PRECISION = 4096
"""Bits that it may come to."""
MAX_MAGNITUDE = 1 << 20
"""Binary exponent of the largest number that is computed with."""
NO_ERROR = -(1 << 40)
"""Binary exponent of the error of an exact value."""
_MAX_ARGUMENT = 256
_MAX_EXPONENT = 24


class UndefinedError(Exception):
    """A term has no value at a point, as where it divides by zero."""


class NoValueError(Exception):
    """A term is nothing that has a number as its value, as far as is known here."""


class Value(NamedTuple):
    """A complex number and the binary exponent of a bound on its error."""

    real: Real
    imaginary: Real
    error: int

    @property
    def is_real(self) -> bool:
        """Whether the imaginary part is zero."""
        return self.imaginary is libmp.fzero or self.imaginary == libmp.fzero

    @property
    def size(self) -> int:
        """The binary exponent of it; of its error where it is not to be told from zero."""
        return max(size(self.real), size(self.imaginary), self.error)


def size(number: Real) -> int:
    """Return the binary exponent of a number; a very small one for zero."""
    return int(number[2] + number[3]) if number[1] else NO_ERROR


ONE = Value(libmp.fone, libmp.fzero, NO_ERROR)
IMAGINARY = Value(libmp.fzero, libmp.fone, NO_ERROR)


class Arithmetic:
    """Arithmetic at one precision.

    Attributes:
        precision: Bits that are computed with.
        real_roots: Whether odd roots of negative numbers are the real ones.
        had_choice: Whether that made a difference.
        reach: Largest absolute binary exponent that occurred: what a precision has to span.
    """

    __slots__ = ("_work", "had_choice", "precision", "reach", "real_roots")

    def __init__(self, precision: int, work: Work, *, real_roots: bool = True) -> None:
        self._work = work
        self.precision = precision
        self.real_roots = real_roots
        self.had_choice = False
        self.reach = 1

    def note(self, value: Value) -> None:
        """Take a value into account in `reach`.

        Raises:
            WorkExceededError: It is too large or too small.
        """
        for part in (value.real, value.imaginary):
            if part[1]:
                exponent = part[2] + part[3]
                if exponent > value.error + 4 and abs(exponent) > self.reach:
                    self.reach = abs(exponent)
        if self.reach > MAX_MAGNITUDE:
            raise OutOfReachError("too large or too small a number")

    def rational(self, value: Fraction) -> Value:
        """Return a rational as a value."""
        if value.denominator == 1 and value.numerator.bit_length() <= self.precision:
            return Value(libmp.from_int(value.numerator), libmp.fzero, NO_ERROR)
        number = libmp.from_rational(value.numerator, value.denominator, self.precision)
        return Value(number, libmp.fzero, size(number) - self.precision + 1)

    def add(self, left: Value, right: Value) -> Value:
        """Return the sum."""
        real = libmp.mpf_add(left.real, right.real, self.precision, "n")
        imaginary = libmp.fzero
        if not (left.is_real and right.is_real):
            imaginary = libmp.mpf_add(left.imaginary, right.imaginary, self.precision, "n")
        error = max(left.error, right.error)
        if not _is_exact_sum(left, right, self.precision):
            error = max(error, max(size(real), size(imaginary)) - self.precision)
        return settled(real, imaginary, error + 1 if error > NO_ERROR else error)

    def negate(self, value: Value) -> Value:
        """Return the negative."""
        return Value(libmp.mpf_neg(value.real), libmp.mpf_neg(value.imaginary), value.error)

    def multiply(self, left: Value, right: Value) -> Value:
        """Return the product."""
        if left.is_real and right.is_real:
            real = libmp.mpf_mul(left.real, right.real, self.precision, "n")
            imaginary = libmp.fzero
        else:
            real, imaginary = libmp.mpc_mul(left[:2], right[:2], self.precision, "n")
        if left.error == NO_ERROR == right.error and _is_short(left, right, self.precision):
            return Value(real, imaginary, NO_ERROR)
        error = max(left.error + right.size, right.error + left.size)
        rounding = max(size(real), size(imaginary)) - self.precision
        return settled(real, imaginary, max(error, rounding) + 2)

    def inverse(self, value: Value) -> Value:
        """Return the reciprocal.

        Raises:
            UndefinedError: The value is zero.
        """
        if is_zero(value):
            raise UndefinedError
        if value.is_real:
            real = libmp.mpf_div(libmp.fone, value.real, self.precision, "n")
            imaginary = libmp.fzero
        else:
            real, imaginary = libmp.mpc_div(libmp.mpc_one, value[:2], self.precision, "n")
        magnitude = max(size(real), size(imaginary))
        error = max(value.error + 2 * magnitude, magnitude - self.precision)
        return settled(real, imaginary, error + 1)

    def divide(self, left: Value, right: Value) -> Value:
        """Return the quotient.

        Raises:
            UndefinedError: The divisor is zero.
        """
        return self.multiply(left, self.inverse(right))

    def raised(self, base: Value, exponent: Fraction) -> Value:
        """Return a rational power; the real root of a negative base where the index is odd."""
        if is_zero(base):
            return self._power_of_zero(base, exponent)
        if exponent.denominator == 1:
            return self._whole_power(base, exponent.numerator)
        negative = base.is_real and base.real[0] == 1
        if negative and exponent.denominator % 2:
            self.had_choice = True
            if self.real_roots:
                root = self.raised(self.negate(base), exponent)
                return self.negate(root) if exponent.numerator % 2 else root
        if exponent == Fraction(1, 2):
            return self._square_root(base)
        return self.raised_by(base, self.rational(exponent))

    def _power_of_zero(self, base: Value, exponent: Fraction) -> Value:
        if exponent == 0:
            return Value(libmp.fone, libmp.fzero, NO_ERROR)
        if exponent < 0:
            raise UndefinedError
        return settled(libmp.fzero, libmp.fzero, int(base.error * exponent))

    def _whole_power(self, base: Value, exponent: int) -> Value:
        if exponent < 0:
            return self.inverse(self._whole_power(base, -exponent))
        if exponent.bit_length() + max(base.size.bit_length(), 0) > 40:
            raise OutOfReachError("too large a power")
        if exponent == 2:
            return self.multiply(base, base)
        self._work.spend(exponent.bit_length() * (1 + (self.precision >> 8)))
        extra = self.precision + exponent.bit_length() + 4
        if base.is_real:
            real, imaginary = libmp.mpf_pow_int(base.real, exponent, extra), libmp.fzero
        else:
            real, imaginary = libmp.mpc_pow_int(base[:2], exponent, extra)
        magnitude = max(size(real), size(imaginary))
        error = magnitude - self.precision
        if base.error > NO_ERROR:
            error = max(error, base.error - base.size + magnitude + exponent.bit_length())
        return settled(real, imaginary, error + 2)

    def _square_root(self, base: Value) -> Value:
        if base.is_real and base.real[0] == 0:
            real, imaginary = libmp.mpf_sqrt(base.real, self.precision, "n"), libmp.fzero
        else:
            real, imaginary = libmp.mpc_sqrt(base[:2], self.precision, "n")
        magnitude = max(size(real), size(imaginary))
        error = max(base.error - magnitude, magnitude - self.precision)
        return settled(real, imaginary, error + 1)

    def raised_by(self, base: Value, exponent: Value) -> Value:
        """Return any power: e to the power of the exponent times the logarithm of the base."""
        if is_zero(base):
            if exponent.is_real and exponent.real[0] == 0 and not is_zero(exponent):
                return Value(libmp.fzero, libmp.fzero, base.error)
            raise UndefinedError
        return self.exponential(self.multiply(exponent, self.logarithm(base)))

    def exponential(self, value: Value) -> Value:
        """Return e to the power of a value."""
        self.spend_function(value)
        if value.size > _MAX_EXPONENT:
            raise OutOfReachError("too large a power")
        if value.is_real:
            real, imaginary = libmp.mpf_exp(value.real, self.precision, "n"), libmp.fzero
        else:
            real, imaginary = libmp.mpc_exp(value[:2], self.precision, "n")
        magnitude = max(size(real), size(imaginary))
        return settled(real, imaginary, max(value.error, -self.precision) + magnitude + 2)

    def logarithm(self, value: Value) -> Value:
        """Return the principal natural logarithm.

        Raises:
            UndefinedError: The value is zero.
        """
        if is_zero(value):
            raise UndefinedError
        self.spend_function(value)
        if value.is_real and value.real[0] == 0:
            real, imaginary = libmp.mpf_log(value.real, self.precision, "n"), libmp.fzero
        else:
            real, imaginary = libmp.mpc_log(value[:2], self.precision, "n")
        rounding = max(size(real), size(imaginary)) - self.precision
        return settled(real, imaginary, max(value.error - value.size + 1, rounding) + 1)

    def spend_function(self, value: Value) -> None:
        """Count one call of a transcendental function.

        Raises:
            WorkExceededError: The work is used up, or the argument is too large.
        """
        if value.size > _MAX_ARGUMENT:
            raise OutOfReachError("too large an argument of a function")
        scale = (self.precision >> 7) + 1
        self._work.spend(6 + scale * scale)


def _is_exact_sum(left: Value, right: Value, precision: int) -> bool:
    """Say whether a sum of exact values has no rounding error."""
    if not left.error == NO_ERROR == right.error:
        return False
    exponents = [part[2] for part in (left.real, right.real) if part[1]]
    largest = max(size(left.real), size(right.real))
    return left.is_real and right.is_real and largest - min(exponents, default=0) < precision


def _is_short(left: Value, right: Value, precision: int) -> bool:
    """Say whether a product of exact reals has no rounding error."""
    return left.is_real and right.is_real and int(left.real[3] + right.real[3]) <= precision


def settled(real: Real, imaginary: Real, error: int) -> Value:
    """Return a value without an imaginary part that is only error."""
    error = max(error, NO_ERROR)
    if imaginary is not libmp.fzero and size(imaginary) <= error + 1:
        imaginary = libmp.fzero
    if imaginary is not libmp.fzero and size(real) <= error + 1:
        real = libmp.fzero
    return Value(real, imaginary, error)


def is_zero(value: Value) -> bool:
    """Say whether a value is not to be told from zero."""
    return max(size(value.real), size(value.imaginary)) <= value.error + 1


def as_fraction(number: Real) -> Fraction:
    """Return a number of `mpmath.libmp` as a rational."""
    numerator, denominator = libmp.to_rational(number)
    return Fraction(int(numerator), int(denominator))
