"""Settings of the proof server."""

from __future__ import annotations

from pydantic import Field

from veridical.serving.pool import PoolLimits
from veridical.serving.settings import Items, Seconds, ServerSettings


class ProofSettings(ServerSettings):
    """What the proof server can be told."""

    workers: int = Field(0, ge=0, le=4096)
    """Worker processes; 0 starts one for each processor."""
    cpu_seconds: Seconds = 60.0
    """CPU time that one trace may take, a backstop: counted work ends well before."""
    wall_seconds: Seconds = 180.0
    """Wall time that one trace may take, a backstop."""
    memory_mib: int = Field(1024, ge=16, le=1 << 20)
    """Memory that one trace may take, in MiB."""
    queue_items: Items = 65_536
    """Traces that may wait for a worker."""
    recycle_items: Items = 20_000
    """Traces after which a worker is replaced."""

    def pool_limits(self) -> PoolLimits:
        """The limits of the worker pool."""
        workers = self.workers or PoolLimits().workers
        return PoolLimits(
            workers=workers,
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.wall_seconds,
            memory_bytes=self.memory_mib << 20,
            queue_items=self.queue_items,
            recycle_items=self.recycle_items,
        )
