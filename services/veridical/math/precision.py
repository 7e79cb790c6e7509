"""How precise a decimal is: it stands for what it was rounded from, within limits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from veridical.math.policy import MathPolicy, PercentPolicy

MIN_SIGNIFICANT = 6
"""Correct significant digits that a decimal needs to stand for a value that it does not equal."""
MIN_ROUNDED = 3
"""The same for a decimal gold and an answer that no decimal can write, such as 2.78 and 25/9."""


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
    is_tolerant = policy.rtol is not None or policy.atol is not None
    if gold.step is None and answer.step is None and not is_tolerant:
        return False
    distance = abs(gold.value - answer.value)
    if is_tolerant:
        accepted = Fraction(policy.atol or 0.0) + Fraction(policy.rtol or 0.0) * abs(gold.value)
        return distance <= accepted
    if gold.step is not None and answer.step is None and not _is_decimal(answer.value):
        return is_precise(gold.value, gold.step, MIN_ROUNDED) and distance < gold.step
    return any(
        side.step is not None
        and is_precise(side.value, side.step, MIN_SIGNIFICANT)
        and distance < side.step
        for side in (gold, answer)
    )


def is_precise(value: Fraction, step: Fraction, digits: int) -> bool:
    """Say whether a decimal has `digits` significant digits at least, one of them a decimal place."""
    return abs(value) >= step * Fraction(10) ** (digits - 1)


def _is_decimal(value: Fraction) -> bool:
    """Say whether a decimal of ordinary length can write `value` exactly."""
    return 10**20 % value.denominator == 0
