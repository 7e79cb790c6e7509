"""Comparing values with units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from veridical.math.decision import MathRule
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known
from veridical.math.equality.rewrite import negative
from veridical.math.policy import UnitPolicy
from veridical.math.reader.units import measure
from veridical.math.terms import Constant, Number, Product, Quantity, Sum, Term

Compare = Callable[[Term, Term], Finding]
_ANGLE = (("angle", 1),)
_RADIAN = (("radian", 1),)
_HALF_TURN = Fraction(1, 180)


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its unit resolved.

    Attributes:
        value: The value in the unit that was written (the first of several).
        factor: How many base units that unit is.
        dimension: What it measures; empty for a bare number.
    """

    value: Term
    factor: Fraction = Fraction(1)
    dimension: tuple[tuple[str, int], ...] = ()


def has_unit(term: Term) -> bool:
    """Say whether a unit is in an expression, outside of functions."""
    if isinstance(term, Quantity):
        return True
    if isinstance(term, Sum):
        return any(has_unit(part) for part in term.terms)
    return isinstance(term, Product) and any(has_unit(part) for part in term.factors)


def measured(term: Term) -> Measured | None:
    """Resolve the units in an expression; None where they do not fit each other."""
    if isinstance(term, Quantity):
        unit = measure(term.unit)
        return Measured(term.value, unit.factor, unit.dimension)
    if not has_unit(term):
        return Measured(term)
    if isinstance(term, Sum):
        return _added([measured(part) for part in term.terms])
    if isinstance(term, Product):
        return _multiplied(term)
    return None


def _added(parts: list[Measured | None]) -> Measured | None:
    known_parts = [part for part in parts if part is not None]
    first = known_parts[0] if known_parts else None
    if first is None or len(known_parts) < len(parts):
        return None
    if any(part.dimension != first.dimension for part in known_parts):
        return None
    values = tuple(scaled(part.value, part.factor / first.factor) for part in known_parts)
    return Measured(Sum(values), first.factor, first.dimension)


def _multiplied(term: Product) -> Measured | None:
    """Take the unit of the one factor that has one."""
    within = [factor for factor in term.factors if has_unit(factor)]
    if len(within) != 1:
        return None
    inner = measured(within[0])
    if inner is None:
        return None
    rest = tuple(factor for factor in term.factors if factor is not within[0])
    if rest == (Number(Fraction(-1)),):
        return Measured(negative(inner.value), inner.factor, inner.dimension)
    return Measured(Product((*rest, inner.value)), inner.factor, inner.dimension)


def scaled(term: Term, factor: Fraction) -> Term:
    """Return `term` times a factor; a decimal keeps its written digits."""
    if factor == 1:
        return term
    if isinstance(term, Number):
        step = None if term.step is None else term.step * abs(factor)
        return Number(term.value * factor, step)
    return Product((Number(factor), term))


def compare_quantities(gold: Term, answer: Term, compare: Compare, context: Context) -> Finding:
    """Compare two expressions of which at least one has a unit."""
    left, right = measured(gold), measured(answer)
    if left is None or right is None:
        return known(MathRule.UNIT, equal=gold == answer, detail="the units do not fit each other")
    if left.dimension == right.dimension:
        found = compare(left.value, scaled(right.value, right.factor / left.factor))
        return replace(found, rule=MathRule.UNIT)
    if _RADIAN in (left.dimension, right.dimension) or not (left.dimension and right.dimension):
        return _compare_bare(left, right, compare, context)
    return known(MathRule.UNIT, equal=False, detail="the units measure different things")


def _compare_bare(left: Measured, right: Measured, compare: Compare, context: Context) -> Finding:
    """Compare where one side has no unit, or is an angle in radians."""
    if _ANGLE in (left.dimension, right.dimension):
        found = compare(_in_radians(left), _in_radians(right))
        if found.equal is True:
            return known(MathRule.UNIT, equal=True)
    if left.dimension and right.dimension and _RADIAN not in (left.dimension, right.dimension):
        return known(MathRule.UNIT, equal=False, detail="the units measure different things")
    if left.dimension == _RADIAN and not right.dimension:
        return compare(left.value, right.value)
    if left.dimension and right.dimension:
        return known(MathRule.UNIT, equal=False, detail="the angles differ")
    if left.dimension and context.policy.units is UnitPolicy.REQUIRED:
        return known(MathRule.UNIT, equal=False, detail="the answer has no unit")
    return compare(left.value, right.value)


def _in_radians(side: Measured) -> Term:
    if side.dimension != _ANGLE:
        return scaled(side.value, side.factor)
    return Product((scaled(side.value, side.factor * _HALF_TURN), Constant.PI))
