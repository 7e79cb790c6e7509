"""What a cell costs: CPU time of all processes for one trivial cell, and cells a second of a slot.

Spawns a cell, sends it a message, takes its answer and ends it, over and over on one slot of the
process backend; beside it plain fork, message, exit, wait from this very process, for a ratio.
"""

from __future__ import annotations

import gc
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from veridical.sandbox import Limits, ProcessBackend, Runtime, Slot, open_slot

CELLS = 400
RUNTIME = Runtime("selftest", "veridical.sandbox.inner.attacks:serve", spares=2)
TRIVIAL = b'{"attacks": []}'


@dataclass(frozen=True)
class Cost:
    """Of one run: milliseconds each, CPU time of this process and all that it started."""

    cpu: float
    wall: float


def cost(work: Callable[[], None], count: int) -> Cost:
    """What `work`, which does something `count` times, costs each time."""
    cpu, wall = _cpu_seconds(), time.monotonic()
    work()
    return Cost((_cpu_seconds() - cpu) / count * 1e3, (time.monotonic() - wall) / count * 1e3)


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def one_cell(slot: Slot) -> None:
    """A whole short life."""
    cell = slot.spawn("selftest", Limits())
    cell.send(TRIVIAL)
    cell.receive()
    cell.end()


def cells(count: int) -> None:
    """Opens a slot, uses that many cells, closes it: all its CPU time is then known."""
    with open_slot(ProcessBackend(), [RUNTIME]) as slot:
        for _ in range(count):
            one_cell(slot)


def forks(count: int) -> None:
    """What no isolation costs."""
    gc.freeze()
    for _ in range(count):
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            theirs.send(theirs.recv(100))
            os._exit(0)
        ours.send(TRIVIAL)
        ours.recv(100)
        os.waitpid(child, 0)
        ours.close()
        theirs.close()


def latencies(count: int) -> list[float]:
    """Milliseconds from spawn to answer, sorted, with time between to fork ahead."""
    taken = []
    with open_slot(ProcessBackend(), [RUNTIME]) as slot:
        one_cell(slot)
        for _ in range(count):
            time.sleep(0.01)
            start = time.monotonic()
            cell = slot.spawn("selftest", Limits())
            cell.send(TRIVIAL)
            cell.receive()
            taken.append((time.monotonic() - start) * 1e3)
            cell.end()
    return sorted(taken)


def main() -> None:
    """Prints the figures."""
    start = cost(lambda: cells(0), 1)
    many = cost(lambda: cells(CELLS), 1)
    cpu, wall = (many.cpu - start.cpu) / CELLS, (many.wall - start.wall) / CELLS
    plain = cost(lambda: forks(CELLS), CELLS)
    ahead = latencies(100)
    print(f"slot: {start.wall:.0f} ms to open and close, {start.cpu:.0f} ms CPU")
    print(f"cell: {cpu:.2f} ms CPU of all processes, {1e3 / wall:.0f} cells/s on one slot")
    print(
        f"fork: {plain.cpu:.2f} ms CPU, {1e3 / plain.wall:.0f}/s; a cell costs {cpu / plain.cpu:.1f} x"
    )
    print(f"forked ahead: p50 {ahead[50]:.2f} ms from spawn to answer, p99 {ahead[98]:.2f} ms")


if __name__ == "__main__":
    main()
