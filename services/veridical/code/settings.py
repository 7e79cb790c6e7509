"""Settings of the code server."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from veridical.code.submission import TestLimits
from veridical.code.work import Cells
from veridical.sandbox.docker.settings import DEFAULT_SOCKET
from veridical.serving.pool import PoolLimits
from veridical.serving.settings import Items, Seconds, ServerSettings

_COMPARE_CPU_SECONDS = 60.0
_WORKER_MEMORY_BYTES = 2 << 30
_AFTER_CALL_SECONDS = 60.0
_CHUNK_ITEMS = 4


class CodeSettings(ServerSettings):
    """What the code server can be told."""

    workers: int = Field(0, ge=0, le=4096)
    """Worker processes, each with a slot of cells of its own; 0 starts one for each processor."""
    backend: Literal["process", "docker", "gvisor"] = "process"
    """What isolates the cells."""
    minimum_isolation: Literal["landlock", "process", "docker", "gvisor"] = "process"
    """The weakest effective isolation to judge with; with less, every item is UNDECIDED."""
    broker: Path = DEFAULT_SOCKET
    """Socket of the broker that gives out containers, for the backends docker and gvisor."""
    cpu_seconds: float = Field(10.0, ge=0.01, le=600)
    """CPU time of one test, where the task does not say."""
    wall_factor: float = Field(3.0, ge=1, le=100)
    """Wall time of one test, as a multiple of its CPU time, where the task does not say."""
    memory_mib: int = Field(512, ge=16, le=65_536)
    """Memory of one test, in MiB, where the task does not say."""
    output_kib: int = Field(16_384, ge=1, le=65_536)
    """What a program may write to stdout, in KiB, where the task does not say."""
    processes: int = Field(64, ge=1, le=1024)
    """Processes and threads of one test, where the task does not say."""
    stop_early: bool = True
    """End a submission at its first failed test; its score then counts the tests before."""
    queue_items: Items = 65_536
    """Submissions that may wait for a worker."""
    recycle_items: Items = 20_000
    """Submissions after which a worker is replaced."""
    start_seconds: Seconds = 60.0
    """Time in which the first cells must be ready."""

    @property
    def worker_count(self) -> int:
        """Worker processes that there will be."""
        return self.workers or PoolLimits().workers

    def pool_limits(self) -> PoolLimits:
        """The limits of the worker pool; those of the cells are the tighter ones."""
        return PoolLimits(
            workers=self.worker_count,
            cpu_seconds=_COMPARE_CPU_SECONDS,
            wall_seconds=self.max_call_seconds + _AFTER_CALL_SECONDS,
            memory_bytes=_WORKER_MEMORY_BYTES,
            queue_items=self.queue_items,
            chunk_items=_CHUNK_ITEMS,
            recycle_items=self.recycle_items,
        )

    def cells(self) -> Cells:
        """Which cells the workers use."""
        return Cells(self.backend, self.minimum_isolation, str(self.broker))

    def limits(self) -> TestLimits:
        """Bounds of one test of a task that says nothing."""
        return TestLimits(
            cpu_seconds=self.cpu_seconds,
            wall_seconds=self.cpu_seconds * self.wall_factor,
            memory_mib=self.memory_mib,
            output_kib=self.output_kib,
            processes=self.processes,
        )
