"""Which means of isolation does this host offer to the cells that run untrusted code?

Only code tasks need them, and a host may leave those to another, so whatever is missing is a note.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from veridical.cli.checks import cgroup
from veridical.cli.checks.finding import Check, Finding, State

TOPIC = "isolation"

_CHILD_SECONDS = 20.0
_CONNECT_SECONDS = 2.0
_SYSCTLS = Path("/proc/sys")
_APPARMOR = "kernel.apparmor_restrict_unprivileged_userns"
# The switches that can stand in the way of a user namespace: their value when they do, and the mend.
_SWITCHES = {
    _APPARMOR: ("1", f"sudo sysctl -w {_APPARMOR}=0 (keep it in /etc/sysctl.d)"),
    "kernel.unprivileged_userns_clone": ("0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    "user.max_user_namespaces": ("0", "sudo sysctl -w user.max_user_namespaces=15000"),
}
_CONFINED = (
    "run the container with a seccomp profile that allows unshare and mount, or on the host itself; "
    "until then cells would have the weaker level landlock"
)
# linux/prctl.h, linux/seccomp.h, linux/landlock.h; the number is the same on every architecture.
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_SYS_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_VERSION = 1


def user_namespaces() -> Iterator[Finding]:
    """Really make one, and the namespaces of a cell in it, in a child without privileges."""
    command = [sys.executable, "-P", "-m", "veridical.cli.checks.namespaces"]
    child = subprocess.run(
        command, capture_output=True, text=True, timeout=_CHILD_SECONDS, check=False
    )
    if child.returncode == 0:
        text = "an unprivileged process can make them, with mount, pid, net, ipc and uts inside"
        yield Finding(TOPIC, "user namespaces", State.OK, text)
    else:
        told = (child.stdout + child.stderr).strip().splitlines() or ["it without a word"]
        yield refused_namespaces(told[-1])


def refused_namespaces(step: str, sysctls: Path = _SYSCTLS) -> Finding:
    """Say what was refused, with the mend of the switch that refuses it.

    Args:
        step: The step, and the kernel's reason.
        sysctls: Where the kernel's switches are found.
    """
    closed = (mend for name, (bad, mend) in _SWITCHES.items() if _sysctl(name, sysctls) == bad)
    text = f"an unprivileged process was refused {step}"
    return Finding(TOPIC, "user namespaces", State.NOTE, text, next(closed, _CONFINED))


def apparmor(sysctls: Path = _SYSCTLS) -> Iterator[Finding]:
    """Read the switch by which Ubuntu keeps capabilities out of user namespaces."""
    value = _sysctl(_APPARMOR, sysctls)
    bad, mend = _SWITCHES[_APPARMOR]
    if value == bad:
        yield Finding(TOPIC, "AppArmor", State.NOTE, f"{_APPARMOR} = {value}", mend)
    else:
        text = "no restriction" if value is None else f"{_APPARMOR} = {value}"
        yield Finding(TOPIC, "AppArmor", State.OK, text)


def _sysctl(name: str, sysctls: Path) -> str | None:
    try:
        return (sysctls / name.replace(".", "/")).read_text().strip()
    except OSError:
        return None


def seccomp() -> Iterator[Finding]:
    """Ask for a filter without giving one: a kernel that has them complains of the address."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, None, 0, 0)
    if ctypes.get_errno() == errno.EFAULT:
        yield Finding(TOPIC, "seccomp", State.OK, "filters can be set")
    else:
        mend = "use a kernel with CONFIG_SECCOMP_FILTER, or a container that allows prctl"
        text = f"no filters: {os.strerror(ctypes.get_errno())}"
        yield Finding(TOPIC, "seccomp", State.NOTE, text, mend)


def landlock() -> Iterator[Finding]:
    """Ask for the version of Landlock's interface."""
    libc = ctypes.CDLL(None, use_errno=True)
    create_ruleset, no_attributes = ctypes.c_long(_SYS_LANDLOCK_CREATE_RULESET), ctypes.c_void_p()
    version = libc.syscall(create_ruleset, no_attributes, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version > 0:
        yield Finding(TOPIC, "Landlock", State.OK, f"ABI {version}")
        return
    why = ctypes.get_errno()
    mend = "use Linux 5.13 or newer with CONFIG_SECURITY_LANDLOCK"
    if why == errno.EOPNOTSUPP:
        mend = "boot with landlock in the lsm= list"
    yield Finding(TOPIC, "Landlock", State.NOTE, f"none: {os.strerror(why)}", mend)


def control_groups() -> Iterator[Finding]:
    """Find out whether cells could have groups of their own."""
    version, writable = cgroup.version(), cgroup.writable_controllers()
    if version is not None and {"pids", "memory"} <= set(writable):
        text = f"version {version}, {', '.join(writable)} can be given to groups of our own"
        yield Finding(TOPIC, "cgroups", State.OK, text)
        return
    text = "none are mounted" if version is None else f"version {version}, not ours to write"
    mend = "start under systemd-run --user --scope -p Delegate=yes; else rlimits bound the cells"
    yield Finding(TOPIC, "cgroups", State.NOTE, text, mend)


def docker() -> Iterator[Finding]:
    """Connect to the engine's socket, and say nothing to it."""
    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    try:
        _connect(address).close()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        mend = "apt-get install docker.io, start it, join the group docker; only for that backend"
        yield Finding(TOPIC, "Docker", State.NOTE, f"{address}: {why}", mend)
    else:
        yield Finding(TOPIC, "Docker", State.OK, f"{address} takes connections")


def _connect(address: str) -> socket.socket:
    scheme, _, where = address.partition("://")
    if scheme == "tcp":
        host, _, port = where.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS)
    if scheme != "unix":
        raise ValueError("only unix:// and tcp:// are looked at")
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_CONNECT_SECONDS)
    try:
        connection.connect(where)
    except OSError:
        connection.close()
        raise
    return connection


def gvisor() -> Iterator[Finding]:
    """Look for gVisor's runtime."""
    found = shutil.which("runsc")
    if found:
        yield Finding(TOPIC, "gVisor", State.OK, found)
    else:
        mend = "apt-get install runsc; only for that backend"
        yield Finding(TOPIC, "gVisor", State.NOTE, "runsc is not on PATH", mend)


CHECKS: tuple[Check, ...] = (
    user_namespaces,
    apparmor,
    seccomp,
    landlock,
    control_groups,
    docker,
    gvisor,
)
"""The checks of this topic."""
