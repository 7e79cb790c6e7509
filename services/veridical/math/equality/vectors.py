"""Working out sums and multiples of vectors and matrices, such as `2 (1, 2) + (3, 4)`."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.terms import Apply, Matrix, Number, Product, Row, Sum, Term

_MAX_ORDER = 4


def worked_out(term: Term) -> Term:
    """Return a sum or a multiple of rows, or of matrices, as one; any other term as it is."""
    if isinstance(term, Apply):
        return _determinant(term)
    if isinstance(term, Product):
        return _multiple(term)
    if isinstance(term, Sum) and any(map(_is_vector, map(worked_out, term.terms))):
        return _total(term)
    return term


def _is_vector(term: Term) -> bool:
    if isinstance(term, Row):
        return (term.opening, term.closing) in {("(", ")"), ("<", ">"), ("[", "]")}
    return isinstance(term, Matrix)


def _multiple(term: Product) -> Term:
    vectors = [factor for factor in term.factors if _is_vector(factor)]
    if len(vectors) != 1:
        return term
    scalars = tuple(factor for factor in term.factors if factor is not vectors[0])
    entries = tuple(Product((*scalars, entry)) for entry in _entries(vectors[0]))
    return _like(vectors[0], entries)


def _total(term: Sum) -> Term:
    vectors = [worked_out(part) for part in term.terms]
    first = vectors[0]
    if not all(_is_vector(vector) and _shape(vector) == _shape(first) for vector in vectors):
        return term
    columns = zip(*map(_entries, vectors), strict=True)
    return _like(first, tuple(Sum(column) for column in columns))


def _shape(term: Term) -> tuple[int, ...]:
    if isinstance(term, Matrix):
        return len(term.rows), len(term.rows[0])
    return (len(_entries(term)),)


def _entries(term: Term) -> tuple[Term, ...]:
    if isinstance(term, Matrix):
        return tuple(entry for row in term.rows for entry in row)
    return term.members if isinstance(term, Row) else ()


def _like(term: Term, entries: tuple[Term, ...]) -> Term:
    if isinstance(term, Row):
        return Row(term.opening, term.closing, entries)
    assert isinstance(term, Matrix)
    rest = iter(entries)
    return Matrix(tuple(tuple(next(rest) for _ in row) for row in term.rows))


def _determinant(term: Apply) -> Term:
    """Expand the determinant of a small matrix along its first row."""
    matrix = term.arguments[0] if len(term.arguments) == 1 else None
    if term.function != "det" or not isinstance(matrix, Matrix):
        return term
    order = len(matrix.rows)
    if order > _MAX_ORDER or any(len(row) != order for row in matrix.rows):
        return term
    return _expanded(matrix.rows)


def _expanded(rows: tuple[tuple[Term, ...], ...]) -> Term:
    if len(rows) == 1:
        return rows[0][0]
    parts: list[Term] = []
    for column, entry in enumerate(rows[0]):
        minor = tuple((*row[:column], *row[column + 1 :]) for row in rows[1:])
        parts.append(Product((Number(Fraction((-1) ** column)), entry, _expanded(minor))))
    return Sum(tuple(parts))
