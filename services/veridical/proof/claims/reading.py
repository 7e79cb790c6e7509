"""The text of one side of a claim as a term, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Matrix,
    Number,
    Piecewise,
    Power,
    Product,
    Quantity,
    Relation,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Term,
    Words,
)

MAX_SIDE = 1200
"""Characters of one side of a claim."""

_CACHED_SIDES = 4096
_TRIGONOMETRIC = frozenset(["sin", "cos", "tan", "cot", "sec", "csc"])
_FORBIDDEN = frozenset(
    ["choice", "time", "date", "given", "plus_minus_or", "triangle", "overline", "vec"]
)
_J = re.compile(r"(?<![A-Za-z\\])j(?![A-Za-z])")
_EULER = re.compile(r"(?<![A-Za-z])e\s*\^|\\ln\b|\bln\b|\bEuler|\\exp\b|\bnatural log")
_IMAGINARY = re.compile(
    r"\bcomplex\b|\bimaginary\b|(?<![A-Za-z])i\s*\^|[-+]\s*(?:\d+|[a-z]|\\sqrt\{?\d+\}?)?\s*i(?![A-Za-z_])|\\(?:mathrm|text)\{i\}|\bcis\b"
)
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


class _UnreadableError(Exception):
    """The term holds something that is no mathematics, or that is open to several readings."""


@lru_cache(maxsize=_CACHED_SIDES)
def read_side(text: str, letters: frozenset[str] = frozenset()) -> Term | None:
    """Return the term that `text` writes, None if it is not understood as a whole.

    Units are left out; degrees become radians within trigonometric functions.

    Args:
        text: One side of a claim.
        letters: Those of `e` and `i` that are variables in the trace.
    """
    text = _unboxed(text)
    if not text or len(text) > MAX_SIDE or "phantom" in text:
        return None
    if _J.search(text):
        letters |= {"j"}
    try:
        return _checked(read_term(text), letters)
    except (ReadError, TooComplexError, _UnreadableError, RecursionError):
        return None


def variables(text: str) -> frozenset[str]:
    """Return those of `e` and `i` that nothing in a text says to be the constants."""
    found = set()
    if not _EULER.search(text):
        found.add("e")
    if not _IMAGINARY.search(text):
        found.add("i")
    return frozenset(found)


def _unboxed(text: str) -> str:
    match = _BOX.search(text)
    if match is None:
        return text
    depth = 0
    for index in range(match.end() - 1, len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return (
                f"{text[: match.start()]} {text[match.end() : index]} {text[index + 1 :]}".strip()
            )
    return ""


def _checked(term: Term, letters: frozenset[str]) -> Term:
    """Return the term without units.

    Raises:
        _UnreadableError: It holds words, or a percentage beside other summands.
    """
    match term:
        case Constant():
            return _constant(term, letters)
        case Number() | Symbol():
            return term
        case Sum(terms):
            kinds = {_is_percentage(part) for part in terms}
            if len(kinds) > 1:
                raise _UnreadableError
            return Sum(tuple(_checked(part, letters) for part in terms))
        case Product(factors):
            return Product(tuple(_checked(part, letters) for part in factors))
        case Power(base, exponent):
            return Power(_checked(base, letters), _checked(exponent, letters))
        case Quantity(value, unit):
            if any(name in ("celsius", "fahrenheit", "cent") for name, _ in unit):
                raise _UnreadableError
            return _checked(value, letters)
        case Apply(function, arguments):
            return _applied(function, arguments, letters)
        case Relation(operator, left, right):
            return Relation(operator, _checked(left, letters), _checked(right, letters))
        case Logic(operator, parts):
            return Logic(operator, tuple(_checked(part, letters) for part in parts))
        case Row(opening, closing, members):
            return Row(opening, closing, tuple(_checked(part, letters) for part in members))
        case SetOperation(operator, parts):
            return SetOperation(operator, tuple(_checked(part, letters) for part in parts))
        case Matrix(rows):
            return Matrix(tuple(tuple(_checked(cell, letters) for cell in row) for row in rows))
        case SetBuilder() | Piecewise():
            return term
        case Words():
            raise _UnreadableError


def _constant(term: Constant, letters: frozenset[str]) -> Term:
    if term is Constant.E and "e" in letters:
        return Symbol("e")
    if term is Constant.I and "j" in letters:
        return Symbol("j")
    return Symbol("i") if term is Constant.I and "i" in letters else term


def _applied(function: str, arguments: tuple[Term, ...], letters: frozenset[str]) -> Term:
    if function in _FORBIDDEN:
        raise _UnreadableError
    if function in _TRIGONOMETRIC and len(arguments) == 1:
        return Apply(function, (_angle(arguments[0], letters),))
    return Apply(function, tuple(_checked(argument, letters) for argument in arguments))


def _angle(term: Term, letters: frozenset[str]) -> Term:
    """Return an angle in radians.

    Raises:
        _UnreadableError: It is a number that may be of degrees or of radians.
    """
    if isinstance(term, Number) and abs(term.value) >= 4:
        raise _UnreadableError
    if not any(isinstance(part, Quantity) for part in walk(term)):
        return _checked(term, letters)
    return Product(
        (_checked(term, letters), Constant.PI, Power(Number(Fraction(180)), Number(Fraction(-1))))
    )


def _is_percentage(term: Term) -> bool:
    if isinstance(term, Product):
        return any(_is_percentage(factor) for factor in term.factors)
    if isinstance(term, Sum):
        return any(_is_percentage(part) for part in term.terms)
    return isinstance(term, Apply) and term.function == "percent"


def parts_of(term: Term) -> tuple[Term, ...]:
    """Return the terms that `term` is made of, one level down."""
    match term:
        case Sum(parts) | Product(parts) | Logic(_, parts) | SetOperation(_, parts):
            return parts
        case Power(base, exponent):
            return base, exponent
        case Apply(_, arguments):
            return arguments
        case Relation(_, left, right):
            return left, right
        case Row(_, _, members):
            return members
        case Matrix(rows):
            return tuple(cell for row in rows for cell in row)
        case Quantity(value, _):
            return (value,)
        case _:
            return ()


def walk(term: Term) -> Iterator[Term]:
    """Yield the term and all within it."""
    pending = [term]
    while pending:
        part = pending.pop()
        yield part
        pending.extend(parts_of(part))
