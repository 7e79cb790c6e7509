"""The rule on time: a first run gets some more than its limit, and what is close is run again once.

A program that ends between 0.8 and 1.2 times its limit is borderline. Beyond the limit it is run
again, once, and the quicker run counts. One that still runs at 1.2 times the limit has met it.
"""

from __future__ import annotations

from enum import Enum

from veridical.code.submission import TestLimits
from veridical.sandbox import Limits, Usage

STRETCH = 1.2
NEAR = 0.8
_ADDRESS_MIB = Limits().address_mib
_CLOCK_STEP = 0.01
"""Processes that ended are counted in steps of this many seconds."""


class Pace(Enum):
    """How the time of a run stands to its limits."""

    FINE = "fine"
    CLOSE = "close"
    LATE = "late"


def lap_limits(limits: TestLimits) -> Limits:
    """What the sandbox holds a test to; its time is stretched."""
    wide = limits.stretched(STRETCH)
    return Limits(
        cpu_seconds=wide.cpu_seconds,
        wall_seconds=wide.wall_seconds,
        memory_mib=limits.memory_mib,
        address_mib=address_room(limits, _ADDRESS_MIB),
        processes=limits.processes,
    )


def address_room(limits: TestLimits, least_mib: int) -> int:
    """Address space in MiB that a process may ask for, which its memory must fit into; 0 is any."""
    return max(least_mib, 2 * limits.memory_mib) if least_mib else 0


def time_words(usage: Usage, limits: TestLimits) -> str:
    """The time used, of the kind that is nearer to its limit, and that limit."""
    cpu, wall = usage.cpu_seconds, usage.wall_seconds
    if cpu / limits.cpu_seconds >= wall / limits.wall_seconds:
        return f"{cpu:.2f} s of CPU time, limit {limits.cpu_seconds:g} s"
    return f"{wall:.2f} s of wall time, limit {limits.wall_seconds:g} s"


def pace(usage: Usage, limits: TestLimits) -> Pace:
    """How the time that a test took stands to its limits."""
    share = max(
        (usage.cpu_seconds - _CLOCK_STEP) / limits.cpu_seconds,
        usage.wall_seconds / limits.wall_seconds,
    )
    if share > 1:
        return Pace.LATE
    return Pace.CLOSE if share > NEAR else Pace.FINE
