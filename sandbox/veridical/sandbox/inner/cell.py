"""A cell's own set-up, from its birth in a zygote to the call of its runtime.

Everything here runs before any untrusted byte is read. `READY` is said only when the cell is shut;
a cell that fails earlier is nobody's fault but ours.

Each object that is touched here for the first time is a page copied for the cell: hence functions by
their own names, and sockets without what Python's module of that name adds.
"""

from __future__ import annotations

import os
import sys
import traceback
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_STREAM, SOL_SOCKET, socket
from collections.abc import Callable
from os import chdir, close, closerange, dup2, mkdir, setsid, umask
from resource import (
    RLIM_INFINITY,
    RLIMIT_AS,
    RLIMIT_CORE,
    RLIMIT_FSIZE,
    RLIMIT_MEMLOCK,
    RLIMIT_NOFILE,
    RLIMIT_NPROC,
    RLIMIT_STACK,
    getrlimit,
    setrlimit,
)
from typing import NamedTuple

from veridical.sandbox.inner import kernel
from veridical.sandbox.inner.channel import Channel
from veridical.sandbox.inner.frames import LimitValues, unpack_start
from veridical.sandbox.inner.plan import Plan

Serve = Callable[[Channel, Channel | None], None]
Begin = Callable[[], Serve]

READY = b"ready"
HOME = "/tmp/work"  # noqa: S108 - the cell's own tmpfs
CELL_ID = 1000
OPEN_FILES = 256
_STACK_BYTES = 64 << 20
_STACK_CEILING_BYTES = 1 << 30
_FAILED_STATUS = 70
_MIB = 1 << 20


class Mould(NamedTuple):
    """What every cell of a zygote is made with.

    Attributes:
        plan: What can be set up here.
        outer_ids: User and group of the zygote: in its new user namespace a cell has none until
            they are mapped.
        shut: The filter of system calls.
        begin: The runtime: does what can be done ahead of a start, and returns what serves then.
    """

    plan: Plan
    outer_ids: tuple[int, int]
    shut: kernel.Filter
    begin: Begin


def run(mould: Mould, control: int, stderr: int) -> None:
    """Turns the calling process, just cloned, into a cell; never returns.

    Args:
        mould: What it is made with.
        control: Descriptor of the stream from the warden.
        stderr: Descriptor that becomes the standard error.
    """
    plan = mould.plan
    status = _FAILED_STATUS
    try:
        dup2(stderr, 2)
        _enter(plan, mould.outer_ids)
        kernel.close_from(control + 1)
        closerange(3, control)
        connection = socket(AF_UNIX, SOCK_STREAM, 0, control)
        listener = _shut(plan, mould.shut)
        serve = mould.begin()
        _say_ready(connection, listener)
        channel = Channel(connection, takes_peers=True)
        peer = _start(channel, plan)
        draw_anew()
        serve(channel, peer)
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status)


def _enter(plan: Plan, outer_ids: tuple[int, int]) -> None:
    """Names its user, and puts its own folders over the shared ones."""
    setsid()
    write("/proc/self/oom_score_adj", "1000")
    if plan.namespaces & kernel.NEWUSER:
        _map_user(*outer_ids)
    if plan.namespaces & kernel.NEWUTS:
        kernel.sethostname("cell")
    if plan.rooted:
        from veridical.sandbox.inner import rooted

        rooted.enter(plan)
    elif plan.mounts:
        hidden = kernel.MS_NOSUID | kernel.MS_NODEV
        size = f"size={plan.disk_mib}m,nr_inodes={plan.inodes},mode=0755"
        kernel.mount("tmpfs", "/tmp", "tmpfs", hidden, size)  # noqa: S108
        _own_proc(plan, hidden | kernel.MS_NOEXEC)
    if plan.mounts:
        mkdir(HOME)  # noqa: PTH102 - pathlib costs every cell memory
        mkdir("/tmp/shm")  # noqa: PTH102, S108
        if plan.user:
            for folder in ("/tmp", HOME, "/tmp/shm"):  # noqa: S108
                os.chown(folder, plan.user, plan.user)
        chdir(HOME)
    if plan.landlock:
        from veridical.sandbox.inner import landlock

        landlock.enter()
    umask(0o022)


def _own_proc(plan: Plan, flags: int) -> None:
    if not plan.proc:
        kernel.mount("tmpfs", "/proc", "tmpfs", flags | kernel.MS_RDONLY, "size=4k,nr_inodes=2")
        return
    try:
        kernel.mount("proc", "/proc", "proc", flags, "subset=pid")
    except OSError:  # before Linux 5.8
        kernel.mount("proc", "/proc", "proc", flags)


def _map_user(outer_user: int, outer_group: int) -> None:
    try:  # noqa: SIM105 - that would be one more object in each cell
        write("/proc/self/setgroups", "deny")
    except FileNotFoundError:  # gVisor has none
        pass
    write("/proc/self/uid_map", f"{CELL_ID} {outer_user} 1")
    write("/proc/self/gid_map", f"{CELL_ID} {outer_group} 1")


def write(path: str, text: str) -> None:
    """Writes to a file that is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def bound(plan: Plan) -> None:
    """Sets the limits that are the same for all cells, in the zygote that they inherit them from."""
    _limit(RLIMIT_CORE, 0)
    _limit(RLIMIT_FSIZE, plan.disk_mib * _MIB)
    _limit(RLIMIT_NOFILE, OPEN_FILES)
    _limit(RLIMIT_MEMLOCK, 0)
    _limit(RLIMIT_STACK, _STACK_CEILING_BYTES, soft=_STACK_BYTES)


def _shut(plan: Plan, shut: kernel.Filter) -> int | None:
    """Gives up all rights; returns the listener for watched calls, if there is one."""
    if plan.user:
        os.setgroups([])
        os.setresgid(plan.user, plan.user, plan.user)
        os.setresuid(plan.user, plan.user, plan.user)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if plan.landlock:
        from veridical.sandbox.inner import landlock

        landlock.confine()
    return shut.enforce(listen=plan.listen)


def _say_ready(connection: socket, listener: int | None) -> None:
    if listener is None:
        connection.send(READY)
        return
    passed = listener.to_bytes(4, sys.byteorder)
    connection.sendmsg([READY], [(SOL_SOCKET, SCM_RIGHTS, passed)])
    close(listener)


def _limit(kind: int, hard: int, soft: int | None = None) -> None:
    _, ceiling = getrlimit(kind)
    if ceiling != RLIM_INFINITY:
        hard = min(hard, ceiling)
    setrlimit(kind, (hard if soft is None else min(soft, hard), hard))


def _start(channel: Channel, plan: Plan) -> Channel | None:
    """Waits for the warden's start: the limits, and the peer if there is one."""
    linked, values = unpack_start(channel.receive())
    _hold(values, plan)
    return channel.take_peer() if linked else None


def draw_anew() -> None:
    """Seeds random numbers after a fork, as Python's own hook does: nobody draws those of another."""
    loaded = sys.modules.get("random")
    if loaded is not None:
        loaded.seed()


def _hold(values: LimitValues, plan: Plan) -> None:
    _, _, _, address_mib, processes, _ = values
    if plan.landlock:
        from veridical.sandbox.inner import landlock

        processes = landlock.free_processes(processes)
    _limit(RLIMIT_NPROC, processes)
    if address_mib:
        _limit(RLIMIT_AS, address_mib * _MIB)
