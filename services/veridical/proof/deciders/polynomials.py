"""Polynomials with rational coefficients, and what equations of one unknown come to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from veridical.math.equality.exact import fold
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Number, Power, Product, Quantity, Sum, Symbol, Term

Monomial: TypeAlias = tuple[tuple[str, int], ...]
"""Names with exponents, sorted; empty for the constant."""
Polynomial: TypeAlias = Mapping[Monomial, Fraction]
"""Coefficients that are not 0."""
Univariate: TypeAlias = tuple[Fraction, ...]
"""Coefficients from the constant up, the last one not 0; empty for 0."""
_UNITS = 4
"""Units of work that the product of two terms takes."""
_MAX_TERMS = 64
_MAX_DEGREE = 24
_MAX_CANDIDATES = 256
_MAX_ROOT_BITS = 40
_MAX_FACTOR = 4096


def polynomial(term: Term, work: Work) -> Polynomial | None:
    """Return `term` as a polynomial in its symbols; None where it is none, or too large.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    work.spend(1)
    match term:
        case Number(value, _, _):
            return {(): value} if value else {}
        case Symbol(name):
            return {((name, 1),): Fraction(1)}
        case Sum(parts):
            return _total(parts, work)
        case Product(parts):
            return _product(parts, work)
        case Power(base, exponent):
            return _power(base, fold(exponent, work), work)
        case Quantity(value, _):
            return polynomial(value, work)
        case Apply():
            folded = fold(term, work)
            return None if folded is None else ({(): folded} if folded else {})
        case _:
            return None


def _total(parts: tuple[Term, ...], work: Work) -> Polynomial | None:
    total: Polynomial = {}
    for part in parts:
        more = polynomial(part, work)
        if more is None:
            return None
        total = plus(total, more)
    return total if len(total) <= _MAX_TERMS else None


def _product(parts: tuple[Term, ...], work: Work) -> Polynomial | None:
    product: Polynomial | None = {(): Fraction(1)}
    for part in parts:
        factor = polynomial(part, work)
        if factor is None or product is None:
            return None
        product = times(product, factor, work)
    return product


def _power(base: Term, exponent: Fraction | None, work: Work) -> Polynomial | None:
    inner = polynomial(base, work)
    if inner is None or exponent is None or exponent.denominator != 1:
        return None
    if not any(inner) and inner:
        folded = fold(Power(Number(inner[()]), Number(exponent)), work)
        return None if folded is None else {(): folded}
    if not 0 <= exponent <= _MAX_DEGREE:
        return None
    result: Polynomial | None = {(): Fraction(1)}
    for _ in range(int(exponent)):
        result = None if result is None else times(result, inner, work)
    return result


def plus(left: Polynomial, right: Polynomial, scale: Fraction = Fraction(1)) -> Polynomial:
    """Return `left + scale * right`."""
    total = dict(left)
    for monomial, factor in right.items():
        value = total.get(monomial, Fraction(0)) + scale * factor
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)
    return total


def times(left: Polynomial, right: Polynomial, work: Work) -> Polynomial | None:
    """Return the product; None where it is too large."""
    if len(left) == 1 and () in left:
        return _scaled(right, left[()], work)
    if len(right) == 1 and () in right:
        return _scaled(left, right[()], work)
    work.spend(1 + _UNITS * len(left) * len(right))
    product: dict[Monomial, Fraction] = {}
    for one, first in left.items():
        for other, second in right.items():
            monomial = _joined(one, other)
            product[monomial] = product.get(monomial, Fraction(0)) + first * second
    if len(product) > _MAX_TERMS or degree(product) > _MAX_DEGREE:
        return None
    return {monomial: value for monomial, value in product.items() if value}


def _scaled(poly: Polynomial, factor: Fraction, work: Work) -> Polynomial:
    work.spend(1 + len(poly))
    return poly if factor == 1 else {monomial: factor * value for monomial, value in poly.items()}


def _joined(left: Monomial, right: Monomial) -> Monomial:
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + exponent
    return tuple(sorted(exponents.items()))


def degree(poly: Polynomial) -> int:
    """Return the total degree; 0 for a constant."""
    return max((sum(exponent for _, exponent in monomial) for monomial in poly), default=0)


def names_in(poly: Polynomial) -> frozenset[str]:
    """Return the names of the symbols that occur."""
    return frozenset(name for monomial in poly for name, _ in monomial)


def univariate(poly: Polynomial) -> Univariate | None:
    """Return a polynomial of one symbol at most by its coefficients; None for one of more."""
    if len(names_in(poly)) > 1:
        return None
    by_exponent = {(monomial[0][1] if monomial else 0): value for monomial, value in poly.items()}
    top = max(by_exponent, default=-1)
    return tuple(by_exponent.get(exponent, Fraction(0)) for exponent in range(top + 1))


def remainder(left: Univariate, right: Univariate, work: Work) -> Univariate:
    """Return the remainder of `left` divided by `right`, which is not 0."""
    rest = list(left)
    while len(rest) >= len(right):
        work.spend(1 + len(right))
        factor = rest[-1] / right[-1]
        shift = len(rest) - len(right)
        for at, value in enumerate(right):
            rest[shift + at] -= factor * value
        while rest and not rest[-1]:
            rest.pop()
    return tuple(rest)


