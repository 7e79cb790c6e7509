"""Sets of reals: intervals and points, their algebra, and their comparison.

Where all ends are constants, a region is brought to the one form with the fewest pieces: between any
two neighbouring ends, and at each end, it either is or is not. Where an end is an expression such as
`2a`, pieces are kept as written.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from veridical.math.equality.arithmetic import START_PRECISION, as_fraction
from veridical.math.equality.exact import fold
from veridical.math.equality.values import constant_value
from veridical.math.equality.work import Work
from veridical.math.terms import Constant, Number, Product, Term

_SAME = Fraction(1, 1 << (START_PRECISION // 2))


@dataclass(frozen=True, slots=True)
class End:
    """An end of an interval.

    Attributes:
        term: Where it is; None at infinity.
        closed: Whether it belongs to the interval.
        at: Its value, where that is a real constant.
        is_exact: Whether that value is exact.
    """

    term: Term | None = None
    closed: bool = False
    at: Fraction | None = None
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval; a point is one whose closed ends are the same."""

    low: End
    high: End


@dataclass(frozen=True, slots=True)
class Region:
    """A set of reals.

    Attributes:
        pieces: Its intervals; in order and apart from each other if it is `settled`.
        name: The variable it is a condition on, if one was written.
        settled: Whether all ends are constants.
    """

    pieces: tuple[Piece, ...]
    name: str = ""
    settled: bool = True


def end_at(term: Term, work: Work, *, closed: bool) -> End | None:
    """Return an end at `term`; None where that is a constant, but no real one."""
    if is_infinite(term):
        return End()
    exact = fold(term, work)
    if exact is not None:
        return End(term, closed, exact, is_exact=True)
    value = constant_value(term, work)
    if value is None:
        return End(term, closed)
    return End(term, closed, as_fraction(value.real)) if value.is_real else None


def is_unbounded(term: Term) -> bool:
    """Say whether a term is an infinity of any kind."""
    return term is Constant.COMPLEX_INFINITY or is_infinite(term)


def is_infinite(term: Term) -> bool:
    """Say whether a term is plus or minus infinity."""
    if term is Constant.INFINITY:
        return True
    return (
        isinstance(term, Product) and Constant.INFINITY in term.factors and len(term.factors) == 2
    )


def is_minus_infinity(term: Term) -> bool:
    """Say whether a term is minus infinity."""
    return is_infinite(term) and isinstance(term, Product) and Number(Fraction(-1)) in term.factors


def region_of(pieces: Sequence[Piece], name: str = "") -> Region:
    """Return the union of pieces, in its one form where all ends are constants."""
    ends = [end for piece in pieces for end in (piece.low, piece.high)]
    if any(end.term is not None and end.at is None for end in ends):
        return Region(tuple(pieces), name, settled=False)
    return _combined([Region(tuple(pieces), name)], any)


EVERYTHING = Region((Piece(End(), End()),))
NOTHING = Region(())


def united(regions: Sequence[Region]) -> Region | None:
    """Return the union; None where the names differ."""
    return _joined(regions, any)


def intersected(regions: Sequence[Region]) -> Region | None:
    """Return the intersection; None where the names differ, or the order of ends is unknown."""
    return _joined(regions, all)


def complement(region: Region) -> Region | None:
    """Return the reals outside; None where the order of ends is unknown."""
    if not region.settled:
        return _open_complement(region)
    return _combined([region], lambda inside: not any(inside))


def difference(left: Region, right: Region) -> Region | None:
    """Return what is in `left` and not in `right`."""
    rest = complement(right)
    return None if rest is None else intersected([left, rest])


MAX_WHOLE = 10_000
"""Size of the whole numbers that are listed."""
_MAX_LISTED = 256


def whole_numbers(region: Region, lowest: int) -> Region | None:
    """Return the whole numbers from `lowest` on in a region; None where they are too many."""
    points: list[Piece] = []
    for piece in region.pieces:
        low, high = piece.low.at, piece.high.at
        first = lowest if low is None else max(math.ceil(low), lowest)
        if high is None or (low is None and lowest == -MAX_WHOLE) or high - first > _MAX_LISTED:
            return None
        for whole in range(first, math.floor(high) + 1):
            at = End(Number(Fraction(whole)), True, Fraction(whole), is_exact=True)
            if not (_is_open_at(piece.low, whole) or _is_open_at(piece.high, whole)):
                points.append(Piece(at, at))
    return Region(tuple(points), region.name) if len(points) <= _MAX_LISTED else None


def _is_open_at(end: End, place: int) -> bool:
    return end.at == place and not end.closed


def _open_complement(region: Region) -> Region | None:
    """Return the complement of one point or half-line whose end is no constant."""
    if len(region.pieces) != 1:
        return None
    low, high = region.pieces[0].low, region.pieces[0].high
    below = Piece(End(), replace(low, closed=not low.closed))
    above = Piece(replace(high, closed=not high.closed), End())
    pieces = [below] if low.term is not None else []
    pieces += [above] if high.term is not None else []
    return Region(tuple(pieces), region.name, settled=False)


