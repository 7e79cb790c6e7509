"""What the self-test has a cell do while the host watches: bombs, daemons, things left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from veridical.sandbox.inner.channel import Channel

Deed = Callable[[str, Channel | None], str]


def _keep_secret(text: str, _: Channel | None) -> str:
    """Leaves a file, shared memory and a mark in its own modules behind."""
    for folder in (".", "/tmp", "/dev/shm"):  # noqa: S108
        with contextlib.suppress(OSError):
            (Path(folder) / "left").write_text(text)
    os.environ["LEFT"] = text
    return "done"


def _find_secret(coded: str, _: Channel | None) -> str:
    """Looks for what an earlier cell was sent: in files, and in all of its own memory."""
    secret = bytes(one ^ 0x55 for one in bytes.fromhex(coded))
    left = [str(path) for path in Path("/tmp").rglob("left")]  # noqa: S108
    if left or "LEFT" in os.environ:
        return f"found {left or 'LEFT'}"
    return "found in memory" if _in_memory(secret) else ""


def _in_memory(secret: bytes) -> bool:
    """Whether memory holds the secret elsewhere than in this very object."""
    own = id(secret)
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights = line.split()[:2]
        if rights.startswith("rw"):
            start, end = (int(one, 16) for one in span.split("-"))
            data = _memory(start, end - start)
            place = data.find(secret)
            while place >= 0:
                if not own <= start + place < own + 256:
                    return True
                place = data.find(secret, place + 1)
    return False


def _memory(start: int, size: int) -> bytes:
    try:
        with Path("/proc/self/mem").open("rb", buffering=0) as memory:
            memory.seek(start)
            return memory.read(size)
    except FileNotFoundError:  # gVisor has none
        return _copied(start, size)


def _copied(start: int, size: int) -> bytes:
    """Memory by way of a file: the kernel's copy stops where a load of ours would be a fault."""
    import ctypes

    with tempfile.TemporaryFile() as copy:
        ctypes.CDLL(None).write(copy.fileno(), ctypes.c_void_p(start), ctypes.c_size_t(size))
        copy.seek(0)
        return copy.read()


def _leave_daemon(_: str, peer: Channel | None) -> str:
    """Forks twice, away from its session; what is left writes to the peer for as long as it can."""
    if peer is None:
        return "no peer"
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                peer.send(b"alive")
        os._exit(0)
    return "done"


def _multiply(_: str, __: Channel | None) -> str:
    """Forks, and so does all that it forked, for as long as it can."""
    while True:
        with contextlib.suppress(OSError):
            os.fork()


def _hear(_: str, peer: Channel | None) -> str:
    """Listens to the peer until there is nobody left who could speak."""
    if peer is None:
        return "no peer"
    try:
        while True:
            peer.receive()
    except EOFError:
        return "quiet"


def _spin(_: str, __: Channel | None) -> str:
    while True:
        pass


def _sleep(_: str, __: Channel | None) -> str:
    signal.pause()
    return "woke"


def _eat(_: str, __: Channel | None) -> str:
    eaten: list[bytearray] = []
    while True:
        eaten.append(bytearray(b"x" * (8 << 20)))


def _eat_in_children(_: str, __: Channel | None) -> str:
    for _child in range(4):
        if os.fork() == 0:
            eaten = bytearray(b"x" * (48 << 20))
            signal.pause()
            del eaten
    signal.pause()
    return "woke"


DEEDS: dict[str, Deed] = {
    "keep_secret": _keep_secret,
    "find_secret": _find_secret,
    "leave_daemon": _leave_daemon,
    "multiply": _multiply,
    "hear": _hear,
    "spin": _spin,
    "sleep": _sleep,
    "eat": _eat,
    "eat_in_children": _eat_in_children,
}
