"""What is known at each step of a trace, and what of the step follows from it."""

from __future__ import annotations

from veridical.proof.context.examine import examine

__all__ = ["examine"]
