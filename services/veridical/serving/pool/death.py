"""How a worker ended."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from veridical.serving.pool.line import Item
from veridical.serving.pool.wire import MEMORY_EXIT


class Cause(Enum):
    """Why a worker ended."""

    TIMEOUT = auto()
    MEMORY = auto()
    CRASHED = auto()
    OUTSIDE = auto()
    """SIGKILL, but not from the pool: an operator, a fault test, the kernel short of memory."""
    RETIRED = auto()
    """The pool needed it no more."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker ended, and what it left behind."""

    cause: Cause
    detail: str
    seconds: float
    """Wall time since its last sign of progress."""
    suspect: Item | None
    """What it was working on, or else was to work on next."""
    certain: bool
    """It was working on the suspect."""
    others: Sequence[Item]
    """The rest of what it held, in order."""
    output: str
    """The end of what it wrote to standard output and standard error."""


def cause_of(status: int) -> tuple[Cause, str]:
    """Why a worker ended by itself, from the status that `Popen` gives."""
    if status == -signal.SIGPROF:
        return Cause.TIMEOUT, "the CPU time ran out"
    if status == MEMORY_EXIT:
        return Cause.MEMORY, "the memory ran out"
    if status == -signal.SIGKILL:
        return Cause.OUTSIDE, "the worker was killed from outside"
    if status < 0:
        return Cause.CRASHED, f"the worker died: {signal.strsignal(-status)}"
    return Cause.CRASHED, f"the worker exited with status {status}"
