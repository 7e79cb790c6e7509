"""How far two sides may be apart for the decimals in them.

A decimal stands for what rounds to it: half a unit in its last place. The result of a calculation, a
bare decimal, has that much room. The decimals that go into it have as much only if they can be rounded
values: they are known to be, or are long enough to be.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.equality.rewrite import changed
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Number, Product, Quantity, Relation, Term
from veridical.proof.deciders.values import Measure, measure
from veridical.proof.parts import children, parts_of

_MAX_DECIMALS = 8
_LONG = 100
"""One over the step from which on a decimal may be a rounded value."""
_MAX_SHARE = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Room:
    """How far two sides may be apart.

    Attributes:
        sure: For the rounding of a result, and of operands that are known to be rounded.
        cut: The same if a result is cut off rather than rounded.
        likely: The same if decimals that look rounded are.
    """

    sure: Fraction
    cut: Fraction
    likely: Fraction


def room(relation: Relation, rounded: AbstractSet[Fraction], work: Work) -> Room:
    """Return how far the sides of a relation of constants may be apart."""
    sure, cut, likely = Fraction(0), Fraction(0), Fraction(0)
    for side in (relation.left, relation.right):
        step = result_step(side)
        if step is not None:
            short = _falls_short(side, relation, work)
            sure, likely = sure + step / 2, likely + step / 2
            cut += step if short else step / 2
            continue
        known, looking = _moves(side, rounded, work)
        sure, cut, likely = sure + known, cut + known, likely + looking
    return Room(sure, cut, likely)


def _falls_short(side: Term, relation: Relation, work: Work) -> bool:
    """Say whether `side` is nearer to zero than the other one, as what is cut off is."""
    other = relation.right if side is relation.left else relation.left
    mine, theirs = measure(side, work), measure(other, work)
    return mine is not None and theirs is not None and abs(mine.real) < abs(theirs.real)


def result_step(side: Term) -> Fraction | None:
    """Return one unit in the last place of a bare decimal; None where `side` is none."""
    match side:
        case Number(_, step, _):
            return step
        case Product((Number(value, None, _), rest)) if abs(value) == 1:
            return result_step(rest)
        case Quantity(value, _):
            return result_step(value)
        case Apply("percent", (value,)):
            step = result_step(value)
            return None if step is None else step / 100
        case _:
            return None


def _moves(side: Term, rounded: AbstractSet[Fraction], work: Work) -> tuple[Fraction, Fraction]:
    """Return how far `side` moves if its known, and its likely, roundings move by half a unit."""
    literals = dict.fromkeys(
        part for part in parts_of(side) if isinstance(part, Number) and part.step is not None
    )
    known, likely = Fraction(0), Fraction(0)
    whole = measure(side, work)
    if whole is None or len(literals) > _MAX_DECIMALS:
        return known, likely
    for literal in literals:
        is_known = abs(literal.value) in rounded
        if is_known or _may_be_rounded(literal):
            moved = _moved(side, literal, whole, work)
            known += moved if is_known else 0
            likely += moved
    return known, likely


def _may_be_rounded(literal: Number) -> bool:
    step = literal.step
    if step is None or not literal.value:
        return False
    return step * _LONG <= 1 and step / 2 <= _MAX_SHARE * abs(literal.value)


def _moved(side: Term, literal: Number, whole: Measure, work: Work) -> Fraction:
    half = (literal.step or Fraction(0)) / 2
    other = measure(_with(side, literal, Number(literal.value + half), work), work)
    return Fraction(0) if other is None else abs(other.real - whole.real)


def _with(side: Term, literal: Number, other: Number, work: Work) -> Term:
    return changed(side, lambda part: other if part == literal else None, work)


def has_decimals(term: Term) -> bool:
    """Say whether a decimal is in `term`."""
    if isinstance(term, Number):
        return term.step is not None
    return any(has_decimals(part) for part in children(term))
