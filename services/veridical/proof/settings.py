"""Settings of the proof server."""

from __future__ import annotations

from pydantic import Field

from veridical.serving.pooled import PooledSettings
from veridical.serving.settings import Items, Seconds


class ProofSettings(PooledSettings):
    """What the proof server can be told."""

    cpu_seconds: Seconds = 60.0
    """CPU time that one trace may take, a backstop: counted work ends well before."""
    wall_seconds: Seconds = 180.0
    """Wall time that one trace may take, a backstop."""
    memory_mib: int = Field(1024, ge=16, le=1 << 20)
    """Memory that one trace may take, in MiB."""
    recycle_items: Items = 20_000
    """Traces after which a worker is replaced."""
