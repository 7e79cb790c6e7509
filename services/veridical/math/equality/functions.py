"""Functions that have values: how each is computed, and what it does to the error of its argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from mpmath import libmp

from veridical.math.equality.arithmetic import (
    IMAGINARY,
    NO_ERROR,
    ONE,
    Arithmetic,
    NoValueError,
    Real,
    UndefinedError,
    Value,
    is_zero,
    settled,
    size,
)

_MAX_WHOLE_SIZE = 10
_Function: TypeAlias = Callable[[Arithmetic, list[Value]], Value]


def _computed(
    real_function: Callable[..., Real], complex_function: Callable[..., tuple[Real, Real]]
) -> Callable[[Arithmetic, Value], tuple[Real, Real, int]]:
    """Return what computes both parts and the size of the result."""

    def compute(at: Arithmetic, value: Value) -> tuple[Real, Real, int]:
        at.spend_function(value)
        try:
            if value.is_real:
                real, imaginary = real_function(value.real, at.precision, "n"), libmp.fzero
            else:
                real, imaginary = complex_function(value[:2], at.precision, "n")
        except libmp.ComplexResult:
            real, imaginary = complex_function(value[:2], at.precision, "n")
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise UndefinedError from error
        if not (_is_finite(real) and _is_finite(imaginary)):
            raise UndefinedError
        return real, imaginary, max(size(real), size(imaginary))

    return compute


def _is_finite(number: Real) -> bool:
    return bool(number[1]) or not number[2]


def _entire(
    real_function: Callable[..., Real],
    complex_function: Callable[..., tuple[Real, Real]],
    growth: int,
) -> _Function:
    """Return a function whose derivative is at most about its size to the power of `growth`."""
    compute = _computed(real_function, complex_function)

    def function(at: Arithmetic, values: list[Value]) -> Value:
        real, imaginary, magnitude = compute(at, values[0])
        error = values[0].error + growth * max(magnitude, 0) + 1
        result = settled(real, imaginary, max(error, magnitude - at.precision) + 1)
        # A quotient such as tanh shows nothing of the size of its parts.
        at.note(result)
        return result

    return function


def _inverse_at_one(
    real_function: Callable[..., Real],
    complex_function: Callable[..., tuple[Real, Real]],
    halves: int,
) -> _Function:
    """Return an inverse function with branch points at 1 and -1.

    Args:
        real_function: For reals.
        complex_function: For complex numbers.
        halves: Its derivative is (1 - x²) to the power of -`halves` / 2.
    """
    compute = _computed(real_function, complex_function)

    def function(at: Arithmetic, values: list[Value]) -> Value:
        value = values[0]
        if abs(value.size) > 64:
            at.spend_function(value)
        rest = at.add(ONE, at.negate(at.multiply(value, value)))
        if is_zero(rest):
            if halves == 2:
                raise UndefinedError
            error = (value.error + 1) // 2 + 2
        else:
            magnitude = max(size(rest.real), size(rest.imaginary))
            error = value.error - magnitude * halves // 2 + 2
        real, imaginary, magnitude = compute(at, value)
        return settled(real, imaginary, max(error, magnitude - at.precision + 1))

    return function


_sin = _entire(libmp.mpf_sin, libmp.mpc_sin, 1)
_cos = _entire(libmp.mpf_cos, libmp.mpc_cos, 1)
_sinh = _entire(libmp.mpf_sinh, libmp.mpc_sinh, 1)
_cosh = _entire(libmp.mpf_cosh, libmp.mpc_cosh, 1)
_asin = _inverse_at_one(libmp.mpf_asin, libmp.mpc_asin, 1)
_acos = _inverse_at_one(libmp.mpf_acos, libmp.mpc_acos, 1)
_acosh = _inverse_at_one(libmp.mpf_acosh, libmp.mpc_acosh, 1)
_atanh = _inverse_at_one(libmp.mpf_atanh, libmp.mpc_atanh, 2)
_atan = _entire(libmp.mpf_atan, libmp.mpc_atan, 0)
_asinh = _entire(libmp.mpf_asinh, libmp.mpc_asinh, 0)


def _quotient(top: _Function, bottom: _Function) -> _Function:
    return lambda at, values: at.divide(top(at, values), bottom(at, values))


def _reciprocal(function: _Function) -> _Function:
    return lambda at, values: at.inverse(function(at, values))


def _of_reciprocal(function: _Function) -> _Function:
    return lambda at, values: function(at, [at.inverse(values[0])])


def _acot(at: Arithmetic, values: list[Value]) -> Value:
    half_turn = Value(libmp.mpf_pi(at.precision), libmp.fzero, 3 - at.precision)
    quarter = at.multiply(half_turn, at.rational(Fraction(1, 2)))
    return at.add(quarter, at.negate(_atan(at, values)))


def _log(at: Arithmetic, values: list[Value]) -> Value:
    logarithm = at.logarithm(values[0])
    if len(values) == 1:
        return logarithm
    return at.divide(logarithm, at.logarithm(values[1]))


def _gamma(at: Arithmetic, values: list[Value]) -> Value:
    value = values[0]
    if not value.is_real or value.size > 40 or at.precision > 1024:
        raise NoValueError
    if (
        value.real[0]
        and size(libmp.mpf_sub(value.real, libmp.mpf_nint(value.real))) < value.error + 8
    ):
        raise UndefinedError
    for _ in range(4):
        at.spend_function(value)
    try:
        real = libmp.mpf_gamma(value.real, at.precision)
    except (ValueError, ZeroDivisionError) as error:
        raise UndefinedError from error
    relative = max(value.error + max(value.size, 0) + 8, 8 - at.precision)
    return Value(real, libmp.fzero, size(real) + relative)


def _factorial(at: Arithmetic, values: list[Value]) -> Value:
    value = values[0]
    if _is_whole(value) and value.real[0] == 0:
        at.spend_function(value)
        return at.rational(Fraction(math.factorial(libmp.to_int(value.real))))
    return _gamma(at, [at.add(values[0], ONE)])


def _is_whole(value: Value) -> bool:
    """Say whether a value is exactly a small integer."""
    if value.error != NO_ERROR or not value.is_real:
        return False
    return bool(value.real[2] >= 0 and size(value.real) <= _MAX_WHOLE_SIZE)


def _binomial(at: Arithmetic, values: list[Value]) -> Value:
    total, taken = values
    if _is_whole(total) and _is_whole(taken) and total.real[0] == 0:
        below = libmp.to_int(taken.real)
        ways = math.comb(libmp.to_int(total.real), below) if below >= 0 else 0
        return at.rational(Fraction(ways))
    rest = at.add(total, at.negate(taken))
    below = at.multiply(_factorial(at, [taken]), _factorial(at, [rest]))
    return at.divide(_factorial(at, [total]), below)


def _abs(at: Arithmetic, values: list[Value]) -> Value:
    value = values[0]
    if value.is_real:
        return Value(libmp.mpf_abs(value.real), libmp.fzero, value.error)
    return Value(libmp.mpc_abs(value[:2], at.precision), libmp.fzero, value.error + 1)


def _floor(_: Arithmetic, values: list[Value]) -> Value:
    value = values[0]
    if not value.is_real or value.error > -16:
        raise NoValueError
    nearest = libmp.mpf_nint(value.real)
    # What is an integer but for its error is that integer.
    if size(libmp.mpf_sub(value.real, nearest)) > value.error + 4:
        nearest = libmp.mpf_floor(value.real)
    return Value(nearest, libmp.fzero, NO_ERROR)


def _ceil(at: Arithmetic, values: list[Value]) -> Value:
    return at.negate(_floor(at, [at.negate(values[0])]))


def _mod(at: Arithmetic, values: list[Value]) -> Value:
    value, modulus = values
    times = _floor(at, [at.divide(value, modulus)])
    return at.add(value, at.negate(at.multiply(times, modulus)))


def _largest(sign: int) -> _Function:
    def function(_: Arithmetic, values: list[Value]) -> Value:
        best = values[0]
        if not all(value.is_real for value in values):
            raise UndefinedError
        for value in values[1:]:
            if libmp.mpf_cmp(value.real, best.real) * sign > 0:
                best = value
        return best

    return function


def _conj(_: Arithmetic, values: list[Value]) -> Value:
    return values[0]._replace(imaginary=libmp.mpf_neg(values[0].imaginary))


def _arg(at: Arithmetic, values: list[Value]) -> Value:
    if is_zero(values[0]):
        raise UndefinedError
    logarithm = at.logarithm(values[0])
    return Value(logarithm.imaginary, libmp.fzero, logarithm.error)


def _sign(at: Arithmetic, values: list[Value]) -> Value:
    if not values[0].is_real:
        raise UndefinedError
    sign = 0 if is_zero(values[0]) else 1 - 2 * values[0].real[0]
    return at.rational(Fraction(sign))


def _root(at: Arithmetic, values: list[Value]) -> Value:
    if len(values) == 1:
        return at.raised(values[0], Fraction(1, 2))
    index = values[1].real
    if not values[1].is_real or index[2] < 0 or is_zero(values[1]) or index[3] + index[2] > 20:
        return at.raised_by(values[0], at.inverse(values[1]))
    return at.raised(values[0], Fraction(1, libmp.to_int(index)))


FUNCTIONS: dict[str, _Function] = {
    "abs": _abs,
    "arccos": _acos,
    "arccosh": _acosh,
    "arccot": _acot,
    "arccoth": _of_reciprocal(_atanh),
    "arccsc": _of_reciprocal(_asin),
    "arcsec": _of_reciprocal(_acos),
    "arcsin": _asin,
    "arcsinh": _asinh,
    "arctan": _atan,
    "arctanh": _atanh,
    "arg": _arg,
    "binomial": _binomial,
    "ceil": _ceil,
    "cis": lambda at, values: at.exponential(at.multiply(values[0], IMAGINARY)),
    "conj": _conj,
    "cos": _cos,
    "cosh": _cosh,
    "cot": _quotient(_cos, _sin),
    "coth": _quotient(_cosh, _sinh),
    "csc": _reciprocal(_sin),
    "csch": _reciprocal(_sinh),
    "exp": lambda at, values: at.exponential(values[0]),
    "factorial": _factorial,
    "floor": _floor,
    "im": lambda _, values: Value(values[0].imaginary, libmp.fzero, values[0].error),
    "ln": _log,
    "log": _log,
    "max": _largest(1),
    "min": _largest(-1),
    "mod": _mod,
    "percent": lambda at, values: at.multiply(values[0], at.rational(Fraction(1, 100))),
    "ratio": lambda at, values: at.divide(values[0], values[1]),
    "re": lambda _, values: Value(values[0].real, libmp.fzero, values[0].error),
    "root": _root,
    "sec": _reciprocal(_cos),
    "sech": _reciprocal(_cosh),
    "sign": _sign,
    "sin": _sin,
    "sinh": _sinh,
    "tan": _quotient(_sin, _cos),
    "tanh": _quotient(_sinh, _cosh),
}
ARITIES: dict[str, tuple[int, ...]] = {
    "binomial": (2,),
    "log": (1, 2),
    "max": tuple(range(1, 65)),
    "min": tuple(range(1, 65)),
    "mod": (2,),
    "ratio": (2,),
    "root": (1, 2),
}

KNOWN_FUNCTIONS = frozenset(FUNCTIONS) | frozenset(
    [
        "sum",
        "product",
        "integral",
        "limit",
        "derivative",
        "plus_minus",
        "minus_plus",
        "det",
        "norm",
        "gcd",
        "lcm",
        "double_factorial",
        "time",
        "date",
        "choice",
        "given",
        "forall",
        "exists",
        "ratio",
        "deg",
        "dim",
        "ker",
        "sup",
        "inf",
        "trace",
        "rank",
        "erf",
        "cbrt",
        "congruence",
        "transpose",
        "inverse",
        "union",
        "intersection",
        "difference",
    ]
)
"""Functions with a meaning of their own; any other name is somebody's function."""
