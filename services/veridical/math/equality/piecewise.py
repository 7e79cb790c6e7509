"""Comparing functions by cases."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from veridical.math.decision import MathRule
from veridical.math.equality.context import Context
from veridical.math.equality.exact import fold
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.matching import Equal, equal_in_any_order
from veridical.math.equality.rewrite import changed
from veridical.math.equality.scalars import compare_scalars
from veridical.math.equality.survey import children, names_of
from veridical.math.terms import Number, Piecewise, Relation, Row, Symbol, Term, Words

_MAX_STOPS = 16
_NEAR = (Fraction(0), Fraction(1, 2), Fraction(-1, 2))


def compare_piecewise(gold: Term, answer: Term, equal: Equal, context: Context) -> Finding:
    """Compare two terms of which at least one is a function by cases.

    Equal cases make equal functions. Otherwise values are compared, also at and about every constant
    in the conditions, since no random point would meet an end of a case.
    """
    if isinstance(gold, Piecewise) and isinstance(answer, Piecewise):
        left = [_case(*case) for case in gold.cases]
        right = [_case(*case) for case in answer.cases]
        if equal_in_any_order(left, right, equal, context.work):
            return known(MathRule.MEMBERS, equal=True)
    found = compare_scalars(gold, answer, context)
    if found.equal is not True:
        return found
    names = names_of(gold) | names_of(answer)
    stops = sorted({*_stops(gold, context), *_stops(answer, context)})
    if len(names) != 1 or len(stops) > _MAX_STOPS:
        return unknown(MathRule.NUMERIC, "the ends of the cases were not compared")
    return _at_stops(gold, answer, stops, context) or found


def _case(value: Term, condition: Term | None) -> Term:
    return Row("(", ")", (value, condition or Words("otherwise")))


def _stops(term: Term, context: Context) -> Iterator[Fraction]:
    """Yield the constants that conditions compare with."""
    if isinstance(term, Relation):
        for side in (term.left, term.right):
            value = fold(side, context.work)
            if value is not None:
                yield value
    for part in children(term):
        yield from _stops(part, context)


def _at_stops(gold: Term, answer: Term, stops: list[Fraction], context: Context) -> Finding | None:
    for stop in stops:
        for distance in _NEAR:
            at = Number(stop + distance)

            def fixed(part: Term, at: Number = at) -> Term | None:
                return at if isinstance(part, Symbol) else None

            sides = [changed(side, fixed, context.work) for side in (gold, answer)]
            found = compare_scalars(sides[0], sides[1], context)
            if found.equal is False:
                return found
    return None
