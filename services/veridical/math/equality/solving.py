"""Solving an inequality for its one variable, or for the variable that stands alone on a side.

It may be linear, the absolute value of something linear, or quadratic with rational coefficients.
"""

from __future__ import annotations

from veridical.math.equality.context import Context
from veridical.math.equality.linear import constant_sign, linear_parts, quadratic_roots
from veridical.math.equality.regions import (
    EVERYTHING,
    End,
    Piece,
    Region,
    complement,
    difference,
    end_at,
    intersected,
    region_of,
    united,
)
from veridical.math.equality.rewrite import minus, negative
from veridical.math.equality.survey import children, names_of
from veridical.math.terms import Apply, Relation, Symbol, Term

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def solved_inequality(term: Relation, context: Context) -> Region | None:
    """Return where an inequality holds; None where it is of none of these forms."""
    name = _variable(term)
    if name is None:
        return None
    if _is_absolute(term.left):
        return _absolute(children(term.left)[0], term.operator, term.right, name, context)
    if _is_absolute(term.right):
        flipped = _FLIPPED[term.operator]
        return _absolute(children(term.right)[0], flipped, term.left, name, context)
    return _solved(minus(term.left, term.right), term.operator, name, context)


def _is_absolute(term: Term) -> bool:
    return isinstance(term, Apply) and term.function == "abs" and len(term.arguments) == 1


def _variable(term: Relation) -> str | None:
    """Return the variable to solve for."""
    left, right = names_of(term.left), names_of(term.right)
    if len(left | right) == 1:
        return next(iter(left | right))
    for side, others in ((term.left, right), (term.right, left)):
        if isinstance(side, Symbol) and side.name not in others:
            other = term.right if side is term.left else term.left
            return None if isinstance(other, Symbol) and not others - {side.name} else side.name
    return None


def _solved(term: Term, operator: str, name: str, context: Context) -> Region | None:
    """Return where `term operator 0` holds."""
    parts = linear_parts(term, name, context.work)
    if parts is None:
        return _quadratic(term, operator, name, context)
    slope = constant_sign(parts.slope, context.work)
    if not slope:
        return None
    operator = operator if slope > 0 else _FLIPPED[operator]
    end = end_at(parts.root(context.work), context.work, closed="=" in operator)
    if end is None:
        return None
    piece = Piece(End(), end) if operator.startswith("<") else Piece(end, End())
    return region_of([piece], name)


def _absolute(
    inner: Term, operator: str, bound: Term, name: str, context: Context
) -> Region | None:
    if name in names_of(bound):
        return None
    upper = _solved(minus(inner, bound), operator, name, context)
    mirrored = minus(inner, negative(bound))
    lower = _solved(mirrored, _FLIPPED[operator], name, context)
    if upper is None or lower is None:
        return None
    return intersected([upper, lower]) if operator.startswith("<") else united([upper, lower])


def _quadratic(term: Term, operator: str, name: str, context: Context) -> Region | None:
    found = quadratic_roots(term, name, context.work)
    if found is None:
        return None
    leading, roots = found
    ends = [end_at(root, context.work, closed=True) for root in roots]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    outside = operator.startswith(">") == (leading > 0)
    on_roots = region_of([Piece(end, end) for end in known], name)
    if not known:
        return Region(EVERYTHING.pieces if outside else (), name)
    between = region_of([Piece(known[0], known[-1])], name)
    region: Region | None = complement(between) if outside else between
    if region is None:
        return None
    if "=" in operator:
        return united([region, on_roots])
    return difference(region, on_roots)
