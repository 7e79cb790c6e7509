"""Numbers as written, in terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.rewrite import with_children
from veridical.math.equality.survey import children
from veridical.math.equality.work import Work
from veridical.math.precision import Written, is_precise
from veridical.math.terms import Apply, Number, Product, Term

MAX_DECIMALS = 8
"""Decimals in one expression that may be rounded."""


def written(term: Term, work: Work) -> Written | None:
    """Return `term` as a number, with the step it was written with; None where it is no rational."""
    if isinstance(term, Number):
        return Written(term.value, term.step)
    if isinstance(term, Apply) and term.function == "percent" and len(term.arguments) == 1:
        inner = written(term.arguments[0], work)
        if inner is None:
            return None
        step = None if inner.step is None else inner.step / 100
        return Written(inner.value / 100, step, percent=True)
    if isinstance(term, Product) and len(term.factors) == 2:
        sign, rest = term.factors
        if isinstance(sign, Number) and sign.value == -1:
            inner = written(rest, work)
            return None if inner is None else replace(inner, value=-inner.value)
    value = fold(term, work)
    return None if value is None else Written(value)


def nudged(term: Term, digits: int) -> Iterator[tuple[Term, Fraction]]:
    """Yield `term` with one of its decimals one step off, for each that is precise enough.

    Args:
        term: An expression.
        digits: Significant digits that a decimal needs.

    Yields:
        The changed term, and the step relative to the decimal.
    """
    if isinstance(term, Number):
        if term.step is not None and term.value and is_precise(term.value, term.step, digits):
            yield Number(term.value + term.step), term.step / abs(term.value)
        return
    parts = children(term)
    for at, part in enumerate(parts):
        for changed, relative in nudged(part, digits):
            yield with_children(term, (*parts[:at], changed, *parts[at + 1 :])), relative
