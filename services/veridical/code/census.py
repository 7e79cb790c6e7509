"""What the cells of a server have running on this machine, counted when the metrics are read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

_PROC = Path("/proc")
_GROUPS = Path("/sys/fs/cgroup")
_GROUP_PREFIX = "veridical-slot-"
_ZOMBIE = "Z"


def register_census(registry: CollectorRegistry) -> None:
    """Exports the counts of this process's own cells."""
    registry.register(_Census(os.getpid()))


class _Census(Collector):
    """Counts afresh for every reader."""

    def __init__(self, server: int) -> None:
        self._server = server

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the gauges; all but those of the standing processes return to 0."""
        states = process_states(self._server)
        processes = GaugeMetricFamily(
            "veridical_code_processes",
            "Processes below the server: workers, slots and cells, by state.",
            labels=["state"],
        )
        zombies = states.pop(_ZOMBIE, 0)
        processes.add_metric(["live"], states.total())
        processes.add_metric(["zombie"], zombies)
        yield processes
        groups = GaugeMetricFamily(
            "veridical_code_cgroups", "Control groups of slots on this machine.", control_groups()
        )
        yield groups


def process_states(root: int) -> Counter[str]:
    """Counts the processes below one, by the letter of their state."""
    below: dict[int, list[int]] = {}
    states: dict[int, str] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        pid = int(path.parent.name)
        states[pid] = state
        below.setdefault(int(parent), []).append(pid)
    found: Counter[str] = Counter()
    waiting = below.get(root, [])
    while waiting:
        pid = waiting.pop()
        found[states[pid]] += 1
        waiting += below.get(pid, ())
    return found


def control_groups() -> int:
    """Counts the control groups of slots, of this and other servers, below this process's own."""
    lines = (_PROC / "self/cgroup").read_text().splitlines()
    parts = [line.split(":", 2) for line in lines]
    folders = {_GROUPS / controllers / path.lstrip("/") for _, controllers, path in parts}
    names = (entry for folder in folders if folder.is_dir() for entry in folder.iterdir())
    return sum(entry.name.startswith(_GROUP_PREFIX) for entry in names)
