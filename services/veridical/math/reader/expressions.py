r"""Level of the grammar: sums and products.

    expression = signed { ("+" | "-" | "±") signed } [ "(mod" expression ")" ]
    signed     = { "+" | "-" | "±" } product
    product    = factor { ["*" | "/" | "mod"] factor }

Multiplication without a sign binds as strongly as with one and as division: `1/2x` is half of x. A
whole number directly before a proper fraction is a mixed number; two numbers side by side are an error.
"""

from __future__ import annotations

from veridical.math.reader.atoms import Atoms
from veridical.math.reader.brackets import multiplied, ungrouped
from veridical.math.reader.functions import divided
from veridical.math.reader.meanings import SETS
from veridical.math.reader.numbers import MINUS_ONE, negated, number, times_power_of_ten
from veridical.math.reader.tokens import Kind
from veridical.math.terms import (
    Apply,
    Number,
    Power,
    Product,
    Quantity,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Term,
)

_STARTS = frozenset(
    {
        Kind.NUMBER,
        Kind.BASED,
        Kind.SYMBOL,
        Kind.CONSTANT,
        Kind.FUNCTION,
        Kind.UNKNOWN_FUNCTION,
        Kind.FRACTION,
        Kind.ROOT,
        Kind.BINOMIAL,
        Kind.BIG,
        Kind.INTEGRAL,
        Kind.LIMIT,
        Kind.ACCENT,
        Kind.BEGIN,
    }
)
_NEVER_MULTIPLIED = frozenset({Kind.WORD, Kind.TEXT, Kind.UNIT, Kind.CURRENCY})
_NAMED_SETS = ("reals", "integers", "naturals", "rationals", "complexes")
_DEGREES = (("degree", 1),)
_TEN = number(10)
_DOTS = Symbol("…")


class Expressions(Atoms):
    """Reads sums and products."""

    def expression(self) -> Term:
        """Read a sum."""
        terms = [self._signed()]
        while True:
            kind = self.token.kind
            if kind is Kind.PLUS:
                self.advance()
                terms.append(self._signed())
            elif kind is Kind.MINUS or kind is Kind.PLUS_MINUS:
                terms.append(self._signed())
            else:
                break
        return self._modulo(_added(terms))

    def _signed(self) -> Term:
        is_negative = self.signs()
        if self.token.kind is Kind.PLUS_MINUS:
            term: Term = Apply(self.advance().text, (self.product(),))
        else:
            term = self.product()
        return negated(term) if is_negative else term

    def product(self) -> Term:
        """Read a product."""
        factors = [self.factor()]
        while True:
            kind = self.token.kind
            if kind is Kind.TIMES or self._is_cross(factors[-1]):
                self.advance()
                self._multiply(factors, self._signed_factor())
            elif kind is Kind.OVER:
                self.advance()
                factors.append(Power(ungrouped(self._signed_factor()), MINUS_ONE))
            elif kind is Kind.MOD:
                self.nest()
                self.advance()
                factors = [Apply("mod", (multiplied(factors), self._signed_factor()))]
            elif kind in _STARTS or kind is Kind.OPEN or kind is Kind.BAR:
                if not self.starts_operand():
                    break
                self._juxtapose(factors)
            else:
                break
        return _with_unit_outside(factors)

    def starts_operand(self) -> bool:
        """Say whether the next token can begin an operand."""
        kind = self.token.kind
        if kind in _STARTS:
            return not (self.differential and self.at_differential())
        if kind is Kind.BAR:
            return not self.bars and not self.builder
        if kind is Kind.OPEN:
            is_condition = self.peek().kind is Kind.MOD or self.at in self.conditions
            return not is_condition and not self.closes_interval()
        return False

    def _signed_factor(self) -> Term:
        is_negative = self.signs()
        factor = self.factor()
        return negated(factor) if is_negative else factor

    def _is_cross(self, before: Term) -> bool:
        """Say whether a letter x between two numbers is a multiplication sign, as in `2 x 3`."""
        token = self.token
        if token.kind is not Kind.SYMBOL or token.text not in {"x", "X"} or not token.gap:
            return False
        behind = self.peek()
        return behind.kind is Kind.NUMBER and behind.gap and isinstance(before, Number)

    def _multiply(self, factors: list[Term], factor: Term) -> None:
        before = factors[-1]
        if isinstance(factor, Quantity):
            self._multiply(factors, factor.value)
            factors[-1] = Quantity(factors[-1], factor.unit)
            return
        if isinstance(before, Quantity) and isinstance(factor, Power) and factor.base == _TEN:
            value = [before.value]
            self._multiply(value, factor)
            factors[-1] = Quantity(multiplied(value), before.unit)
            return
        if isinstance(factor, Power) and factor.base == _TEN and isinstance(before, Number):
            scientific = times_power_of_ten(before, factor.exponent)
            if scientific is not None:
                factors[-1] = scientific
                return
        factors.append(factor)

    def _juxtapose(self, factors: list[Term]) -> None:
        before = self.tokens[self.at - 1].kind
        if before is Kind.UNIT and self.token.kind is Kind.NUMBER:
            self._add_amount(factors)
            return
        if self.tokens[self.at - 1].text == "circ":
            raise self.error("a composition of functions")
        if before in _NEVER_MULTIPLIED:
            raise self.error("an operand behind words or units")
        if self._is_signed_group():
            raise self.error("a sum parted by a brace")
        is_whole = before is Kind.NUMBER and _is_whole(factors[-1])
        if self.token.kind is Kind.NUMBER and before is Kind.NUMBER:
            if not is_whole or self.peek().kind is not Kind.OVER:
                raise self.error("two numbers side by side")
            numerator = self.factor()
            self.advance()
            factors[-1] = Sum((factors[-1], divided(numerator, self.factor())))
            return
        if is_whole and self.token.kind is Kind.FRACTION:
            part = self.fraction()
            if _is_proper(part):
                factors[-1] = Sum((factors[-1], part))
            else:
                factors.append(part)
            return
        factors.append(self.factor())

    def _is_signed_group(self) -> bool:
        """Say whether a group without a visible bracket begins with a sign: `42{+1}` shows `42+1`."""
        is_group = self.token.kind is Kind.OPEN and self.token.text in {"", "{"}
        return is_group and self.peek().kind in {Kind.PLUS, Kind.MINUS, Kind.PLUS_MINUS}

    def _add_amount(self, factors: list[Term]) -> None:
        """Read the next amount of several, as in `5 ft 3 in`."""
        amount = self.factor()
        if not isinstance(amount, Quantity):
            raise self.error("a unit expected")
        before = factors[-1]
        terms = before.terms if isinstance(before, Sum) else (before,)
        factors[-1] = Sum((*terms, amount))

    def _modulo(self, term: Term) -> Term:
        r"""Read a modulus behind a sum, as in `3 \pmod 7` and `3 (mod 7)`."""
        if self.take(Kind.PMOD):
            return Apply("mod", (term, self.operand()))
        if self.token.kind is Kind.OPEN and self.peek().kind is Kind.MOD:
            self.nest()
            self.advance()
            self.advance()
            modulus = self.expression()
            self.expect(Kind.CLOSE, ")")
            return Apply("mod", (term, modulus))
        return term


