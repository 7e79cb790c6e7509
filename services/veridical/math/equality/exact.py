"""Folding constant terms to exact rationals; sizes are known before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from veridical.math.equality.survey import SERIES
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Number, Power, Product, Sum, Symbol, Term

MAX_BITS = 32_768
"""Bits of the largest number that folding makes."""
MAX_TERMS = 2_000
"""Terms of a finite sum or product that is worked out."""
_MAX_INDEX = 64
_NOTHING: Mapping[str, Fraction] = {}


def fold(term: Term, work: Work, point: Mapping[str, Fraction] = _NOTHING) -> Fraction | None:
    """Return the exact rational value of `term`; None where it has none, or none of allowed size.

    Args:
        term: What to fold.
        work: What it may take.
        point: Values of variables.
    """
    work.spend(1)
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Symbol):
        return point.get(term.name)
    if isinstance(term, Sum):
        return _fold_many(term.terms, work, point, _add)
    if isinstance(term, Product):
        return _fold_many(term.factors, work, point, _multiply)
    if isinstance(term, Power):
        return _fold_power(term, work, point)
    if isinstance(term, Apply):
        return _fold_apply(term, work, point)
    return None


def _add(left: Fraction, right: Fraction) -> Fraction:
    return left + right


def _multiply(left: Fraction, right: Fraction) -> Fraction:
    return left * right


def _fold_many(
    terms: tuple[Term, ...],
    work: Work,
    point: Mapping[str, Fraction],
    join: Callable[[Fraction, Fraction], Fraction],
) -> Fraction | None:
    total: Fraction | None = None
    for term in terms:
        value = fold(term, work, point)
        if value is None:
            return None
        total = value if total is None else join(total, value)
        if (size := bits(total)) > MAX_BITS:
            return None
        work.spend(size >> 8)
    return total


def bits(value: Fraction) -> int:
    """Return the bits of numerator and denominator together."""
    return value.numerator.bit_length() + value.denominator.bit_length()


def _fold_power(term: Power, work: Work, point: Mapping[str, Fraction]) -> Fraction | None:
    exponent = fold(term.exponent, work, point)
    base = None if exponent is None else fold(term.base, work, point)
    if base is None or exponent is None:
        return None
    if exponent.denominator != 1:
        root = exact_root(base, exponent.denominator, work)
        return None if root is None else raise_to(root, exponent.numerator, work)
    return raise_to(base, exponent.numerator, work)


def raise_to(base: Fraction, exponent: int, work: Work) -> Fraction | None:
    """Return `base ** exponent`; None where that is undefined or too large."""
    if base == 0:
        return Fraction(0) if exponent > 0 else None
    if abs(base) == 1:
        return base if exponent % 2 else Fraction(1)
    if abs(exponent) * (bits(base) - 1) > MAX_BITS:
        return None
    work.spend(1 + (abs(exponent) * bits(base) >> 8))
    return base**exponent


def exact_root(value: Fraction, index: int, work: Work) -> Fraction | None:
    """Return the real root if it is rational: the positive one of a positive value."""
    if index > _MAX_INDEX or value < 0 or bits(value) > MAX_BITS:
        return None
    work.spend(4 + (bits(value) >> 6))
    top, bottom = _whole_root(value.numerator, index), _whole_root(value.denominator, index)
    return None if top is None or bottom is None else Fraction(top, bottom)


def _whole_root(value: int, index: int) -> int | None:
    if value < 2:
        return value
    if index == 2:
        root = math.isqrt(value)
    else:
        root = 1 << -(-value.bit_length() // index)
        while (better := ((index - 1) * root + value // root ** (index - 1)) // index) < root:
            root = better
    return root if root**index == value else None


def _fold_apply(term: Apply, work: Work, point: Mapping[str, Fraction]) -> Fraction | None:
    if term.function in SERIES:
        return _fold_series(term, work, point)
    operation, arities = _OPERATIONS.get(term.function, (None, ()))
    if operation is None or len(term.arguments) not in arities:
        return None
    values: list[Fraction] = []
    for argument in term.arguments:
        value = fold(argument, work, point)
        if value is None:
            return None
        values.append(value)
    return operation(values, work)


@dataclass(frozen=True, slots=True)
class Series:
    """A finite sum or product of `body` for each whole `name` from `low` to `high`."""

    body: Term
    name: str
    low: int
    high: int


def finite_series(
    term: Apply, work: Work, point: Mapping[str, Fraction] = _NOTHING
) -> Series | None:
    """Return a sum or product with its bounds worked out; None where they are not finite numbers."""
    if term.function not in SERIES or len(term.arguments) != 4:
        return None
    body, variable, *bounds = term.arguments
    low, high = (fold(bound, work, point) for bound in bounds)
    if low is None or high is None or not isinstance(variable, Symbol):
        return None
    if low.denominator != 1 or high.denominator != 1 or not 0 <= high - low < MAX_TERMS:
        return None
    return Series(body, variable.name, int(low), int(high))


def _fold_series(term: Apply, work: Work, point: Mapping[str, Fraction]) -> Fraction | None:
    series = finite_series(term, work, point)
    if series is None:
        return None
    total = Fraction(0 if term.function == "sum" else 1)
    join = _add if term.function == "sum" else _multiply
    for index in range(series.low, series.high + 1):
        value = fold(series.body, work, {**point, series.name: Fraction(index)})
        if value is None:
            return None
        total = join(total, value)
        if (size := bits(total)) > MAX_BITS:
            return None
        work.spend(1 + (size >> 7))
    return total


_Operation: TypeAlias = Callable[[list[Fraction], Work], Fraction | None]


def _factorial(values: list[Fraction], work: Work) -> Fraction | None:
    value = values[0]
    if value.denominator != 1 or not 0 <= value <= 4000:
        return None
    work.spend(int(value) >> 2)
    return Fraction(math.factorial(int(value)))


def _double_factorial(values: list[Fraction], work: Work) -> Fraction | None:
    value = values[0]
    if value.denominator != 1 or not 0 <= value <= 4000:
        return None
    work.spend(int(value))
    return Fraction(math.prod(range(int(value), 0, -2)))


def _binomial(values: list[Fraction], work: Work) -> Fraction | None:
    if any(value.denominator != 1 or value < 0 for value in values):
        return None
    total, taken = int(values[0]), int(values[1])
    smaller = min(taken, total - taken)
    if smaller < 0:
        return Fraction(0)
    if smaller * total.bit_length() > MAX_BITS:
        return None
    work.spend(1 + smaller)
    return Fraction(math.comb(total, taken))


def _mod(values: list[Fraction], _: Work) -> Fraction | None:
    return values[0] % values[1] if values[1] else None


def _gcd(values: list[Fraction], _: Work) -> Fraction | None:
    if any(value.denominator != 1 for value in values):
        return None
    return Fraction(math.gcd(*map(int, values)))


def _lcm(values: list[Fraction], _: Work) -> Fraction | None:
    if any(value.denominator != 1 for value in values):
        return None
    if sum(bits(value) for value in values) > MAX_BITS:
        return None
    return Fraction(math.lcm(*map(int, values)))


def _root(values: list[Fraction], work: Work) -> Fraction | None:
    index = values[1] if len(values) == 2 else Fraction(2)
    if index.denominator != 1 or index < 1:
        return None
    if values[0] < 0 and index % 2:
        root = exact_root(-values[0], int(index), work)
        return None if root is None else -root
    return exact_root(values[0], int(index), work)


def _ratio(values: list[Fraction], _: Work) -> Fraction | None:
    return values[0] / values[1] if values[1] else None


_ONE, _TWO, _ANY = (1,), (2,), range(1, 65)
_OPERATIONS: dict[str, tuple[_Operation | None, Sequence[int]]] = {
    "abs": (lambda values, _: abs(values[0]), _ONE),
    "binomial": (_binomial, _TWO),
    "ceil": (lambda values, _: Fraction(math.ceil(values[0])), _ONE),
    "double_factorial": (_double_factorial, _ONE),
    "factorial": (_factorial, _ONE),
    "floor": (lambda values, _: Fraction(math.floor(values[0])), _ONE),
    "gcd": (_gcd, _ANY),
    "lcm": (_lcm, _ANY),
    "max": (lambda values, _: max(values), _ANY),
    "min": (lambda values, _: min(values), _ANY),
    "mod": (_mod, _TWO),
    "percent": (lambda values, _: values[0] / 100, _ONE),
    "ratio": (_ratio, _TWO),
    "root": (_root, (1, 2)),
}