def common(left: Univariate, right: Univariate, work: Work) -> Univariate:
    """Return the greatest common divisor, monic."""
    while right:
        left, right = right, remainder(left, right, work)
    return tuple(value / left[-1] for value in left)


def simple(poly: Univariate, work: Work) -> Univariate:
    """Return the polynomial with the same roots, each of them once."""
    slope = tuple(value * at for at, value in enumerate(poly))[1:]
    if len(poly) < 3:
        return poly
    shared = common(poly, slope, work)
    return poly if len(shared) < 2 else _quotient(poly, shared, work)


def divides(divisor: Polynomial, poly: Polynomial, work: Work) -> Polynomial | None:
    """Return `poly / divisor`; None where that leaves a remainder. Neither is 0."""
    lead = _lead(divisor)
    rest, quotient = dict(poly), dict[Monomial, Fraction]()
    for _ in range(_MAX_TERMS):
        if not rest:
            return quotient
        top = _lead(rest)
        monomial = _over(top, lead)
        if monomial is None:
            return None
        factor = rest[top] / divisor[lead]
        quotient[monomial] = factor
        less = times(divisor, {monomial: factor}, work)
        if less is None:
            return None
        rest = dict(plus(rest, less, Fraction(-1)))
    return None


def _lead(poly: Polynomial) -> Monomial:
    """Return the monomial that stands first in the lexical order."""
    names = sorted(names_in(poly))
    return max(poly, key=lambda monomial: [dict(monomial).get(name, 0) for name in names])


def _over(top: Monomial, bottom: Monomial) -> Monomial | None:
    exponents = dict(top)
    for name, exponent in bottom:
        exponents[name] = exponents.get(name, 0) - exponent
    if any(exponent < 0 for exponent in exponents.values()):
        return None
    return tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))


def _quotient(left: Univariate, right: Univariate, work: Work) -> Univariate:
    rest, result = list(left), [Fraction(0)] * (len(left) - len(right) + 1)
    for shift in reversed(range(len(result))):
        work.spend(1 + len(right))
        factor = rest[shift + len(right) - 1] / right[-1]
        result[shift] = factor
        for at, value in enumerate(right):
            rest[shift + at] -= factor * value
    return tuple(result)


def value_at(poly: Univariate, point: Fraction) -> Fraction:
    """Return the value at `point`."""
    total = Fraction(0)
    for value in reversed(poly):
        total = total * point + value
    return total


def rational_roots(poly: Univariate, work: Work) -> tuple[Fraction, ...]:
    """Return the rational roots of a polynomial that is not 0, ascending, as far as they are small."""
    roots: set[Fraction] = set()
    while poly and not poly[0]:
        roots.add(Fraction(0))
        poly = poly[1:]
    if len(poly) == 2:
        return tuple(sorted(roots | {-poly[0] / poly[1]}))
    if len(poly) == 3:
        return tuple(sorted(roots | _quadratic_roots(poly)))
    scale = math.lcm(*(value.denominator for value in poly))
    whole = [int(value * scale) for value in poly]
    tops, bottoms = _divisors(whole[0], work), _divisors(whole[-1], work)
    if len(tops) * len(bottoms) > _MAX_CANDIDATES:
        return tuple(sorted(roots))
    for candidate in {Fraction(top, bottom) for top in tops for bottom in bottoms}:
        work.spend(2 * len(poly))
        roots |= {root for root in (candidate, -candidate) if not value_at(poly, root)}
    return tuple(sorted(roots))


def _quadratic_roots(poly: Univariate) -> set[Fraction]:
    c, b, a = poly
    under = b * b - 4 * a * c
    if under < 0:
        return set()
    top, bottom = math.isqrt(under.numerator), math.isqrt(under.denominator)
    if top * top != under.numerator or bottom * bottom != under.denominator:
        return set()
    root = Fraction(top, bottom)
    return {(-b - root) / (2 * a), (-b + root) / (2 * a)}


def _divisors(value: int, work: Work) -> list[int]:
    """Return the positive divisors of `value`; only 1 where it is too large to factor."""
    value = abs(value)
    if value.bit_length() > _MAX_ROOT_BITS:
        return [1]
    divisors = [1]
    factor = 2
    while factor * factor <= value and factor < _MAX_FACTOR:
        power = 1
        base = list(divisors)
        while value % factor == 0:
            value //= factor
            power *= factor
            divisors += [each * power for each in base]
        factor += 1
    work.spend(factor >> 2)
    if value > 1:
        divisors += [each * value for each in divisors]
    return divisors


def real_root_count(poly: Univariate, work: Work) -> int:
    """Return the number of different real roots of a polynomial that is not 0 (Sturm)."""
    poly = simple(poly, work)
    if len(poly) < 2:
        return 0
    chain = [poly, tuple(value * at for at, value in enumerate(poly))[1:]]
    while len(chain[-1]) > 1:
        rest = remainder(chain[-2], chain[-1], work)
        if not rest:
            break
        chain.append(tuple(-value for value in rest))
    low = [each[-1] * (-1) ** (len(each) - 1) for each in chain]
    return _changes(low) - _changes([each[-1] for each in chain])


def _changes(signs: list[Fraction]) -> int:
    kept = [sign > 0 for sign in signs if sign]
    return sum(one != other for one, other in pairwise(kept))
