"""Walking through the steps of a trace and deciding every claim in its context."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.budget import Budget
from veridical.proof.context.walk import Walk
from veridical.proof.model import Claim, Domain, Examination, StepReading

BUDGET = 1_000_000
"""Units of work for all claims of a trace."""


def examine(
    problem: Sequence[Claim],
    readings: Sequence[StepReading],
    domain: Domain,
    *,
    text: str = "",
) -> Examination:
    """Decide every claim of a trace in its context.

    Args:
        problem: The claims of the problem text.
        readings: The steps with their claims, in order.
        domain: Where free variables live.
        text: The problem text, for conditions in words.
    """
    budget = Budget(BUDGET, sum(len(reading.claims) for reading in readings))
    walk = Walk(problem, readings, domain, text, budget)
    return Examination(tuple(walk.step(at) for at in range(len(readings))))
