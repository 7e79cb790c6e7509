"""Comparing two expressions by their values at points, to a precision that fits both.

Where two sides are real in all their parts they must agree; variables stand for reals of either sign.
Where a part is not real, as `ln x` for negative `x`, branches may differ without a meaning, so such
points count only if there are no others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from mpmath import libmp

from veridical.math.decision import MathRule, RefutingPoint
from veridical.math.equality.arithmetic import (
    MAX_PRECISION,
    START_PRECISION,
    NoValueError,
    Real,
    UndefinedError,
    Value,
    size,
)
from veridical.math.equality.context import Context
from veridical.math.equality.finding import Finding, known, unknown
from veridical.math.equality.numeric import Evaluator
from veridical.math.equality.points import Place, Points, Sign
from veridical.math.equality.survey import Survey
from veridical.math.equality.work import OutOfReachError, Work
from veridical.math.equality.written import MAX_DECIMALS, nudged
from veridical.math.precision import MIN_ROUNDED, MIN_SIGNIFICANT
from veridical.math.terms import Term

_MARGIN = 64
"""Bits beyond all sizes that occur to which equal values must agree."""
_MAX_TRIES = 6
_ENOUGH = 4
_FEWEST = 2
_LEAST_SCALE = 4
_LARGEST_SCALE = 10**6
_WHOLE_ROUNDS = 24
_SHOWN_DIGITS = 12
_MOST_DIGITS = 50
_PLACES = (
    Place(1, 3),
    Place(0, 1),
    Place(1, 4, Sign.NEGATIVE),
    Place(0, 2, Sign.MIXED),
    Place(3, 12),
    Place(0, 1, Sign.NEGATIVE),
    Place(2, 30, Sign.MIXED),
    Place(10, 100),
)


class _Agreement(Enum):
    EQUAL = "equal"
    APART = "apart"
    NEITHER = "neither"
    """Neither side has a value."""
    ONE = "one"
    """One side has a value, and the other has not."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both sides at one point.

    Attributes:
        agreement: How they compare.
        gold: The gold's value, None where it has none.
        answer: The same for the answer.
        is_real: Whether both sides, with all their parts, are real.
    """

    agreement: _Agreement
    gold: Value | None = None
    answer: Value | None = None
    is_real: bool = False


def compare_values(
    gold: Term, answer: Term, surveys: tuple[Survey, Survey], points: Points, context: Context
) -> Finding:
    """Compare two expressions by value.

    Raises:
        WorkExceededError: It is more work than is left, or more precision than is allowed.
    """
    comparison = _Comparison(gold, answer, surveys, context)
    try:
        if points.names:
            return comparison.at_points(points)
        return comparison.once()
    except NoValueError:
        return unknown(MathRule.NUMERIC, "no value is known for a part of it")


class _Comparison:
    """One comparison by value."""

    def __init__(
        self, gold: Term, answer: Term, surveys: tuple[Survey, Survey], context: Context
    ) -> None:
        self._sides = (gold, answer)
        self._surveys = surveys
        self._context = context

    def once(self) -> Finding:
        """Compare constants."""
        pair = self._pair({})
        if pair.agreement is _Agreement.NEITHER:
            return unknown(MathRule.NUMERIC, "neither side has a value")
        if pair.agreement is _Agreement.EQUAL:
            return known(MathRule.NUMERIC, equal=True)
        return _refutation(pair, {})

    def at_points(self, points: Points) -> Finding:
        """Compare functions."""
        whole = self._whole()
        enough = len(self._beyond()) + _ENOUGH if not whole else _WHOLE_ROUNDS
        equal = 0
        beyond: OutOfReachError | None = None
        unreal: list[tuple[_Pair, Mapping[str, Fraction]]] = []
        for point in self._chosen(points, whole):
            try:
                pair = self._pair(point)
            except OutOfReachError as error:
                beyond = error
                continue
            if pair.agreement is _Agreement.NEITHER:
                continue
            if not pair.is_real:
                unreal.append((pair, point))
            elif pair.agreement is _Agreement.APART:
                return _refutation(pair, point)
            else:
                equal += 1
            if equal == enough:
                break
        if beyond is not None and equal < _FEWEST:
            raise beyond
        # Each is defined where the other is not: what they have in common says nothing.
        lone = [pair for pair, _ in unreal if pair.agreement is _Agreement.ONE]
        crossed = any(pair.gold is None for pair in lone) and any(
            pair.answer is None for pair in lone
        )
        if equal >= _FEWEST and not crossed:
            return known(MathRule.NUMERIC, equal=True)
        return _unreal_finding(unreal)

    def _chosen(self, points: Points, whole: frozenset[str]) -> Iterator[dict[str, Fraction]]:
        """Yield the points to compare at: all small integers, if the one variable is an integer."""
        if whole and len(points.names) == 1:
            for value in range(1, _WHOLE_ROUNDS + 1):
                yield {points.names[0]: Fraction(value)}
            return
        places = _PLACES[:_FEWEST] + self._beyond() + _PLACES[_FEWEST:]
        for round_ in range(_WHOLE_ROUNDS if whole else len(places)):
            yield points.real(round_, places[round_ % len(places)], whole)

    def _beyond(self) -> tuple[Place, ...]:
        """Return places beyond the literals, as `|x - 100|` is `100 - x` below 100."""
        scale = max(survey.scale for survey in self._surveys)
        if not _LEAST_SCALE < scale < _LARGEST_SCALE:
            return ()
        low = math.ceil(scale)
        return Place(low, 3 * low), Place(low, 3 * low, Sign.NEGATIVE)

    def _whole(self) -> frozenset[str]:
        """Return the variables that both sides, or signs such as (-1)^n, treat as integers."""
        gold, answer = self._surveys
        return (gold.whole & answer.whole) | gold.signs | answer.signs

    def _pair(self, point: Mapping[str, Fraction]) -> _Pair:
        pair, had_choice = self._under(point, real_roots=True)
        if had_choice and pair.agreement is _Agreement.APART:
            other, _ = self._under(point, real_roots=False)
            return other if other.agreement is _Agreement.EQUAL else pair
        return pair

    def _under(self, point: Mapping[str, Fraction], *, real_roots: bool) -> tuple[_Pair, bool]:
        """Compare at one point, under one convention for odd roots."""
        precision = START_PRECISION
        for _ in range(_MAX_TRIES):
            sides = [self._evaluated(side, point, precision, real_roots) for side in self._sides]
            (gold, left), (answer, right) = sides
            had_choice = left.had_choice or right.had_choice
            if gold is None or answer is None:
                both = gold is None and answer is None
                return _Pair(
                    _Agreement.NEITHER if both else _Agreement.ONE, gold, answer
                ), had_choice
            is_real = not (left.was_complex or right.was_complex)
            error = max(gold.error, answer.error)
            if distance_size(gold, answer, precision) > error + 3:
                agreement = self._rounded(point, gold, answer)
                return _Pair(agreement, gold, answer, is_real), had_choice
            missing = error + 2 * max(left.reach, right.reach) + _MARGIN
            if missing <= 0:
                return _Pair(_Agreement.EQUAL, gold, answer, is_real), had_choice
            precision += missing + 32
            if precision > MAX_PRECISION:
                raise OutOfReachError(f"more than {MAX_PRECISION} bits of precision")
        raise NoValueError

    def _evaluated(
        self, side: Term, point: Mapping[str, Fraction], precision: int, real_roots: bool
    ) -> tuple[Value | None, Evaluator]:
        evaluator = Evaluator(point, precision, self._context.work, real_roots=real_roots)
        try:
            return evaluator.of(side), evaluator
        except UndefinedError:
            return None, evaluator

    def _rounded(self, point: Mapping[str, Fraction], gold: Value, answer: Value) -> _Agreement:
        """Say whether two different values are equal as far as they are written."""
        distance = _distance(gold, answer)
        if self._context.has_tolerance:
            policy = self._context.policy
            slack = libmp.mpf_mul(libmp.from_float(policy.rtol or 0.0), _length(gold))
            slack = libmp.mpf_add(slack, libmp.from_float(policy.atol or 0.0))
        else:
            slack = self._slack(point, gold, answer)
        return _Agreement.EQUAL if libmp.mpf_le(distance, slack) else _Agreement.APART

    def _slack(self, point: Mapping[str, Fraction], gold: Value, answer: Value) -> Real:
        """Return how far the values may be apart, as the decimals in them are rounded."""
        gold_steps, answer_steps = (survey.steps for survey in self._surveys)
        needed = MIN_SIGNIFICANT if answer_steps else MIN_ROUNDED
        slack = libmp.fzero
        if gold_steps:
            slack = self._slack_of(self._sides[0], gold, needed, point)
        if answer_steps:
            more = self._slack_of(self._sides[1], answer, MIN_SIGNIFICANT, point)
            slack = libmp.mpf_add(slack, more)
        return slack

    def _slack_of(
        self, side: Term, value: Value, digits: int, point: Mapping[str, Fraction]
    ) -> Real:
        """Return how far a side moves if its decimals move by one in their last places.

        It is never more, relative to the side, than one of them moves itself: a formula that magnifies
        a rounding, such as a high power, would otherwise stand for anything.
        """
        slack = libmp.fzero
        largest = Fraction(0)
        for count, (changed, relative) in enumerate(nudged(side, digits)):
            if count == MAX_DECIMALS:
                return libmp.fzero
            moved, _ = self._evaluated(changed, point, START_PRECISION, real_roots=True)
            if moved is not None:
                slack = libmp.mpf_add(slack, _distance(moved, value))
            largest = max(largest, relative)
        share = libmp.from_rational(largest.numerator, largest.denominator, 64)
        limit = libmp.mpf_mul(share, _length(value))
        return slack if libmp.mpf_lt(slack, limit) else limit


def _distance(left: Value, right: Value) -> Real:
    real = libmp.mpf_sub(left.real, right.real, START_PRECISION, "n")
    imaginary = libmp.mpf_sub(left.imaginary, right.imaginary, START_PRECISION, "n")
    return libmp.mpc_abs((real, imaginary), START_PRECISION)


def _length(value: Value) -> Real:
    return libmp.mpc_abs(value[:2], START_PRECISION)


def distance_size(left: Value, right: Value, precision: int) -> int:
    """Return the binary exponent of the distance of two values."""
    real = size(libmp.mpf_sub(left.real, right.real, precision, "n"))
    if left.is_real and right.is_real:
        return real
    return max(real, size(libmp.mpf_sub(left.imaginary, right.imaginary, precision, "n")))


def _unreal_finding(pairs: list[tuple[_Pair, Mapping[str, Fraction]]]) -> Finding:
    """Decide where no point, or only one, has two real sides."""
    if not pairs:
        return unknown(MathRule.NUMERIC, "no point was found where both sides have values")
    equal = sum(pair.agreement is _Agreement.EQUAL for pair, _ in pairs)
    if equal == len(pairs) >= _FEWEST:
        return known(MathRule.NUMERIC, equal=True)
    if equal == 0:
        return _refutation(*pairs[0])
    return unknown(MathRule.NUMERIC, "the sides agree at some complex points only")


def _refutation(pair: _Pair, point: Mapping[str, Fraction]) -> Finding:
    variables = tuple((name, str(value)) for name, value in sorted(point.items()))
    shown = [_text(side, _SHOWN_DIGITS) for side in (pair.gold, pair.answer)]
    if shown[0] == shown[1]:
        shown = [_text(side, _MOST_DIGITS) for side in (pair.gold, pair.answer)]
    return Finding(False, MathRule.NUMERIC, RefutingPoint(variables, shown[0], shown[1]))


def _text(value: Value | None, digits: int) -> str:
    """Return a value as a short text."""
    if value is None:
        return "undefined"
    real = str(libmp.to_str(value.real, digits))
    if value.is_real:
        return real
    return f"{real} + ({libmp.to_str(value.imaginary, digits)})i"


def constant_value(term: Term, work: Work, precision: int = START_PRECISION) -> Value | None:
    """Return the value of a constant; None where it has none that is known."""
    try:
        return Evaluator({}, precision, work).of(term)
    except (NoValueError, UndefinedError):
        return None
