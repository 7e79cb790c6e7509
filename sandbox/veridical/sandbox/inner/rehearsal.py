"""What a zygote does once so that none of its cells does it for the first time.

An interpreter keeps what it learns in the memory of the code that runs: where a name was found, which
types met, where a library's function lies. A cell that learns it has pages copied for it and forgets it
when it ends. Here nothing is learned but from constants.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable

from veridical.sandbox.inner import cell, frames, kernel
from veridical.sandbox.inner.channel import HEADER_BYTES, Channel

_ROUNDS = 16
"""After eight calls a function is made over for what it met, and then it settles."""
_NOWHERE = "/nowhere"


_REFUSED: tuple[Callable[[], object], ...] = (
    lambda: kernel.mount("none", _NOWHERE, "none", 0, "none"),
    lambda: kernel.sethostname("x" * 1000),
    lambda: kernel.close_from(0x7FFFFFFE),
    lambda: kernel.prctl(-1, 0),
    lambda: os.mkdir("/"),  # noqa: PTH102
    lambda: os.chdir(_NOWHERE),
    lambda: os.setpgid(0, -1),
)
"""Steps of which the kernel does nothing."""


def rehearse() -> None:
    """Goes through a cell's set-up as far as that changes nothing here."""
    with contextlib.suppress(OSError):
        os.setsid()
    for _ in range(_ROUNDS):
        cell.write("/dev/null", "nothing")
        os.umask(0o022)
        for step in _REFUSED:
            with contextlib.suppress(OSError):
                step()
        _hear()


def _hear() -> None:
    """Takes a start as a cell takes it, from a channel made as its channel is."""
    ours, theirs = socket.socketpair()
    channel = Channel(theirs, takes_peers=True)
    start = frames.pack_start(False, (1.0, 1.0, 1, 0, 1, 1))
    ours.sendall(len(start).to_bytes(HEADER_BYTES, "little") + start)
    frames.unpack_start(channel.receive())
    channel.send(start)
    ours.close()
    channel.close()
