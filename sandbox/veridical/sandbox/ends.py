"""How a cell ended, and what it used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """Why a cell ended; as the warden saw it, never by the cell's own word."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    """It died of a signal that it got inside."""
    CPU_TIME = "cpu_time"
    WALL_TIME = "wall_time"
    MEMORY = "memory"
    MESSAGE_TOO_LARGE = "message_too_large"
    KILLED = "killed"
    """The host ended it."""
    LOST = "lost"
    """The slot broke; nothing is known about the cell, and nothing may be blamed on it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a cell used since its lap began.

    Attributes:
        cpu_seconds: Of all its processes; those that ended are counted in steps of 10 ms.
        wall_seconds: Since the lap began.
        memory_kib: The highest resident memory seen in the cell's life.
    """

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    memory_kib: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """How a cell ended.

    Attributes:
        cause: Why.
        status: The exit status, or the signal's number, of the cell's first process.
        usage: What it used in its last lap.
        denials: Names of the system calls that only an attacker makes and that were refused; each
            once, in the order they came.
        stderr: The end of what the cell wrote to its standard error.
    """

    cause: Cause
    status: int = 0
    usage: Usage = Usage()
    denials: tuple[str, ...] = ()
    stderr: bytes = b""