def _joined(regions: Sequence[Region], rule: Callable[[Sequence[bool]], bool]) -> Region | None:
    names = {region.name for region in regions if region.name}
    if len(names) > 1:
        return None
    if all(region.settled for region in regions):
        return _combined(regions, rule)
    name = names.pop() if names else ""
    if rule is any:
        pieces = tuple(piece for region in regions for piece in region.pieces)
        return Region(pieces, name, settled=False)
    return _between(regions, name)


def _between(regions: Sequence[Region], name: str) -> Region | None:
    """Return the interval between two half-lines, one of which has an end that is no constant."""
    kept = [region for region in regions if region.pieces != EVERYTHING.pieces]
    if len(kept) == 1:
        return Region(kept[0].pieces, name, settled=False)
    if len(kept) != 2 or any(len(region.pieces) != 1 for region in kept):
        return None
    first, second = kept[0].pieces[0], kept[1].pieces[0]
    for left, right in ((first, second), (second, first)):
        if left.high.term is None and right.low.term is None:
            return Region((Piece(left.low, right.high),), name, settled=False)
    return None


def _combined(regions: Sequence[Region], rule: Callable[[Sequence[bool]], bool]) -> Region:
    """Join regions by a rule on whether a place is inside each."""
    stops = _stops(regions)
    columns = [_inside(region, stops) for region in regions]
    inside = [rule([column[cell] for column in columns]) for cell in range(2 * len(stops) + 1)]
    name = next((region.name for region in regions if region.name), "")
    return Region(tuple(_pieces(inside, stops)), name)


def _stops(regions: Sequence[Region]) -> list[End]:
    """Return all finite ends in order, each once."""
    ends = [
        end
        for region in regions
        for piece in region.pieces
        for end in (piece.low, piece.high)
        if end.at is not None
    ]
    stops: list[End] = []
    for end in sorted(ends, key=_place):
        if not stops or not _same(stops[-1], end):
            stops.append(end)
    return stops


def _place(end: End) -> Fraction:
    assert end.at is not None
    return end.at


def _same(left: End, right: End) -> bool:
    if left.at is None or right.at is None:
        return False
    if left.is_exact and right.is_exact:
        return left.at == right.at
    return abs(left.at - right.at) <= _SAME * abs(left.at)


def _inside(region: Region, stops: Sequence[End]) -> list[bool]:
    """Say for each cell whether it is inside: cell 2k+1 is stop k, and cell 2k lies below it."""
    inside = [False] * (2 * len(stops) + 1)
    for piece in region.pieces:
        first = 0 if piece.low.term is None else _cell(piece.low, stops) + (not piece.low.closed)
        last = len(inside) - 1
        if piece.high.term is not None:
            last = _cell(piece.high, stops) - (not piece.high.closed)
        for cell in range(first, last + 1):
            inside[cell] = True
    return inside


def _cell(end: End, stops: Sequence[End]) -> int:
    at = bisect_left(stops, _place(end), key=_place)
    if at == len(stops) or (at and _same(stops[at - 1], end)):
        at -= 1
    return 2 * at + 1


def _pieces(inside: Sequence[bool], stops: Sequence[End]) -> list[Piece]:
    """Return the runs of cells that are inside."""
    pieces: list[Piece] = []
    start: int | None = None
    for cell in range(len(inside) + 1):
        holds = cell < len(inside) and inside[cell]
        if holds and start is None:
            start = cell
        elif not holds and start is not None:
            pieces.append(Piece(_end(start, stops, low=True), _end(cell - 1, stops, low=False)))
            start = None
    return pieces


def _end(cell: int, stops: Sequence[End], *, low: bool) -> End:
    if cell % 2:
        return replace(stops[cell // 2], closed=True)
    at = cell // 2 - 1 if low else cell // 2
    if not 0 <= at < len(stops):
        return End()
    return replace(stops[at], closed=False)


def equal_regions(
    gold: Region, answer: Region, equal: Callable[[Term, Term], bool | None]
) -> bool | None:
    """Say whether two regions are equal.

    Args:
        gold: A region.
        answer: Another.
        equal: Says whether two ends are.
    """
    if len(gold.pieces) != len(answer.pieces):
        return False if gold.settled or answer.settled else None
    unmatched = list(answer.pieces)
    unknown = False
    for piece in gold.pieces:
        results = [_equal_pieces(piece, other, equal) for other in unmatched]
        if True in results:
            unmatched.pop(results.index(True))
        elif None in results:
            unknown = True
        else:
            return False
    return None if unknown else True


def _equal_pieces(
    gold: Piece, answer: Piece, equal: Callable[[Term, Term], bool | None]
) -> bool | None:
    low = _equal_ends(gold.low, answer.low, equal)
    return False if low is False else _and(low, _equal_ends(gold.high, answer.high, equal))


def _and(left: bool | None, right: bool | None) -> bool | None:
    if right is False:
        return False
    return None if left is None or right is None else True


def _equal_ends(gold: End, answer: End, equal: Callable[[Term, Term], bool | None]) -> bool | None:
    if gold.term is None or answer.term is None:
        return gold.term is None and answer.term is None
    return gold.closed is answer.closed and equal(gold.term, answer.term)
