"""Equalities of vectors and matrices of constants, entry by entry.

What is written like a vector and may be something else is left alone: `(12, 18) = (18, 12)` may be of greatest
common divisors, a column of two a binomial coefficient, and what stands in square brackets an interval.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from veridical.math.equality.exact import fold
from veridical.math.equality.work import Work
from veridical.math.terms import (
    Apply,
    Logic,
    Matrix,
    Number,
    Power,
    Product,
    Relation,
    Row,
    Sum,
    Term,
)
from veridical.proof.parts import names_of, parts_of

Entries: TypeAlias = tuple[tuple[Term, ...], ...]
"""The rows of a matrix; a vector is a column, a scalar has one entry."""
_MAX_ENTRIES = 16
_MAX_POWER = 4
_MAX_PARTS = 600
_LEAST_FOR_PRODUCTS = 3
_MINUS = Number(Fraction(-1))


def by_entries(goal: Term, work: Work) -> Term:
    """Return an equality of matrices of constants as equalities of their entries, any other goal as it is.

    Raises:
        WorkExceededError: It is more work than is left.
    """
    if not isinstance(goal, Relation) or goal.operator != "=" or not _has_entries(goal):
        return goal
    if names_of(goal) or _is_bare_pair(goal):
        return goal
    left, right = _entries(goal.left, work), _entries(goal.right, work)
    if left is None or right is None or _shape(left) != _shape(right):
        return goal
    pairs = zip(_flat(left), _flat(right), strict=True)
    parts = tuple(Relation("=", one, other) for one, other in pairs)
    return parts[0] if len(parts) == 1 else Logic("and", parts)


def _has_entries(goal: Relation) -> bool:
    return any(isinstance(part, Matrix | Row) for part in parts_of(goal))


def _is_bare_pair(goal: Relation) -> bool:
    """Say whether both sides are pairs that nothing is done with."""
    sides = (goal.left, goal.right)
    return all(isinstance(side, Row) and len(side.members) < _LEAST_FOR_PRODUCTS for side in sides)


def _shape(entries: Entries) -> tuple[int, int]:
    return len(entries), len(entries[0])


def _flat(entries: Entries) -> tuple[Term, ...]:
    return tuple(entry for row in entries for entry in row)


def _entries(term: Term, work: Work) -> Entries | None:
    """Return the entries of what a term comes to; None where that is not known."""
    work.spend(1)
    match term:
        case Matrix(rows):
            found: Entries | None = rows
        case Row("(" | "<", _, members) if len(members) > 1:
            found = tuple((member,) for member in members)
        case Sum(terms):
            found = _sum([_entries(part, work) for part in terms])
        case Product(factors):
            found = _product([_entries(part, work) for part in factors])
        case Power(base, exponent):
            found = _power(term, _entries(base, work), fold(exponent, work))
        case Apply("det", (inner,)):
            found = _determinant(_entries(inner, work))
        case _:
            found = ((term,),)
    return found if found is not None and _is_small(found, work) else None


def _is_small(entries: Entries, work: Work) -> bool:
    if not entries or len({len(row) for row in entries}) != 1 or len(_flat(entries)) > _MAX_ENTRIES:
        return False
    size = sum(1 for entry in _flat(entries) for _ in parts_of(entry))
    work.spend(size)
    return size <= _MAX_PARTS


def _sum(parts: list[Entries | None]) -> Entries | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or len({_shape(part) for part in known}) != 1:
        return None
    rows, columns = _shape(known[0])
    return tuple(
        tuple(Sum(tuple(part[row][column] for part in known)) for column in range(columns))
        for row in range(rows)
    )


def _product(parts: list[Entries | None]) -> Entries | None:
    return reduce(_times, parts[1:], parts[0])


def _times(left: Entries | None, right: Entries | None) -> Entries | None:
    if left is None or right is None:
        return None
    if _shape(left) == (1, 1):
        return tuple(tuple(Product((left[0][0], entry)) for entry in row) for row in right)
    if _shape(right) == (1, 1):
        return tuple(tuple(Product((right[0][0], entry)) for entry in row) for row in left)
    if len(left[0]) != len(right):
        return None
    return tuple(
        tuple(
            Sum(tuple(Product((row[at], right[at][column])) for at in range(len(right))))
            for column in range(len(right[0]))
        )
        for row in left
    )


def _power(term: Term, base: Entries | None, exponent: Fraction | None) -> Entries | None:
    if base is None or _shape(base) == (1, 1):
        return None if base is None else ((term,),)
    if exponent is None or exponent.denominator != 1 or len(base) != len(base[0]):
        return None
    if exponent == -1:
        return _inverse(base)
    return _product([base] * int(exponent)) if 0 < exponent <= _MAX_POWER else None


def _determinant(matrix: Entries | None) -> Entries | None:
    if matrix is None or _shape(matrix) not in {(2, 2), (3, 3)}:
        return None
    if len(matrix) == 2:
        (a, b), (c, d) = matrix
        return ((Sum((Product((a, d)), Product((_MINUS, b, c)))),),)
    terms: list[Term] = []
    for at in range(3):
        one, other = (at + 1) % 3, (at + 2) % 3
        top, (middle, low) = matrix[0][at], matrix[1:]
        terms += [
            Product((top, middle[one], low[other])),
            Product((_MINUS, top, middle[other], low[one])),
        ]
    return ((Sum(tuple(terms)),),)


def _inverse(matrix: Entries) -> Entries | None:
    if _shape(matrix) != (2, 2):
        return None
    (a, b), (c, d) = matrix
    under = Power(Sum((Product((a, d)), Product((_MINUS, b, c)))), _MINUS)
    adjoint: Entries = ((d, Product((_MINUS, b))), (Product((_MINUS, c)), a))
    return tuple(tuple(Product((under, entry)) for entry in row) for row in adjoint)
