"""What follows the first error of a trace."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.model import CheckedStep
from veridical.proof.trace import Downstream
from veridical.proof.verdict.first_error import is_wrong


def downstream(steps: Sequence[CheckedStep], at: int, answered: bool | None) -> Downstream:
    """Say what follows the error of step `at`.

    Args:
        steps: The steps.
        at: Index of the first wrong one.
        answered: Whether the conclusion is right all the same; None where that is not known.
    """
    again = any(is_wrong(step) for step in steps[at + 1 :])
    if answered:
        return Downstream.CANCELLED if again else Downstream.REPAIRED
    return Downstream.BROKEN if again else Downstream.CONSISTENT
