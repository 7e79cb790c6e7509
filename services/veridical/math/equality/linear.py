"""Taking terms apart that are linear or quadratic in one variable."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.arithmetic import is_zero
from veridical.math.equality.exact import fold
from veridical.math.equality.rewrite import minus, negative
from veridical.math.equality.survey import names_of
from veridical.math.equality.values import constant_value
from veridical.math.equality.work import Work
from veridical.math.terms import Number, Power, Product, Sum, Symbol, Term

_ZERO = Number(Fraction(0))
_ONE = Number(Fraction(1))
_CHECKED = (Fraction(3), Fraction(-7), Fraction(1, 2), Fraction(11, 3))


@dataclass(frozen=True, slots=True)
class Linear:
    """The parts of `slope · x + rest`."""

    slope: Term
    rest: Term

    def root(self, work: Work) -> Term:
        """Return where it is zero."""
        slope, rest = fold(self.slope, work), fold(self.rest, work)
        if slope is not None and rest is not None:
            step = self.rest.step if isinstance(self.rest, Number) else None
            return Number(-rest / slope, None if step is None else abs(step / slope))
        if slope == 1:
            return negative(self.rest)
        return Product((negative(self.rest), Power(self.slope, Number(Fraction(-1)))))


def linear_parts(term: Term, name: str, work: Work) -> Linear | None:
    """Return slope and rest; None where `term` is not linear in the variable as it is written."""
    work.spend(1)
    if isinstance(term, Symbol) and term.name == name:
        return Linear(_ONE, _ZERO)
    if name not in names_of(term):
        return Linear(_ZERO, term)
    if isinstance(term, Sum):
        parts = [linear_parts(part, name, work) for part in term.terms]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return Linear(_sum([part.slope for part in known]), _sum([part.rest for part in known]))
    if isinstance(term, Product):
        return _of_product(term, name, work)
    return None


def _of_product(term: Product, name: str, work: Work) -> Linear | None:
    within = [factor for factor in term.factors if name in names_of(factor)]
    inner = linear_parts(within[0], name, work) if len(within) == 1 else None
    if inner is None:
        return None
    rest = [factor for factor in term.factors if factor is not within[0]]
    return Linear(_product([*rest, inner.slope]), _product([*rest, inner.rest]))


def _sum(terms: list[Term]) -> Term:
    kept = [term for term in terms if term != _ZERO]
    if not kept:
        return _ZERO
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def _product(factors: list[Term]) -> Term:
    if _ZERO in factors:
        return _ZERO
    kept = [factor for factor in factors if factor != _ONE]
    if not kept:
        return _ONE
    if len(kept) == 2 and kept[0] == Number(Fraction(-1)):
        return negative(kept[1])
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def constant_sign(term: Term, work: Work) -> int | None:
    """Return the sign of a constant; None where it is none, or not real."""
    exact = fold(term, work)
    if exact is not None:
        return (exact > 0) - (exact < 0)
    value = constant_value(term, work)
    if value is None or not value.is_real:
        return None
    return 0 if is_zero(value) else 1 - 2 * int(value.real[0])


def quadratic_roots(term: Term, name: str, work: Work) -> tuple[Fraction, list[Term]] | None:
    """Return the leading coefficient and the real roots in order.

    None where `term` is not quadratic with rational coefficients.
    """
    values = [fold(term, work, {name: Fraction(at)}) for at in (0, 1, -1)]
    rest, plus, other = values
    if rest is None or plus is None or other is None:
        return None
    square, slope = (plus + other) / 2 - rest, (plus - other) / 2
    for at in _CHECKED:
        if fold(term, work, {name: at}) != (square * at + slope) * at + rest:
            return None
    if square == 0:
        return None
    discriminant = slope * slope - 4 * square * rest
    if discriminant < 0:
        return square, []
    middle = -slope / (2 * square)
    if discriminant == 0:
        return square, [Number(middle)]
    half = Power(Number(discriminant / (4 * square * square)), Number(Fraction(1, 2)))
    return square, [minus(Number(middle), half), Sum((Number(middle), half))]
