"""Proofs in plain English and small puzzles: rules on classes, orders, swaps."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.logic.orders.examine import examine_orders
from veridical.proof.logic.rules.examine import examine_rules
from veridical.proof.logic.swaps.examine import examine_swaps
from veridical.proof.model import Examination, Segment


def examine(problem: str, segments: Sequence[Segment]) -> Examination | None:
    """Checks a trace of one of these kinds.

    Args:
        problem: The problem text.
        segments: The steps.

    Returns:
        What was found; None where the problem is of no such kind.
    """
    for kind in (examine_rules, examine_swaps, examine_orders):
        found = kind(problem, segments)
        if found is not None:
            return found
    return None
