"""Numbers as written: a decimal stands for what it was rounded from, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from veridical.math.equality.exact import fold
from veridical.math.equality.rewrite import with_children
from veridical.math.equality.survey import children
from veridical.math.equality.work import Work
from veridical.math.policy import MathPolicy, PercentPolicy
from veridical.math.terms import Apply, Number, Product, Term

MIN_SIGNIFICANT = 6
"""Correct significant digits that a decimal needs to stand for a value that it does not equal."""
MIN_ROUNDED = 3
"""The same for a decimal gold and an answer that no decimal can write, such as 2.78 and 25/9."""
MAX_DECIMALS = 8
"""Decimals in one expression that may be rounded."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written.

    Attributes:
        value: Its value, a percent sign taken into account.
        step: One in its last written place; None for an exact number.
        percent: Whether it has a percent sign.
    """

    value: Fraction
    step: Fraction | None = None
    percent: bool = False


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


def close(gold: Written, answer: Written, policy: MathPolicy) -> bool:
    """Say whether an answer's number equals the gold's under a policy."""
    if gold.percent and not answer.percent and policy.percent is PercentPolicy.SIGN_OPTIONAL:
        step = None if answer.step is None else answer.step / 100
        if _close(gold, Written(answer.value / 100, step), policy):
            return True
    return _close(gold, answer, policy)


def _close(gold: Written, answer: Written, policy: MathPolicy) -> bool:
    if gold.value == answer.value:
        return True
    distance = abs(gold.value - answer.value)
    if policy.rtol is not None or policy.atol is not None:
        accepted = Fraction(policy.atol or 0.0) + Fraction(policy.rtol or 0.0) * abs(gold.value)
        return distance <= accepted
    if gold.step is None and answer.step is None:
        return False
    if gold.step is not None and answer.step is None and not _is_decimal(answer.value):
        return _is_precise(gold.value, gold.step, MIN_ROUNDED) and distance < gold.step
    return any(
        side.step is not None
        and _is_precise(side.value, side.step, MIN_SIGNIFICANT)
        and distance < side.step
        for side in (gold, answer)
    )


def _is_precise(value: Fraction, step: Fraction, digits: int) -> bool:
    """Say whether a decimal has `digits` significant digits at least, one of them a decimal place."""
    return abs(value) >= step * Fraction(10) ** (digits - 1)


def _is_decimal(value: Fraction) -> bool:
    """Say whether a decimal of ordinary length can write `value` exactly."""
    return 10**20 % value.denominator == 0


def nudged(term: Term, digits: int) -> Iterator[tuple[Term, Fraction]]:
    """Yield `term` with one of its decimals one step off, for each that is precise enough.

    Args:
        term: An expression.
        digits: Significant digits that a decimal needs.

    Yields:
        The changed term, and the step relative to the decimal.
    """
    if isinstance(term, Number):
        if term.step is not None and term.value and _is_precise(term.value, term.step, digits):
            yield Number(term.value + term.step), term.step / abs(term.value)
        return
    parts = children(term)
    for at, part in enumerate(parts):
        for changed, relative in nudged(part, digits):
            yield with_children(term, (*parts[:at], changed, *parts[at + 1 :])), relative
