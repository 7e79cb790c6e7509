"""A warm process that never sees a payload, and the seed that zygotes come from.

The seed is forked from the warden before the host has said anything; zygotes are forked from the
seed, cells from zygotes. So no memory that a cell begins with has ever held a test or an answer.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

from veridical.sandbox.inner import cell, kernel
from veridical.sandbox.inner.plan import Plan
from veridical.sandbox.inner.rehearsal import rehearse
from veridical.sandbox.inner.seccomp import assemble

_PID = struct.Struct("<i")
_MAX_REQUEST_BYTES = 1 << 16
_ANCILLARY_BYTES = socket.CMSG_LEN(2 * 4)
PACKAGES = "/veridical/packages"


def request(connection: socket.socket, body: bytes, descriptors: list[int]) -> None:
    """Asks a seed for a zygote, or a zygote for a cell."""
    socket.send_fds(connection, [body], descriptors)


def reply(connection: socket.socket) -> int:
    """The process id that a seed or zygote answered with; negative: an error number.

    Raises:
        EOFError: It is gone.
    """
    data = connection.recv(_PID.size)
    if not data:
        raise EOFError("the process is gone")
    pid: int = _PID.unpack(data)[0]
    return pid


def run_seed(connection: socket.socket) -> None:
    """Forks a zygote at each request; never returns."""
    _serve(connection, _seed_child)


def describe(entry: str, imports: tuple[str, ...], plan: Plan, *, prepared: bool) -> bytes:
    """The request for a zygote."""
    wanted = {"entry": entry, "imports": imports, "plan": plan._asdict(), "prepared": prepared}
    return json.dumps(wanted).encode()


def _seed_child(body: bytes, descriptors: list[int]) -> None:
    os.closerange(3, descriptors[0])
    kernel.close_from(descriptors[0] + 1)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, fileno=descriptors[0])
    wanted = json.loads(body)
    plan = Plan(**wanted["plan"])
    function = _load(wanted["entry"], wanted["imports"])
    mould = cell.Mould(
        plan,
        (os.geteuid(), os.getegid()),
        kernel.Filter(assemble(kernel.MACHINE, notify=plan.listen)),
        function() if wanted["prepared"] else lambda: function,
    )
    cell.bound(plan)
    rehearse()
    if plan.rooted:
        from veridical.sandbox.inner import rooted  # here once, and not in every cell

        rooted.forget_stack()
    gc.collect()
    gc.freeze()

    def cell_child(_: bytes, ends: list[int]) -> None:
        cell.run(mould, ends[0], ends[1])

    _serve(connection, cell_child, plan.namespaces, parented=plan.parented)


def _load(entry: str, imports: list[str]) -> Callable[..., Any]:
    if PACKAGES not in sys.path:
        sys.path.append(PACKAGES)
    for name in imports:
        importlib.import_module(name)
    module, _, function = entry.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _serve(
    connection: socket.socket,
    child: Callable[[bytes, list[int]], None],
    namespaces: int = 0,
    *,
    parented: bool = True,
) -> None:
    """Clones a child at each request and answers with its process id; never returns."""
    flags = namespaces | (kernel.CLONE_PARENT if parented else 0)
    while True:
        # Not `recv_fds`: it loads a library, and each of those makes every fork dearer.
        body, ancillary, _, _ = connection.recvmsg(
            _MAX_REQUEST_BYTES, _ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC
        )
        descriptors = [one for _, _, data in ancillary for one in memoryview(data).cast("i")]
        if not body:
            os._exit(0)
        if not parented:
            _bury_dead()
        try:
            pid = kernel.clone(flags)
        except OSError as error:
            pid = -(error.errno or 1)
        if pid == 0:
            child(body, descriptors)
            os._exit(0)
        for descriptor in descriptors:
            os.close(descriptor)
        connection.send(_PID.pack(pid))


def _bury_dead() -> None:
    """Waits for the children that have ended; where cells are not the warden's, nobody else does."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return
