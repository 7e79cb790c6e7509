"""Finds the strongest plan that this place allows, by making cells until one gets ready."""

from __future__ import annotations

import os
import signal
import socket

from veridical.sandbox.inner import cell, kernel
from veridical.sandbox.inner.channel import Channel
from veridical.sandbox.inner.plan import LADDER, Plan
from veridical.sandbox.inner.seccomp import assemble

_NONE_WORKS = 255
_PATIENCE_SECONDS = 10.0


def strongest(*, landlock: bool) -> Plan:
    """The first plan of the ladder that works.

    Args:
        landlock: Whether only plans with Landlock come into question.

    Raises:
        OSError: None does.
    """
    tester = os.fork()
    if tester == 0:
        os._exit(_first_that_works(landlock))
    _, status = os.waitpid(tester, 0)
    while True:  # the cells it made are our children, as they will be the warden's
        try:
            os.wait()
        except ChildProcessError:
            break
    place = os.waitstatus_to_exitcode(status)
    if not 0 <= place < len(LADDER):
        raise OSError("no cell can be made here")
    return LADDER[place]


def _first_that_works(landlock: bool) -> int:
    for place, plan in enumerate(LADDER):
        try:
            if landlock <= plan.landlock and _works(plan):
                return place
        except OSError:
            continue
    return _NONE_WORKS


def _works(plan: Plan) -> bool:
    ours, theirs = socket.socketpair()
    null = os.open("/dev/null", os.O_RDWR)
    shut = kernel.Filter(assemble(kernel.MACHINE, notify=plan.listen))
    mould = cell.Mould(plan, (os.geteuid(), os.getegid()), shut, lambda: _nothing)
    pid = kernel.clone(plan.namespaces | (kernel.CLONE_PARENT if plan.parented else 0))
    if pid == 0:
        ours.close()
        cell.run(mould, theirs.fileno(), null)
    theirs.close()
    os.close(null)
    ours.settimeout(_PATIENCE_SECONDS)
    with ours:
        ready = ours.recv(len(cell.READY)) == cell.READY
    os.kill(pid, signal.SIGKILL)
    return ready


def _nothing(_: Channel, __: Channel | None) -> None:
    """The runtime of a cell that is only tried."""
