"""What a pool runs, and within which limits."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Generic, TypeVar

Q = TypeVar("Q")
R = TypeVar("R")

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class WorkerSpec(Generic[Q, R]):
    """The function a pool runs.

    The server never imports the function's module: only the two types. They are plain classes
    that msgspec can carry (frozen dataclasses, enums, str, int, ...), importable by module and
    name. The function must be pure: an item may run more than once.
    """

    target: str
    """`package.module:function`; takes one item, returns one result."""
    item: type[Q]
    """Type of an item."""
    result: type[R]
    """Type of a result; what a worker sends back is checked against it."""
    preload: tuple[str, ...] = ()
    """Modules that a worker imports before it counts as warm."""
    warm_up: str | None = None
    """`package.module:function`, called without arguments before a worker counts as warm."""


def _available_processors() -> int:
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many, how long, how much.

    Raises:
        ValueError: A limit is not positive; the message names it.
    """

    workers: int = field(default_factory=_available_processors)
    """Worker processes; by default one for each processor this process may use."""
    cpu_seconds: float = 10.0
    """CPU time of one item on all threads of its worker; held by the kernel."""
    first_cpu_seconds: float = 2.0
    """CPU time of an item on its first try, among others. One that needs more is tried again
    alone, with all of `cpu_seconds`; so items that hang hold up the others for this long only."""
    wall_seconds: float = 30.0
    """Wall time of one item, a backstop for items that sleep; held to within 0.1 s."""
    memory_bytes: int = 512 * _MIB
    """Resident memory of a worker above what it had when it was warm."""
    queue_items: int = 65_536
    """Items that may wait. A call that does not fit is refused whole, so this also bounds the
    size of one call."""
    chunk_items: int = 256
    """Items a worker may hold at once; fewer where items take long."""
    recycle_items: int = 50_000
    """A worker is replaced after this many items."""
    recycle_growth_bytes: int = 128 * _MIB
    """A worker is replaced once it holds this much more than when it was warm."""
    start_seconds: float = 60.0
    """Wall time in which a worker must become warm."""

    def __post_init__(self) -> None:
        """Checks every limit."""
        for limit in fields(self):
            if getattr(self, limit.name) <= 0:
                raise ValueError(f"{limit.name} must be positive")
