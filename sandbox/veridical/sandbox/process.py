"""The backend for one machine: namespaces that an unprivileged user may make."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from veridical.sandbox.backend import Setup
from veridical.sandbox.bundle import BOOTSTRAP
from veridical.sandbox.cgroups import Groups
from veridical.sandbox.errors import SlotLost
from veridical.sandbox.isolation import Level

UNPRIVILEGED_ID = 65534
_PATIENCE_SECONDS = 5.0
_DIAGNOSIS_BYTES = 4096


class ProcessBackend:
    """Starts the warden as a process of this machine, which then shuts itself in.

    Started as root it drops to the id 65534 before it makes its user namespace, so that no cell
    is root outside.

    Args:
        python: The interpreter inside; by default the one that runs this.
        memory_mib: What all processes of one slot may hold together, where control groups can be
            made; behind the limits of each cell, and above them.
    """

    level: Level = Level.PROCESS

    def __init__(self, python: str | None = None, memory_mib: int = 8192) -> None:
        self._python = python or str(Path(sys.executable).resolve())
        self._memory_mib = memory_mib

    @property
    def setup(self) -> Setup:
        """What its insides are told."""
        tied = threading.current_thread() is threading.main_thread()
        user = UNPRIVILEGED_ID if os.geteuid() == 0 else 0
        return Setup(enter=True, user=user, tied=tied, search=_search())

    def start(self) -> ProcessAttachment:
        """Starts one."""
        return ProcessAttachment(self._python, self._memory_mib)


class LandlockBackend(ProcessBackend):
    """For machines that forbid user namespaces: weaker, and for one submission at a time.

    The interpreter and the modules must be readable to the user id that it runs as.
    """

    level: Level = Level.LANDLOCK

    @property
    def setup(self) -> Setup:
        """What its insides are told."""
        return dataclasses.replace(super().setup, enter=False, landlock=True)


class ProcessAttachment:
    """One launcher with its warden, in cgroups of its own where they can be made."""

    def __init__(self, python: str, memory_mib: int) -> None:
        self.stream, inside = socket.socketpair()
        self._errors = os.memfd_create("warden-errors")
        self._groups = Groups.create(memory_mib)
        try:
            self._process = subprocess.Popen(
                [python, "-I", "-S", "-c", BOOTSTRAP],
                stdin=inside.fileno(),
                stdout=inside.fileno(),
                stderr=self._errors,
                env={"PATH": os.defpath},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            self._groups.remove()
            self.stream.close()
            os.close(self._errors)
            raise SlotLost(f"{python}: {error}") from error
        finally:
            inside.close()
        self._groups.add(self._process.pid)

    @property
    def pid(self) -> int:
        """The launcher's process id."""
        return self._process.pid

    def diagnose(self) -> str:
        """The end of what it wrote to its standard error."""
        size = os.fstat(self._errors).st_size
        data = os.pread(self._errors, _DIAGNOSIS_BYTES, max(0, size - _DIAGNOSIS_BYTES))
        return data.decode(errors="replace").strip()

    def close(self) -> None:
        """Ends everything inside and waits until nothing is left."""
        self.stream.close()
        if self._errors < 0:
            return
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._insist()
        self._groups.remove()
        os.close(self._errors)
        self._errors = -1

    def _insist(self) -> None:
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _search() -> tuple[str, ...]:
    """Where this interpreter finds packages, its base's own folder included."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix) / "lib" / version / "site-packages"
    folders = [path for path in sys.path if path.endswith("-packages")]
    return tuple(dict.fromkeys((*folders, str(base))))
