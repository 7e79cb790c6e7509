"""Reading terms as sets of reals: intervals, unions, set builders and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from veridical.math.equality.context import Context
from veridical.math.equality.regions import (
    EVERYTHING,
    MAX_WHOLE,
    NOTHING,
    Piece,
    Region,
    complement,
    difference,
    end_at,
    intersected,
    is_infinite,
    is_minus_infinity,
    region_of,
    united,
    whole_numbers,
)
from veridical.math.equality.rewrite import spread
from veridical.math.equality.solving import solved_inequality
from veridical.math.equality.statements import assignment
from veridical.math.equality.words import EVERYTHING as ALL_REALS
from veridical.math.equality.words import is_nothing, meaning
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Number,
    Power,
    Product,
    Relation,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Term,
    Words,
)

INEQUALITIES = frozenset({"<", "<=", ">", ">="})
_LOWEST = {
    "integers": -MAX_WHOLE,
    "naturals": 1,
    "positive integers": 1,
}
_SCALARS = (Number, Symbol, Constant, Sum, Product, Power, Apply)
_INTERVALS = {"(": False, "[": True, "]": False}
_CLOSINGS = {")": False, "]": True, "[": False}


def is_region(term: Term) -> bool:
    """Say whether a term can only be a set of reals or a condition on one."""
    if isinstance(term, SetOperation | SetBuilder):
        return True
    if isinstance(term, Relation):
        return term.operator in INEQUALITIES | {"!=", "in", "notin"}
    if isinstance(term, Logic):
        return any(is_region(part) for part in term.parts)
    if isinstance(term, Symbol):
        return term.name == "reals"
    if isinstance(term, Sum):
        return any(is_region(part) or _is_negative_set(part) for part in term.terms)
    return isinstance(term, Row) and _is_region_row(term)


def _is_negative_set(term: Term) -> bool:
    return isinstance(term, Product) and any(
        is_region(part) or (isinstance(part, Row) and part.opening == "{") for part in term.factors
    )


def _is_region_row(row: Row) -> bool:
    if row.opening in {"", "{"}:
        return any(isinstance(part, Relation | Logic) and is_region(part) for part in row.members)
    if row.opening not in _INTERVALS or row.closing not in _CLOSINGS or len(row.members) != 2:
        return False
    mixed = (row.opening, row.closing) not in {("(", ")"), ("[", "]")}
    return mixed or any(is_infinite(member) for member in row.members)


def as_region(term: Term, context: Context) -> Region | None:
    """Return a term as a set of reals; None where it is none, or none that is understood."""
    context.work.spend(2)
    if is_nothing(term):
        return NOTHING
    if isinstance(term, Words):
        return EVERYTHING if meaning(term.text) == ALL_REALS else None
    if isinstance(term, Symbol):
        return EVERYTHING if term.name == "reals" else None
    if isinstance(term, Row):
        return _row(term, context)
    if isinstance(term, SetOperation):
        return _operation(term, context)
    if isinstance(term, SetBuilder):
        return _builder(term, context)
    if isinstance(term, Relation):
        return _relation(term, context)
    if isinstance(term, Logic):
        return _logic(term, context)
    return _difference_of_sums(term, context) if isinstance(term, Sum) else None


def _all(terms: Sequence[Term], context: Context) -> list[Region] | None:
    regions = [as_region(term, context) for term in terms]
    known = [region for region in regions if region is not None]
    return known if len(known) == len(regions) else None


def _row(row: Row, context: Context) -> Region | None:
    if row.opening in {"", "{"}:
        if any(isinstance(member, Relation | Logic) for member in row.members):
            return _listed(row, context)
        return _points(row, context)
    if row.opening not in _INTERVALS or row.closing not in _CLOSINGS or len(row.members) != 2:
        return None
    low, high = row.members
    first = end_at(low, context.work, closed=_INTERVALS[row.opening])
    last = end_at(high, context.work, closed=_CLOSINGS[row.closing])
    if first is None or last is None or not _is_range(low, high):
        return None
    return region_of([Piece(first, last)])


def _is_range(low: Term, high: Term) -> bool:
    """Say whether two ends are numbers, and infinite only on their own sides."""
    if is_infinite(low) and not is_minus_infinity(low):
        return False
    if is_minus_infinity(high):
        return False
    return isinstance(low, _SCALARS) and isinstance(high, _SCALARS)


def _listed(row: Row, context: Context) -> Region | None:
    """Read conditions between commas: all of them, or any where not all can hold."""
    regions = _all(row.members, context)
    if regions is None:
        return None
    both = intersected(regions)
    return united(regions) if both is None or not both.pieces else both


def _points(row: Row, context: Context) -> Region | None:
    members = [each for member in row.members for each in spread(member, context.work)]
    pieces: list[Piece] = []
    for member in members:
        if not isinstance(member, _SCALARS):
            return None
        end = end_at(member, context.work, closed=True)
        if end is None or end.term is None:
            return None
        pieces.append(Piece(end, end))
    return region_of(pieces)


def _operation(term: SetOperation, context: Context) -> Region | None:
    regions = _all(term.parts, context)
    if regions is None:
        return None
    if term.operator == "union":
        return united(regions)
    if term.operator == "intersection":
        return intersected(regions)
    if term.operator == "complement" and len(regions) == 1:
        return complement(regions[0])
    if term.operator != "difference":
        return None
    rest: Region | None = regions[0]
    for region in regions[1:]:
        rest = None if rest is None else difference(rest, region)
    return rest


def _difference_of_sums(term: Sum, context: Context) -> Region | None:
    """Read a minus sign between sets, and a plus as a union."""
    kept: list[Region] = []
    removed: list[Region] = []
    for part in term.terms:
        is_removed = isinstance(part, Product) and part.factors[0] == Number(Fraction(-1))
        inner = part.factors[1] if isinstance(part, Product) and is_removed else part
        region = as_region(inner, context)
        if region is None:
            return None
        (removed if is_removed else kept).append(region)
    whole = united(kept) if kept else None
    for region in removed:
        whole = None if whole is None else difference(whole, region)
    return whole


def _builder(term: SetBuilder, context: Context) -> Region | None:
    element, condition = term.element, term.condition
    if isinstance(element, Relation) and element.operator == "in":
        element, condition = element.left, Logic("and", (element, condition))
    region = as_region(condition, context)
    if region is None or not isinstance(element, Symbol):
        return None
    return replace(region, name="") if region.name in {"", element.name} else None


def _logic(term: Logic, context: Context) -> Region | None:
    lowest = [low for part in term.parts if (low := _lowest(part)) is not None]
    if term.operator == "and" and lowest:
        rest = [part for part in term.parts if _lowest(part) is None]
        regions = _all(rest, context)
        region = None if not regions else intersected(regions)
        return None if region is None else whole_numbers(region, max(lowest))
    regions = _all(term.parts, context)
    if regions is None:
        return None
    if term.operator == "or":
        return united(regions)
    if term.operator == "not":
        return complement(regions[0])
    return intersected(regions)


def _lowest(part: Term) -> int | None:
    """Return the lowest member of the whole numbers that a variable is said to be one of."""
    if not (isinstance(part, Relation) and part.operator == "in"):
        return None
    return _LOWEST.get(part.right.name) if isinstance(part.right, Symbol) else None


def _relation(term: Relation, context: Context) -> Region | None:
    if term.operator in {"in", "notin"}:
        return _membership(term, context)
    if term.operator in {"=", "!="}:
        return _equality(term, context)
    return solved_inequality(term, context) if term.operator in INEQUALITIES else None


def _membership(term: Relation, context: Context) -> Region | None:
    region = as_region(term.right, context)
    if region is None or not isinstance(term.left, Symbol):
        return None
    if term.operator == "notin":
        region = complement(region)
    return None if region is None else Region(region.pieces, term.left.name, region.settled)


def _equality(term: Relation, context: Context) -> Region | None:
    given = assignment(Relation("=", term.left, term.right))
    if given is None or not isinstance(given.name, Symbol):
        return None
    members = spread(given.value, context.work)
    row = given.value if isinstance(given.value, Row) else Row("{", "}", members)
    region = _points(row, context) if row.opening in {"", "{"} else None
    if region is not None and term.operator == "!=":
        region = complement(region)
    return None if region is None else Region(region.pieces, given.name.name, region.settled)
