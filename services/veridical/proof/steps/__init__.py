"""Steps of a response: `zones` finds maths in a text, `segmentation` cuts outside of it."""

from __future__ import annotations

from veridical.proof.steps.segmentation import MAX_STEPS, segment

__all__ = ["MAX_STEPS", "segment"]
