"""What every step of one comparison shares."""

from __future__ import annotations

from dataclasses import dataclass

from veridical.math.equality.work import Work
from veridical.math.policy import MathPolicy


@dataclass(frozen=True, slots=True)
class Context:
    """What every step of one comparison shares.

    Attributes:
        policy: What the caller chose.
        work: What is left to the whole comparison.
        shortcuts: Whether equal terms are equal without looking into them.
    """

    policy: MathPolicy
    work: Work
    shortcuts: bool = True

    @property
    def has_tolerance(self) -> bool:
        """Whether the caller accepts a distance of numbers."""
        return self.policy.rtol is not None or self.policy.atol is not None
