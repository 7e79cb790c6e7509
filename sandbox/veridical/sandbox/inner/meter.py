"""What the processes of cells use, seen from outside in the warden's `/proc`."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_EXITING = 0x4
with socket.socket(socket.AF_UNIX) as _any:
    _SOCKET_KIB = _any.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 1024
"""What the kernel keeps of what was sent on one socket and not read; no cell can raise that."""
_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
# Fields of /proc/PID/stat after the name.
_PARENT, _FLAGS, _SIZE, _RESIDENT = 1, 6, 20, 21
_OWN_TIMES, _REAPED_TIMES = slice(11, 13), slice(13, 15)
_LARGE_BYTES = 8 << 30
"""Address space whose page tables may be worth a look: programs that nothing else bounds."""


@dataclass(slots=True)
class Process:
    """One process, as `/proc` shows it: times in seconds, memory in KiB."""

    parent: int
    exiting: bool
    cpu_seconds: float
    reaped_seconds: float
    resident_kib: int


def look_at(pid: int) -> Process | None:
    """The process, or None when it is gone."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        text = os.read(descriptor, 4096)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    fields = text[text.rindex(b")") + 2 :].split()
    resident = int(fields[_RESIDENT]) * _PAGE_KIB
    if int(fields[_SIZE]) > _LARGE_BYTES:
        resident += _page_tables_kib(pid)
    own = sum(map(int, fields[_OWN_TIMES])) / _TICKS
    reaped = sum(map(int, fields[_REAPED_TIMES])) / _TICKS
    exiting = bool(int(fields[_FLAGS]) & _EXITING)
    return Process(int(fields[_PARENT]), exiting, own, reaped, resident)


def _page_tables_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmPTE:"))


def cpu_clock(pid: int) -> float:
    """CPU seconds of a process with all its threads, exact; 0 when it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


@dataclass(slots=True)
class Meter:
    """What the processes of one cell have used since its birth.

    Attributes:
        leader: The cell's first process.
        cpu_seconds: Of all processes; never falls.
        peak_kib: The highest resident memory of one of its processes that was seen.
        processes: Those seen at the last look.
    """

    leader: int
    cpu_seconds: float = 0.0
    peak_kib: int = 0
    processes: int = 1
    _others: dict[int, float] = field(default_factory=dict)
    _reaped: float = 0.0
    _lost: float = 0.0

    def first_look(self) -> None:
        """Looks at the clock of a leader that has had no children yet."""
        if self.leader:
            self.cpu_seconds = max(self.cpu_seconds, cpu_clock(self.leader))

    def look(self) -> int:
        """Looks at the leader alone, and at the others seen last; returns resident KiB."""
        return self.census({pid: look_at(pid) for pid in self._others})

    def census(self, others: dict[int, Process | None]) -> int:
        """Takes in the cell's processes beside the leader; returns resident KiB now.

        A process that ended without being waited for takes its time with it; what was last seen
        of it is kept, less what reappears as reaped time.
        """
        leader = look_at(self.leader)
        if leader is None:
            return 0
        alive = {pid: one for pid, one in others.items() if one is not None}
        reaped = leader.reaped_seconds + sum(one.reaped_seconds for one in alive.values())
        vanished = sum(used for pid, used in self._others.items() if pid not in alive)
        self._lost += max(0.0, vanished - max(0.0, reaped - self._reaped))
        self._reaped = reaped
        self._others = {pid: one.cpu_seconds for pid, one in alive.items()}
        used = cpu_clock(self.leader) + reaped + self._lost + sum(self._others.values())
        self.cpu_seconds = max(self.cpu_seconds, used)
        resident = leader.resident_kib + sum(one.resident_kib for one in alive.values())
        largest = max((one.resident_kib for one in alive.values()), default=0)
        self.peak_kib = max(self.peak_kib, leader.resident_kib, largest)
        self.processes = 1 + len(alive)
        return resident

    def proportional_kib(self) -> int:
        """Resident memory now with shared pages shared out: dear, and fair to forked children."""
        return sum(_proportional(pid) for pid in (self.leader, *self._others))

    def sockets_exceed(self, kib: int) -> bool:
        """Whether what its sockets can hold in the kernel, where nobody counts it, is more than that.

        Each descriptor is taken for a socket of its own first, which is quickly known.
        """
        open_ = [path for pid in (self.leader, *self._others) for path in _descriptors(pid)]
        if len(open_) * _SOCKET_KIB <= kib:
            return False
        sockets = {target for path in open_ if (target := _target(path)).startswith("socket:")}
        return len(sockets) * _SOCKET_KIB > kib


def _descriptors(pid: int) -> list[str]:
    """Paths of the open descriptors of a process; each of its threads may have a table of its own."""
    tasks = _names(f"/proc/{pid}/task")
    folders = [f"/proc/{pid}/task/{task}/fd" for task in tasks]
    return [f"{folder}/{name}" for folder in folders for name in _names(folder)]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names are what is wanted
    except OSError:  # it is gone
        return []


def _target(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - a socket is no path
    except OSError:
        return ""


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it is gone, or this is gVisor, which has no such file
        process = look_at(pid)
        return process.resident_kib if process else 0
    lines = (line.split() for line in text.splitlines())
    shared_out = sum(int(fields[1]) for fields in lines if fields[0] == "Pss:")
    return shared_out + _page_tables_kib(pid)


def strangers(known: Iterable[int]) -> dict[int, dict[int, Process]]:
    """All processes that are not known, by the known one that they descend from."""
    leaders = frozenset(known)
    names = os.listdir("/proc")  # noqa: PTH208 - names are what is wanted
    others = [pid for pid in map(int, filter(str.isdigit, names)) if pid not in leaders]
    seen = {pid: one for pid in others if (one := look_at(pid)) is not None}
    by_leader: dict[int, dict[int, Process]] = {}
    for pid, one in seen.items():
        ancestor = one.parent
        while ancestor in seen:
            ancestor = seen[ancestor].parent
        by_leader.setdefault(ancestor, {})[pid] = one
    return by_leader