def _with_unit_outside(factors: list[Term]) -> Term:
    """Return the product of `factors`, the unit of the last one taken as that of the whole."""
    last = factors[-1]
    if len(factors) == 1 or not isinstance(last, Quantity):
        return multiplied(factors)
    return Quantity(multiplied([*factors[:-1], last.value]), last.unit)


def _is_whole(term: Term) -> bool:
    return isinstance(term, Number) and term.step is None and term.base is None


def _is_proper(term: Term) -> bool:
    """Say whether `term` is a fraction of two literals that is less than one."""
    if not isinstance(term, Product) or len(term.factors) != 2:
        return False
    top, inverse = term.factors
    if not isinstance(top, Number) or not isinstance(inverse, Power):
        return False
    bottom = inverse.base
    return isinstance(bottom, Number) and 0 < top.value < bottom.value


def _added(terms: list[Term]) -> Term:
    if len(terms) == 1:
        return terms[0]
    if _DOTS in terms[1:-1]:
        return Apply("elided_sum", tuple(terms))
    if len(terms) == 2 and (difference := _set_difference(terms)) is not None:
        return difference
    last = terms[-1]
    is_alone = not any(isinstance(term, Quantity) for term in terms[:-1])
    if is_alone and isinstance(last, Quantity) and last.unit != _DEGREES:
        return Quantity(Sum((*map(ungrouped, terms[:-1]), last.value)), last.unit)
    return Sum(tuple(map(ungrouped, terms)))


def _set_difference(terms: list[Term]) -> Term | None:
    """Return `A - B` of two sets, None if they are none."""
    left, right = terms
    if not isinstance(right, Product) or len(right.factors) != 2 or right.factors[0] != MINUS_ONE:
        return None
    right = right.factors[1]
    if isinstance(left, Symbol) and left.name in SETS and _is_set(right):
        left = Symbol(SETS[left.name])
    return SetOperation("difference", (left, right)) if _is_set(left) and _is_set(right) else None


def _is_set(term: Term) -> bool:
    if isinstance(term, Row):
        return term.opening == "{"
    if isinstance(term, Symbol):
        return term.name.endswith(_NAMED_SETS)
    return isinstance(term, (SetBuilder, SetOperation))
