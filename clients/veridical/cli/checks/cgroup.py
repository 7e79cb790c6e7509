"""What the control groups of this process grant: memory, processors, and the right to make more.

Version 1 and 2, and both at once; a limit of any group above counts as well (cgroups(7)).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

# Version 1 says "no limit" by a number near 2**63, rounded down to a page.
_UNLIMITED_BYTES = 1 << 60
_MOUNT = "sys/fs/cgroup"


def memory_limit(root: Path = Path("/")) -> int | None:
    """Return the bytes of memory that the groups grant, or None where they set no limit.

    Args:
        root: Where `proc` and `sys` are found.
    """
    limits = [
        int(text)
        for folder in group_folders("memory", root)
        for name in ("memory.max", "memory.limit_in_bytes")
        if (text := _read(folder / name)).isdecimal()
    ]
    least = min(limits, default=_UNLIMITED_BYTES)
    return least if least < _UNLIMITED_BYTES else None


def processor_quota(root: Path = Path("/")) -> float | None:
    """Return how many processors' worth of time the groups grant, or None where they set no limit."""
    quotas = []
    for folder in group_folders("cpu", root):
        words = _read(folder / "cpu.max").split()
        if not words:
            words = [_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")]
        # "max" and -1 stand for no limit.
        if words[0].isdecimal() and words[1].isdecimal():
            quotas.append(int(words[0]) / int(words[1]))
    return min(quotas, default=None)


def group_folders(controller: str, root: Path = Path("/")) -> Iterator[Path]:
    """Yield the folder of this process's group for a controller, and those above it.

    A folder that the mount does not show, as in a container, is left out.
    """
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        mount = _mount(controller, controllers, root / _MOUNT)
        if mount is None:
            continue
        own = mount / path.lstrip("/")
        for folder in (own, *own.parents):
            if folder.is_dir():
                yield folder
            if folder == mount:
                break


def _mount(controller: str, controllers: str, base: Path) -> Path | None:
    """Return where a hierarchy is mounted if it has the controller, or could have (version 2)."""
    if not controllers:
        return base if (base / "cgroup.controllers").exists() else None
    return base / controller if controller in controllers.split(",") else None


def writable_controllers(root: Path = Path("/")) -> list[str]:
    """Return those of pids, memory and cpu for which this process may make groups below its own."""
    return [name for name in ("pids", "memory", "cpu") if _is_writable(name, root)]


def _is_writable(controller: str, root: Path) -> bool:
    folder = next(group_folders(controller, root), None)
    if folder is None or not os.access(folder, os.W_OK):
        return False
    offered = folder / "cgroup.controllers"
    return not offered.exists() or controller in _read(offered).split()


def version(root: Path = Path("/")) -> int | None:
    """Return 2 or 1, or None where no groups are mounted."""
    base = root / _MOUNT
    if (base / "cgroup.controllers").exists():
        return 2
    return 1 if any(group_folders("memory", root)) or any(group_folders("pids", root)) else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
