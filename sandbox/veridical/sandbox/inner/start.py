"""How a slot starts: from the bootstrap's process to the warden and its seed."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import Any

from veridical.sandbox.inner import cell, kernel, tree, trial, zygote
from veridical.sandbox.inner.plan import ALL_NAMESPACES
from veridical.sandbox.inner.room import Room

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp/work",  # noqa: S108 - the cell's own tmpfs
    "TMPDIR": "/tmp/work",  # noqa: S108
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_ID_IN_SLOT = 1000
# Those that end threads and change ids: a host that spawns may pass them on ignored.
_OF_THE_C_LIBRARY = (32, 33)
_INCOMING, _OUTGOING = 0, 1


def main() -> None:
    """Reads the configuration, shuts itself in, and serves; never returns.

    The configuration is one JSON object: `enter` (whether to make namespaces and an own root),
    `landlock` (whether Landlock stands for namespaces), `user` (the id to drop to when started as root; 0 keeps it), `tied` (whether to die with the
    thread that started it), `packages`, `search`, `runtimes`.
    """
    wanted = json.loads(_take(int.from_bytes(_take(4), "little")))
    _reset_signals()
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    sys.argv[:] = ["cell"]
    room = Room()
    if wanted["enter"]:
        _enter(wanted)
    else:
        sys.path += wanted["search"] or tree.default_search()
    _serve(wanted, room)


def _reset_signals() -> None:
    """What the host's process ignores is no affair of programs in cells."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for reserved in _OF_THE_C_LIBRARY:
        kernel.act_on_signal(reserved, 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _take(size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = os.read(_INCOMING, size - len(data))
        if not more:
            os._exit(0)
        data += more
    return data


def _enter(wanted: dict[str, Any]) -> None:
    """Goes on as the first process of new namespaces; the caller stays to wait for it."""
    root = _build_as_root(wanted)
    if os.geteuid() == 0 and wanted["user"]:
        _drop(wanted["user"])
    if wanted["tied"]:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    outer = os.geteuid(), os.getegid()
    kernel.unshare(ALL_NAMESPACES | kernel.NEWNET)
    _map_user(*outer)
    if not root:
        root = tree.build(wanted["packages"], wanted["search"])
    warden = os.fork()
    if warden:
        _wait_for(warden)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.sethostname("slot")
    tree.move_into(root)


def _build_as_root(wanted: dict[str, Any]) -> str:
    """Root can show what only root may read, such as an interpreter in its own home."""
    if os.geteuid() != 0:
        return ""
    try:
        kernel.unshare(kernel.NEWNS)
    except PermissionError:
        return ""
    return tree.build(wanted["packages"], wanted["search"])


def _drop(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # A change of user forbids to write the id maps below, unless this is set again.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def _map_user(user: int, group: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_ID_IN_SLOT} {user} 1"),
        ("gid_map", f"{_ID_IN_SLOT} {group} 1"),
    ):
        cell.write(f"/proc/self/{name}", text)


def _wait_for(warden: int) -> None:
    """Stays until the warden, and with it everything inside, is gone; never returns."""
    signal.signal(signal.SIGTERM, lambda *_: os.kill(warden, signal.SIGKILL))
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (_INCOMING, _OUTGOING):
        os.dup2(null, descriptor)
    _, status = os.waitpid(warden, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _serve(wanted: dict[str, Any], room: Room) -> None:
    if wanted["landlock"]:
        _stay_outside(wanted)
    plan = trial.strongest(landlock=wanted["landlock"])
    seed, seed_pid = _fork_seed()
    from veridical.sandbox.inner.warden import Warden

    incoming, outgoing = os.dup(_INCOMING), os.dup(_OUTGOING)
    _silence()
    Warden(incoming, outgoing, seed, seed_pid, plan, room, wanted["runtimes"]).run()
    if wanted["landlock"]:
        from veridical.sandbox.inner import landlock

        landlock.remove(os.environ["VERIDICAL_CELLS"])
    os._exit(0)


def _stay_outside(wanted: dict[str, Any]) -> None:
    """Serves as a process of the machine, to which all that a cell leaves behind comes home."""
    if os.geteuid() == 0 and wanted["user"]:
        _drop(wanted["user"])
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    os.environ["TMPDIR"] = "/tmp"  # noqa: S108
    # Only here: what it loads would be copied into every cell of a slot that has namespaces.
    from veridical.sandbox.inner import landlock

    landlock.make_base()


def _fork_seed() -> tuple[socket.socket, int]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        _silence()
        zygote.run_seed(theirs)
    theirs.close()
    return ours, pid


def _silence() -> None:
    """The standard streams carry nothing any more; the error stream stays."""
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (_INCOMING, _OUTGOING):
        os.dup2(null, descriptor)
    os.close(null)
