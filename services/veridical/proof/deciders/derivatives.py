"""Derivatives, worked out by the rules of differentiation."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Constant, Number, Power, Product, Sum, Symbol, Term
from veridical.proof.parts import names_of, parts_of

_ZERO, _ONE = Number(Fraction(0)), Number(Fraction(1))
_MINUS = Number(Fraction(-1))
_TWO = Number(Fraction(2))


class NoDerivativeError(Exception):
    """No rule says what the derivative of a term is."""


def has_derivative(term: Term) -> bool:
    """Say whether a derivative is in `term`."""
    return any(isinstance(part, Apply) and part.function == "derivative" for part in parts_of(term))


def worked_out(term: Term, work: Work) -> Term:
    """Return `term` with each derivative in it worked out.

    Raises:
        NoDerivativeError: One of them is by no known rule.
        WorkExceededError: It is more work than is left.
    """

    def change(part: Term) -> Term | None:
        if isinstance(part, Apply) and part.function == "derivative":
            body, variable, *rest = part.arguments
            if not isinstance(variable, Symbol) or rest or isinstance(body, Symbol):
                raise NoDerivativeError
            return derivative(worked_out(body, work), variable.name, work)
        return None

    return changed(term, change, work)


def derivative(term: Term, name: str, work: Work) -> Term:
    """Return the derivative of `term` by the symbol `name`.

    Raises:
        NoDerivativeError: There is no known rule for a part of it.
        WorkExceededError: It is more work than is left.
    """
    work.spend(1)
    if name not in names_of(term):
        return _ZERO
    match term:
        case Symbol():
            return _ONE
        case Sum(parts):
            return Sum(tuple(derivative(part, name, work) for part in parts))
        case Product(parts):
            return _of_product(parts, name, work)
        case Power(base, exponent):
            return _of_power(base, exponent, name, work)
        case Apply(function, arguments):
            return _of_function(function, arguments, name, work)
        case _:
            raise NoDerivativeError


def _of_product(parts: tuple[Term, ...], name: str, work: Work) -> Term:
    return Sum(
        (
            *(
                Product((*parts[:at], derivative(part, name, work), *parts[at + 1 :]))
                for at, part in enumerate(parts)
            ),
            _ZERO,
        )
    )


def _of_power(base: Term, exponent: Term, name: str, work: Work) -> Term:
    if name not in names_of(exponent):
        inner = derivative(base, name, work)
        return Product((exponent, Power(base, Sum((exponent, _MINUS))), inner))
    slope = derivative(exponent, name, work)
    if base is Constant.E:
        return Product((Power(base, exponent), slope))
    if name not in names_of(base):
        return Product((Power(base, exponent), Apply("ln", (base,)), slope))
    raise NoDerivativeError


def _of_function(function: str, arguments: tuple[Term, ...], name: str, work: Work) -> Term:
    outer = _RULES.get(function)
    if function == "root" and (len(arguments) == 1 or name not in names_of(arguments[1])):
        index = arguments[1] if len(arguments) == 2 else _TWO
        return _of_power(arguments[0], Power(index, _MINUS), name, work)
    if outer is None or len(arguments) != 1:
        raise NoDerivativeError
    return Product((outer(arguments[0]), derivative(arguments[0], name, work)))


_RULES: dict[str, Callable[[Term], Term]] = {
    "sin": lambda inner: Apply("cos", (inner,)),
    "cos": lambda inner: Product((_MINUS, Apply("sin", (inner,)))),
    "tan": lambda inner: Power(Apply("cos", (inner,)), Number(Fraction(-2))),
    "ln": lambda inner: Power(inner, _MINUS),
    "exp": lambda inner: Apply("exp", (inner,)),
    "arctan": lambda inner: Power(Sum((_ONE, Power(inner, _TWO))), _MINUS),
}
