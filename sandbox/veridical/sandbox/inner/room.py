"""The memory that a slot as a whole can have, and how often the kernel has killed for want of it.

What a cell makes the kernel hold is counted for the slot's control group, but for no process: so the
warden, which looks at processes, cannot know every reason why a cell was killed.
"""

# ruff: noqa: PTH120, PTH123
# Paths are texts, since pathlib costs every cell memory.

from __future__ import annotations

import contextlib
import os

_GROUPS = "sys/fs/cgroup"
_LIMITS = ("memory.max", "memory.limit_in_bytes")
_EVENTS = ("memory.events", "memory.oom_control")


class Room:
    """What is known of a slot's memory; made before the slot shuts itself in.

    Args:
        root: Where `/proc` and `/sys` are, with a slash behind it.

    Attributes:
        mib: The most that there is for all processes of the slot together, in MiB; 0 if unknown.
    """

    def __init__(self, root: str = "/") -> None:
        limits = [_of_the_machine(root)]
        self._events = -1
        group = _group(root)
        if group:
            limits += _limits_above(group, root + _GROUPS)
            if _members(group) == [str(os.getpid())]:
                self._events = _opened(group)
        self.mib = min(filter(None, limits), default=0) >> 20

    def kills(self) -> int:
        """How many processes the kernel has killed for memory in the slot's own group so far.

        0 where the slot shares its group: who took the memory cannot be told there.
        """
        if self._events < 0:
            return 0
        fields = os.pread(self._events, 4096, 0).split()
        return int(fields[fields.index(b"oom_kill") + 1]) if b"oom_kill" in fields else 0


def _of_the_machine(root: str) -> int:
    """Bytes that the machine has."""
    fields = _text(f"{root}proc/meminfo").split()[:2]
    return int(fields[1]) << 10 if fields else 0


def _group(root: str) -> str:
    """The folder of the memory group that holds this process; empty where there is none."""
    for line in _text(f"{root}proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        base = f"{root}{_GROUPS}/{controllers and 'memory'}".rstrip("/")
        # A container may see its own group alone, and its path as it is outside.
        for folder in (base + path.rstrip("/"), base):
            if _members(folder):
                return folder
    return ""


def _members(folder: str) -> list[str]:
    """Process ids of a group."""
    return _text(f"{folder}/cgroup.procs").split()


def _limits_above(folder: str, top: str) -> list[int]:
    """The limits of a group and of those around it, in bytes."""
    found = []
    while folder.startswith(top):
        texts = [_text(f"{folder}/{name}").strip() for name in _LIMITS]
        found += [int(text) for text in texts if text.isdigit()]
        folder = os.path.dirname(folder)
    return found


def _opened(folder: str) -> int:
    for name in _EVENTS:
        with contextlib.suppress(OSError):
            return os.open(f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    return -1


def _text(path: str) -> str:
    """The content of a file; empty where it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
