"""Comparing matrices entry by entry."""

from __future__ import annotations

from veridical.math.decision import MathRule
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.kinds import Kind, different, kind_of
from veridical.math.equality.lists import Form, as_collection
from veridical.math.equality.matching import Equal, equal_in_order
from veridical.math.equality.scalars import is_scalar
from veridical.math.terms import Matrix, Row, Term


def compare_matrices(gold: Term, answer: Term, equal: Equal, context: Context) -> Finding:
    """Compare two terms of which at least one is a matrix.

    A matrix of one row or one column is also equal to the tuple of its entries, and any matrix to the
    list of its rows in square brackets; a row is no column.
    """
    if isinstance(gold, Matrix) and isinstance(answer, Matrix):
        if len(gold.rows) != len(answer.rows) or len(gold.rows[0]) != len(answer.rows[0]):
            return known(MathRule.MEMBERS, equal=False, detail="the shapes differ")
        return Finding(equal_in_order(_entries(gold), _entries(answer), equal), MathRule.MEMBERS)
    is_gold = isinstance(gold, Matrix)
    matrix, other = (gold, answer) if is_gold else (answer, gold)
    assert isinstance(matrix, Matrix)
    row = as_collection(other, context)
    if row is None or row.form is Form.SET:
        if kind_of(other) is Kind.SCALAR and not is_scalar(other):
            return unknown(MathRule.MEMBERS, "an expression may be a matrix")
        return different(gold, answer)
    entries = _as_members(matrix, len(row.members))
    sides = (entries, row.members) if is_gold else (row.members, entries)
    return Finding(equal_in_order(sides[0], sides[1], equal), MathRule.MEMBERS)


def _entries(matrix: Matrix) -> tuple[Term, ...]:
    return tuple(entry for row in matrix.rows for entry in row)


def _as_members(matrix: Matrix, count: int) -> tuple[Term, ...]:
    """Return the entries of a vector, or the rows of any other matrix."""
    if len(matrix.rows) == 1 != count:
        return matrix.rows[0]
    if all(len(row) == 1 for row in matrix.rows):
        return _entries(matrix)
    return tuple(Row("[", "]", row) for row in matrix.rows)
