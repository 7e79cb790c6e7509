"""Control groups of one slot, version 1 or 2, where this process may make them.

They hold the slot as a whole: a ceiling of memory and processes behind the limits that the warden
holds for each cell, and a fair share of CPU time beside the other slots.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("memory", "pids", "cpu")
_PREFIX = "veridical-slot"
_PIDS = 4096
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.005
_LATER_SECONDS = 0.5
_STAT_START = 19  # starttime's place behind the name, see proc_pid_stat(5)
_LATER_TRIES = 1200
_serial = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one slot; none where none can be made."""

    folders: tuple[Path, ...] = ()

    @staticmethod
    def create(memory_mib: int) -> Groups:
        """Makes groups below this process's own, one a controller that lets us.

        Args:
            memory_mib: The most that all processes of the slot may hold together.
        """
        name = f"{_PREFIX}-{os.getpid()}-{_started('self')}-{next(_serial)}"
        made = []
        if not _swept():
            _retry(_swept)
        for parent in _parents():
            folder = parent / name
            try:
                folder.mkdir()
                _limit(folder, memory_mib)
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            else:
                made.append(folder)
        return Groups(tuple(made))

    def add(self, pid: int) -> None:
        """Moves a process, and so all that it will fork, into the groups."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                (folder / "cgroup.procs").write_text(str(pid))

    def remove(self) -> None:
        """Kills what still runs in them, waits until it is gone, and removes them.

        What takes the kernel longer than a few seconds is removed later.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._remove_now():
            if time.monotonic() > deadline:
                _retry(self._remove_now)
                return
            time.sleep(_PAUSE_SECONDS)

    def _remove_now(self) -> bool:
        left = [folder for folder in self.folders if not _removed(folder)]
        for folder in left:
            _kill_members(folder)
        return not left


def _retry(step: Callable[[], bool]) -> None:
    """Does a step now and then, beside everything else, until it says that all is done."""

    def run() -> None:
        for _ in range(_LATER_TRIES):
            time.sleep(_LATER_SECONDS)
            if step():
                return

    threading.Thread(target=run, name="cgroups-retry", daemon=True).start()


def _parents() -> list[Path]:
    """This process's own group of each controller of version 1, or of version 2."""
    parents: list[Path] = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        named = [one for one in controllers.split(",") if one in _CONTROLLERS]
        parents.extend(_ROOT / controller / path.lstrip("/") for controller in named)
        if not controllers and (_ROOT / "cgroup.controllers").exists():
            parents.append(_ROOT / path.lstrip("/"))
    return [parent for parent in parents if os.access(parent, os.W_OK)]


def _limit(folder: Path, memory_mib: int) -> None:
    memory = str(memory_mib << 20)
    ceilings = {"pids.max": str(_PIDS), "memory.max": memory, "memory.limit_in_bytes": memory}
    for name, value in ceilings.items():
        if (folder / name).exists():
            (folder / name).write_text(value)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _kill_members(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for pid in (folder / "cgroup.procs").read_text().split():
            os.kill(int(pid), signal.SIGKILL)


def sweep(patience_seconds: float = 0.0) -> None:
    """Removes the groups of slots whose owner has ended; a slot's start does so too.

    Args:
        patience_seconds: How long to wait for what still dies in them.
    """
    deadline = time.monotonic() + patience_seconds
    while not _swept() and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)


def _swept() -> bool:
    """Removes what it can of the groups without an owner, and says whether that was all."""
    found = [folder for parent in _parents() for folder in parent.glob(f"{_PREFIX}-*")]
    ownerless = [folder for folder in found if not _is_owned(folder)]
    return sum(map(_removed, ownerless)) == len(ownerless)


def _is_owned(folder: Path) -> bool:
    # Process ids come round again within minutes where cells are many; with its start one is unique.
    pid, _, rest = folder.name.removeprefix(f"{_PREFIX}-").partition("-")
    return _started(pid) == rest.partition("-")[0]


def _started(pid: str) -> str:
    """When a process started, in the kernel's ticks; empty where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[_STAT_START]
