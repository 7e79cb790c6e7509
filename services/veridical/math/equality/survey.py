"""What is in a term: its variables, its size, and a digest that points are derived from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.work import MAX_DEPTH, Work, WorkExceededError
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

BINDING = frozenset({"sum", "product", "integral", "limit"})
"""Functions whose second argument is a variable of their own."""
SERIES = frozenset({"sum", "product"})
"""Functions of body, variable, lower and upper bound."""
_WHOLE = frozenset(
    {"floor", "ceil", "mod", "gcd", "lcm", "factorial", "binomial", "double_factorial"}
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is in a term.

    Attributes:
        names: Its free variables.
        whole: Those of them that rounding, remainders or factorials are taken of.
        signs: Those of them that stand in the exponent of a negative number, or bound a series.
        steps: Whether a decimal is in it.
        bits: Bits of all literals together.
        scale: The largest literal outside of exponents.
        digest: Equal for equal terms, whatever the process.
    """

    names: frozenset[str]
    whole: frozenset[str]
    signs: frozenset[str]
    steps: bool
    bits: int
    scale: Fraction
    digest: bytes


def survey(term: Term, work: Work) -> Survey:
    """Look through `term` once."""
    walk = _Walk(work)
    walk.visit(term)
    names = frozenset(walk.names)
    digest = hashlib.blake2b("\x1f".join(walk.tags).encode(), digest_size=16).digest()
    return Survey(
        names,
        names & frozenset(walk.whole),
        names & frozenset(walk.signs),
        walk.steps,
        walk.bits,
        walk.scale,
        digest,
    )


def check_size(term: Term, work: Work) -> None:
    """Check that a term may be walked by functions that call themselves.

    Raises:
        WorkExceededError: It is nested too deep, or too large.
    """
    level = [term]
    for _ in range(MAX_DEPTH):
        work.spend(len(level))
        level = [part for each in level for part in children(each)]
        if not level:
            return
    raise WorkExceededError(f"more than {MAX_DEPTH} nested parts")


def children(term: Term) -> tuple[Term, ...]:
    """Return the direct parts of `term`, in the order of writing."""
    match term:
        case Sum(parts) | Product(parts) | Logic(_, parts) | SetOperation(_, parts):
            return parts
        case Row(_, _, parts) | Apply(_, parts):
            return parts
        case Power(first, second) | Relation(_, first, second) | SetBuilder(first, second):
            return (first, second)
        case Quantity(value, _):
            return (value,)
        case Matrix(rows):
            return tuple(entry for row in rows for entry in row)
        case Piecewise(cases):
            pairs = ((value,) if rule is None else (value, rule) for value, rule in cases)
            return tuple(part for pair in pairs for part in pair)
        case _:
            return ()


class _Walk:
    """One walk over a term."""

    __slots__ = ("bits", "names", "scale", "signs", "steps", "tags", "whole", "work")

    def __init__(self, work: Work) -> None:
        self.work = work
        self.names: set[str] = set()
        self.whole: set[str] = set()
        self.signs: set[str] = set()
        self.steps = False
        self.bits = 0
        self.scale = Fraction(0)
        self.tags: list[str] = []

    def visit(self, term: Term) -> None:
        self.work.spend(1)
        if isinstance(term, Symbol):
            self.names.add(term.name)
            self.tags.append(term.name)
        elif isinstance(term, Number):
            self._number(term)
        elif isinstance(term, Constant | Words):
            self.tags.append(str(term))
        else:
            self._compound(term)

    def _number(self, number: Number) -> None:
        value = number.value
        self.scale = max(self.scale, abs(value))
        self.steps = self.steps or number.step is not None
        self.bits += value.numerator.bit_length() + value.denominator.bit_length() - 1
        # In hexadecimal: writing long numbers in decimal is slow, and refused by the interpreter.
        self.tags.append(f"#{value.numerator:x}/{value.denominator:x}")
        if number.step is not None or number.base is not None:
            self.tags.append(f"{number.step}_{number.base}")

    def _compound(self, term: Term) -> None:
        parts = children(term)
        self.tags.append(f"{_label(term)}({len(parts)}")
        if isinstance(term, Power):
            self._power(term)
            return
        for part in parts:
            self.visit(part)
        if isinstance(term, Apply):
            self._apply(term)

    def _power(self, term: Power) -> None:
        self.visit(term.base)
        scale = self.scale
        self.visit(term.exponent)
        self.scale = scale
        if is_negative(term.base):
            _collect(term.exponent, self.signs)

    def _apply(self, term: Apply) -> None:
        if term.function in _WHOLE:
            _collect(term, self.whole)
        if term.function in SERIES and len(term.arguments) == 4:
            for bound in term.arguments[2:]:
                _collect(bound, self.signs)
        if term.function in BINDING and len(term.arguments) > 1:
            variable = term.arguments[1]
            if isinstance(variable, Symbol):
                self.names.discard(variable.name)


def _label(term: Term) -> str:
    match term:
        case Apply(name, _) | Logic(name, _) | SetOperation(name, _) | Relation(name, _, _):
            return f"{type(term).__name__}:{name}"
        case Row(opening, closing, _):
            return f"Row:{opening}{closing}"
        case Quantity(_, unit):
            return f"Quantity:{unit}"
        case Matrix(rows):
            return f"Matrix:{len(rows)}"
        case _:
            return type(term).__name__


def _collect(term: Term, names: set[str]) -> None:
    if isinstance(term, Symbol):
        names.add(term.name)
    for part in children(term):
        _collect(part, names)


def names_of(term: Term) -> frozenset[str]:
    """Return the names of all symbols in `term`."""
    names: set[str] = set()
    _collect(term, names)
    return frozenset(names)


def is_negative(term: Term) -> bool:
    """Say whether `term` is a negative number as written."""
    if isinstance(term, Number):
        return term.value < 0
    return (
        isinstance(term, Product)
        and all(isinstance(factor, Number) for factor in term.factors)
        and sum(isinstance(factor, Number) and factor.value < 0 for factor in term.factors) % 2 == 1
    )
