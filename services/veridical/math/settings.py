"""Settings of the math server."""

from __future__ import annotations

from veridical.serving.pooled import PooledSettings


class MathSettings(PooledSettings):
    """What the math server can be told."""
