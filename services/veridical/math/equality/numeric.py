"""Values of terms at points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import libmp

from veridical.math.equality.arithmetic import (
    NO_ERROR,
    Arithmetic,
    NoValueError,
    UndefinedError,
    Value,
    is_zero,
)
from veridical.math.equality.exact import finite_series, fold
from veridical.math.equality.functions import ARITIES, FUNCTIONS
from veridical.math.equality.survey import SERIES
from veridical.math.equality.work import Work
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Number,
    Piecewise,
    Power,
    Product,
    Quantity,
    Relation,
    Sum,
    Symbol,
    Term,
)

_DEGREE = (("degree", 1),)


class Evaluator(Arithmetic):
    """Values of terms at one point, at one precision.

    Attributes:
        was_complex: Whether the value of any part was not real.
    """

    __slots__ = ("_point", "was_complex")

    def __init__(
        self, point: Mapping[str, Fraction], precision: int, work: Work, *, real_roots: bool = True
    ) -> None:
        super().__init__(precision, work, real_roots=real_roots)
        self._point = point
        self.was_complex = False

    def of(self, term: Term) -> Value:
        """Return the value of `term`.

        Raises:
            UndefinedError: It has none here.
            NoValueError: It is not of a kind that has one.
            WorkExceededError: It is too much work, or too large.
        """
        self._work.spend(2 + (self.precision >> 8))
        value = self._of(term)
        self.note(value)
        self.was_complex = self.was_complex or not value.is_real
        return value

    def _of(self, term: Term) -> Value:
        handler = _HANDLERS.get(type(term))
        if handler is None:
            raise NoValueError
        return handler(self, term)

    def symbol(self, term: Symbol) -> Value:
        """Return the value of a variable."""
        value = self._point.get(term.name)
        if value is None:
            raise NoValueError
        return self.rational(value)

    def quantity(self, term: Quantity) -> Value:
        """Return an angle in radians; other units have no number as their value."""
        if term.unit != _DEGREE:
            raise NoValueError
        return self.multiply(self.of(term.value), self._degree())

    def total(self, term: Sum) -> Value:
        """Return the value of a sum."""
        values = [self.of(part) for part in term.terms]
        total = values[0]
        for value in values[1:]:
            total = self.add(total, value)
        return total

    def product(self, term: Product) -> Value:
        """Return the value of a product."""
        values = [self.of(part) for part in term.factors]
        product = values[0]
        for value in values[1:]:
            product = self.multiply(product, value)
        return product

    def power(self, term: Power) -> Value:
        """Return the value of a power."""
        exponent = fold(term.exponent, self._work)
        base = self.of(term.base)
        if exponent is None:
            if term.base is Constant.E:
                return self.exponential(self.of(term.exponent))
            return self.raised_by(base, self.of(term.exponent))
        return self.raised(base, exponent)

    def constant(self, term: Constant) -> Value:
        """Return the value of a constant."""
        if term is Constant.PI:
            return Value(libmp.mpf_pi(self.precision), libmp.fzero, 3 - self.precision)
        if term is Constant.E:
            return Value(libmp.mpf_e(self.precision), libmp.fzero, 3 - self.precision)
        if term is Constant.I:
            return Value(libmp.fzero, libmp.fone, NO_ERROR)
        raise NoValueError

    def _degree(self) -> Value:
        return Value(libmp.mpf_degree(self.precision), libmp.fzero, -4 - self.precision)

    def applied(self, term: Apply) -> Value:
        """Return the value of a function of arguments."""
        exact = fold(term, self._work)
        if exact is not None:
            return self.rational(exact)
        if term.function in SERIES:
            return self._series(term)
        function = FUNCTIONS.get(term.function)
        if function is None or len(term.arguments) not in ARITIES.get(term.function, (1,)):
            raise NoValueError
        return function(self, [self.of(argument) for argument in term.arguments])

    def _series(self, term: Apply) -> Value:
        series = finite_series(term, self._work, self._point)
        if series is None:
            raise NoValueError
        before = self._point
        total = self.rational(Fraction(term.function == "product"))
        join = self.multiply if term.function == "product" else self.add
        try:
            for index in range(series.low, series.high + 1):
                self._point = {**before, series.name: Fraction(index)}
                total = join(total, self.of(series.body))
        finally:
            self._point = before
        return total

    def cases(self, term: Piecewise) -> Value:
        """Return the value of the first case whose condition holds."""
        for value, condition in term.cases:
            if condition is None or self.holds(condition):
                return self.of(value)
        raise UndefinedError

    def holds(self, condition: Term) -> bool:
        """Say whether a condition holds.

        Raises:
            UndefinedError: A side has no real value, or the sides are not to be told apart.
            NoValueError: The condition is not of a kind that is known here.
        """
        if isinstance(condition, Logic) and condition.operator in {"and", "or"}:
            results = [self.holds(part) for part in condition.parts]
            return all(results) if condition.operator == "and" else any(results)
        if not isinstance(condition, Relation) or condition.operator not in _TRUE_FOR:
            raise NoValueError
        distance = self.add(self.of(condition.left), self.negate(self.of(condition.right)))
        if not distance.is_real:
            raise UndefinedError
        sign = 0 if is_zero(distance) else 1 - 2 * int(distance.real[0])
        return sign in _TRUE_FOR[condition.operator]


_TRUE_FOR: dict[str, tuple[int, ...]] = {
    "=": (0,),
    "!=": (1, -1),
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (1, 0),
}

_HANDLERS: dict[type, Callable[[Evaluator, Any], Value]] = {
    Number: lambda at, term: at.rational(term.value),
    Symbol: Evaluator.symbol,
    Sum: Evaluator.total,
    Product: Evaluator.product,
    Power: Evaluator.power,
    Apply: Evaluator.applied,
    Constant: Evaluator.constant,
    Quantity: Evaluator.quantity,
    Piecewise: Evaluator.cases,
}
