"""A cell without namespaces: Landlock keeps it to its own folder and its signals to itself.

Weaker than namespaces: processes of the machine are seen, though not touched; the folder has no
bound but the length of each file. It needs Linux 6.12, from which on signals can be scoped.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import shutil
import struct
import sys
import tempfile

from veridical.sandbox.inner import kernel
from veridical.sandbox.inner.tree import ETC, SYSTEM

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_NEEDED_VERSION = 6
_RULE_PATH_BENEATH = 1
_ALL_FILE_RIGHTS = (1 << 16) - 1
_READ, _EXECUTE, _WRITE, _LIST = 1 << 2, 1 << 0, 1 << 1, 1 << 3
_NET_RIGHTS = 3
_SCOPES = 3
"""Abstract unix sockets and signals."""

_PREFIX = "veridical-cells-"
_DEVICES = ("null", "full", "urandom", "random")


def make_base() -> str:
    """Makes the folder that the homes of a slot's cells stand in, and names it to zygotes."""
    _sweep()
    base = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
    os.environ["VERIDICAL_CELLS"] = base
    return base


def enter() -> None:
    """Makes the calling cell's own folder and goes there; its limit of processes is counted."""
    home = tempfile.mkdtemp(dir=os.environ.pop("VERIDICAL_CELLS"))
    os.chdir(home)
    os.environ["HOME"] = os.environ["TMPDIR"] = home
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)


def confine() -> None:
    """Keeps the caller for good to its folder, to reading programs, and to its own processes.

    Raises:
        OSError: The kernel has no Landlock, or one that does not scope signals.
    """
    readable = [
        path
        for path in (*SYSTEM, *ETC, sys.base_prefix, *sys.path)
        if os.path.realpath(path) != "/" and os.path.exists(path)  # noqa: PTH110
    ]
    rules = dict.fromkeys(readable, _READ | _EXECUTE | _LIST)
    rules["/proc"] = _READ | _LIST
    rules |= {f"/dev/{name}": _READ | _WRITE for name in _DEVICES}
    rules[os.getcwd()] = _ALL_FILE_RIGHTS & ~(1 << 15)  # noqa: PTH109
    _restrict(rules)


def remove(folder: str) -> None:
    """Removes a folder that a cell could touch, from a process that can reach nothing else."""
    child = os.fork()
    if child == 0:
        try:
            _restrict({folder: _ALL_FILE_RIGHTS})
            for name in os.listdir(folder):  # noqa: PTH208
                shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.rmdir(folder)  # noqa: PTH106


def free_processes(wanted: int) -> int:
    """The limit of processes that lets the cell have as many as wanted: a user's all count."""
    mine = os.getuid()
    count = 0
    for name in os.listdir("/proc"):  # noqa: PTH208
        try:
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == mine:  # noqa: PTH116
                count += len(os.listdir(f"/proc/{name}/task"))  # noqa: PTH208
        except OSError:
            continue
    ceiling = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    return min(count + wanted, ceiling) if ceiling >= 0 else count + wanted


def _restrict(rules: dict[str, int]) -> None:
    version = kernel.system_call("landlock", _CREATE_RULESET, 0, 0, _VERSION_FLAG)
    if version < _NEEDED_VERSION:
        raise OSError(errno.ENOSYS, "Landlock cannot scope signals here")
    handled = ctypes.create_string_buffer(
        struct.pack("<QQQ", _ALL_FILE_RIGHTS, _NET_RIGHTS, _SCOPES)
    )
    ruleset = kernel.system_call("landlock", _CREATE_RULESET, handled, 24, 0)
    for path, rights in rules.items():
        _allow(ruleset, path, rights)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.system_call("landlock", _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):  # noqa: PTH112
        rights &= _READ | _WRITE | _EXECUTE
    rule = ctypes.create_string_buffer(struct.pack("<Qi", rights, descriptor))
    kernel.system_call("landlock", _ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    os.close(descriptor)


def _sweep() -> None:
    """Removes what wardens left that were killed."""
    parent = tempfile.gettempdir()
    for name in os.listdir(parent):  # noqa: PTH208
        owner = name.removeprefix(_PREFIX).partition("-")[0]
        if name.startswith(_PREFIX) and owner.isdigit() and not os.path.exists(f"/proc/{owner}"):  # noqa: PTH110
            try:
                remove(f"{parent}/{name}")
            except OSError:
                continue
