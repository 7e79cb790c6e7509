"""A child process that really makes the namespaces a cell needs: `python -m` this module.

It writes nothing and ends with 0 where all of it works; else it names the step and the error on
stdout and ends with 1. Making a user namespace is not enough to know: AppArmor on Ubuntu lets a process
have one, and then takes away every capability in it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

# linux/sched.h, linux/mount.h, linux/prctl.h
_CLONE_NEWUSER = 0x10000000
_CELL_NAMESPACES = {
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
_MS_REC_PRIVATE = 0x4000 | 1 << 18
_PR_SET_DUMPABLE = 4
_NOBODY = 65534


class StepError(Exception):
    """A step failed; the text names it and the kernel's reason."""


def try_namespaces() -> None:
    """Make a user namespace and the others in it, as a process without privileges.

    Raises:
        StepError: The kernel, or a guard in front of it, refused a step.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    _drop_privileges(libc)
    uid, gid = os.getuid(), os.getgid()
    _call("a user namespace", libc.unshare(_CLONE_NEWUSER))
    _write("uid_map", f"0 {uid} 1")
    _write("setgroups", "deny")
    _write("gid_map", f"0 {gid} 1")
    for name, flag in _CELL_NAMESPACES.items():
        _call(f"a {name} namespace inside", libc.unshare(flag))
    _call("a mount inside", libc.mount(b"none", b"/", None, _MS_REC_PRIVATE, None))


def _drop_privileges(libc: ctypes.CDLL) -> None:
    """Become nobody if this is root: a namespace that root may make says nothing of a service."""
    if os.getuid() != 0:
        return
    # Root of a namespace or of a narrow container, which may not, is hardly more than a user.
    with suppress(OSError):
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    # Whoever changed its user may not write its own uid_map otherwise.
    libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def _call(step: str, status: int) -> None:
    if status != 0:
        raise StepError(f"{step}: {os.strerror(ctypes.get_errno())}")


def _write(name: str, content: str) -> None:
    try:
        Path(f"/proc/self/{name}").write_text(content)
    except OSError as error:
        raise StepError(f"{name}: {error.strerror}") from error


if __name__ == "__main__":
    try:
        try_namespaces()
    except StepError as step:
        print(step)  # noqa: T201
        sys.exit(1)
