"""Where metrics hook into a pool."""

from __future__ import annotations

from enum import Enum
from typing import Protocol


class WorkerState(Enum):
    """What a worker is doing; the value is the metrics label."""

    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"


class RestartReason(Enum):
    """Why a worker was replaced; the value is the metrics label."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    """It died by itself, was killed from outside, spoke nonsense, or did not start."""
    RECYCLED = "recycled"
    """It was replaced on purpose: by its age, its growth, or for a fresh one."""


class PoolObserver(Protocol):
    """Told by the pool, on its event loop; must not block or raise."""

    def queue_depth(self, items: int) -> None:
        """Items that wait for a worker; told about twenty times a second."""

    def workers(self, state: str, count: int) -> None:
        """Workers in a state (a `WorkerState` value); told about twenty times a second."""

    def worker_restarted(self, reason: str) -> None:
        """A worker has ended and is being replaced; a `RestartReason` value."""


class SilentObserver:
    """An observer that takes no notice."""

    def queue_depth(self, items: int) -> None:
        """Does nothing."""

    def workers(self, state: str, count: int) -> None:
        """Does nothing."""

    def worker_restarted(self, reason: str) -> None:
        """Does nothing."""
