"""Mathematics as read: the tree that the reader makes and the comparison works on.

A term says what was written, not what it means: `(1, 2)` is a row in round brackets, and whether
that is a point or an open interval is for the comparison to say. Nothing here computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal.

    Attributes:
        value: Its exact value.
        step: One in the last place that was written, such as 1/100 for `3.14` and 10 for `1.5e2`;
            None for a number written exactly, as an integer is.
        base: The base that was written with it, as in `1101_2`; None where none was.
    """

    value: Fraction
    step: Fraction | None = None
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A variable or an unknown name, such as `x`, `x_1` or `alpha`."""

    name: str


class Constant(Enum):
    """A named constant."""

    PI = "pi"
    E = "e"
    I = "i"  # noqa: E741
    INFINITY = "infinity"
    COMPLEX_INFINITY = "zoo"


@dataclass(frozen=True, slots=True)
class Sum:
    """Two or more terms, added; `a - b` is `a + (-1)·b`."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Two or more factors, multiplied; `a / b` is `a · b^(-1)`."""

    factors: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """A base raised to an exponent."""

    base: Term
    exponent: Term


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of arguments.

    Attributes:
        function: Its name in lower case: `sin`, `log` (argument, then base if one was written),
            `root` (argument, index; the real root where there is one), `abs`, `factorial`,
            `binomial`, `floor`, `mod`, `plus_minus` (one argument: what may be added or taken
            away), `percent`, `det`, `sum` and `integral` (body, variable, low, high), `limit`
            (body, variable, point), `elided_sum` (its terms, dots a symbol among them), `derivative` (body, variable), `ratio` (two or more), `given`
            (body, condition), `choice` (letter, text), `time` (hour, minute, and what else was
            written), `date` (month, day, year if written), `forall` (condition, body) and the like;
            or the name of an unknown function, such as `f`, `f'` or `f^-1`.
        arguments: In the order of writing.
    """

    function: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """Two sides in a relation.

    Attributes:
        operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `notin`, `subset`, `approx`, `equiv` (a
            congruence whose modulus, if written, is a `mod` application on the right), `to`, `sim`,
            `perp`, `parallel`, `propto`, `not_subset`, `not_equiv`.
    """

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Logic:
    """Statements joined by `and` or `or`, or one negated by `not`; `a < b < c` is an `and` of two."""

    operator: str
    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Members separated by commas (or semicolons), within brackets or bare.

    Attributes:
        opening: `(`, `[`, `{`, `<`, or empty for a bare list; `]` opens a French interval.
        closing: `)`, `]`, `}`, `>`, or empty; `[` closes a French interval.
        members: In the order of writing; `{}` has none.
    """

    opening: str
    closing: str
    members: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class SetOperation:
    """Sets joined: `union`, `intersection`, `difference`, or `complement` of one."""

    operator: str
    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class SetBuilder:
    """The set of `element` such that `condition`; a named set (`reals`, `integers`) is a Symbol."""

    element: Term
    condition: Term


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of equal length; a column vector has rows of one."""

    rows: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Piecewise:
    """Values under conditions, tried in order; the last condition may be None for `otherwise`."""

    cases: tuple[tuple[Term, Term | None], ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with a unit.

    Attributes:
        value: What stands before the unit (behind it, for a currency).
        unit: Names of units as in `units`, each with its exponent, in the order of writing:
            `(("km", 1), ("h", -1))`.
    """

    value: Term
    unit: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is no mathematics: lower case, single spaces, without articles and punctuation."""

    text: str


Term: TypeAlias = (
    Number
    | Symbol
    | Constant
    | Sum
    | Product
    | Power
    | Apply
    | Relation
    | Logic
    | Row
    | SetOperation
    | SetBuilder
    | Matrix
    | Piecewise
    | Quantity
    | Words
)
