"""Control groups of one slot, version 1 or 2, where this process may make them.

They hold the slot as a whole: a ceiling of memory and processes behind the limits that the warden
holds for each cell, and a fair share of CPU time beside the other slots.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_CONTROLLERS = ("memory", "pids", "cpu")
_PREFIX = "veridical-slot"
_PIDS = 4096
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.005
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
        name = f"{_PREFIX}-{os.getpid()}-{next(_serial)}"
        made = []
        for parent in _parents():
            folder = parent / name
            try:
                _sweep(parent)
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
        """Kills what still runs in them, waits until it is gone, and removes them."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for folder in self.folders:
            while not _removed(folder) and time.monotonic() < deadline:
                _kill_members(folder)
                time.sleep(_PAUSE_SECONDS)


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
    while sum(map(_sweep, _parents())) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)


def _sweep(parent: Path) -> int:
    """Removes what it can of a parent's groups without an owner, and says how many are left."""
    ownerless = [folder for folder in parent.glob(f"{_PREFIX}-*") if not _is_owned(folder)]
    return sum(not _removed(folder) for folder in ownerless)


def _is_owned(folder: Path) -> bool:
    owner = folder.name.removeprefix(f"{_PREFIX}-").partition("-")[0]
    return not owner.isdigit() or Path(f"/proc/{owner}").exists()
