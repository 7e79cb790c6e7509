"""The worker's side: `python -m veridical.serving.pool.worker PARENT CHANNEL PAGE`.

Reads chunks of items from its channel, runs the function on each, and replies to each at once: an
item that hangs holds back no finished neighbour. Holds no limit that a hanging item could escape:
CPU time is kept by a kernel timer whose signal ends the process, everything else by the server.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

import msgspec

from veridical.serving.parent import die_with_parent
from veridical.serving.pool.page import SharedPage
from veridical.serving.pool.wire import (
    HEADER_BYTES,
    MEMORY_EXIT,
    Chunk,
    Raised,
    Reply,
    Returned,
    Setup,
    Warm,
    encode,
    frame,
)

_NICENESS = 5  # the server's loop goes first where processors are short
_PEAK_CHECK_SECONDS = 0.005  # no quicker item can fill a memory limit worth the name
_ADDRESS_SPACE_FACTOR = 4  # far above, so that the limit on resident memory is met first
_TRACEBACK_CHARACTERS = 4_000


def main() -> None:
    """Runs a worker until its channel closes."""
    parent, channel, page = (int(argument) for argument in sys.argv[1:4])
    die_with_parent(parent)
    _prepare_process()
    connection = socket.socket(fileno=channel)
    stream = connection.makefile("rb")
    setup = msgspec.msgpack.decode(_receive(stream), type=Setup)
    _Worker(setup, connection, SharedPage(page)).serve(stream)


def _prepare_process() -> None:
    """Priority and signals: only the server, and the CPU timer, end a worker."""
    os.nice(_NICENESS)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _receive(stream: BinaryIO) -> bytes:
    """The body of the next frame; nothing once the server has closed the channel."""
    header = stream.read(HEADER_BYTES)
    return stream.read(int.from_bytes(header, "little"))


def _resolve(name: str) -> Any:
    """The object called `package.module:name`."""
    module, _, attribute = name.partition(":")
    return attrgetter(attribute)(import_module(module))


class _Worker:
    """A loaded function and the channel on which it is asked for."""

    def __init__(self, setup: Setup, channel: socket.socket, page: SharedPage) -> None:
        for module in setup.preload:
            import_module(module)
        self._target: Callable[[Any], Any] = _resolve(setup.target)
        self._decode = msgspec.msgpack.Decoder(_resolve(setup.item)).decode
        self._channel = channel
        self._page = page
        if setup.warm_up is not None:
            _resolve(setup.warm_up)()
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        self._peak_limit = self._limit_memory(setup.memory_bytes)

    def _limit_memory(self, memory_bytes: int) -> int:
        """Caps the address space; returns the most that resident memory may ever have been."""
        size, resident = self._memory()
        cap = size + _ADDRESS_SPACE_FACTOR * memory_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
        return max(_peak_resident_bytes(), resident + memory_bytes)

    def _memory(self) -> tuple[int, int]:
        """Bytes of address space and of resident memory."""
        size, resident = os.pread(self._statm, 64, 0).split()[:2]
        page = resource.getpagesize()
        return int(size) * page, int(resident) * page

    def serve(self, stream: BinaryIO) -> None:
        """Answers chunks until the channel closes."""
        self._channel.sendall(frame(Warm(self._memory()[1])))
        decode = msgspec.msgpack.Decoder(Chunk).decode
        while body := _receive(stream):
            self._work(decode(body))

    def _work(self, chunk: Chunk) -> None:
        for number, item in enumerate(chunk.items, chunk.first):
            if number <= self._page.skip_through:
                continue
            self._page.announced = number
            signal.setitimer(signal.ITIMER_PROF, chunk.cpu_seconds)
            reply = self._reply(number, item)
            if reply.seconds > _PEAK_CHECK_SECONDS and _peak_resident_bytes() > self._peak_limit:
                os._exit(MEMORY_EXIT)  # also for a peak that the server did not see
            self._channel.sendall(frame(reply))
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._page.announced = 0

    def _reply(self, number: int, item: msgspec.Raw) -> Reply:
        """Runs the function on one item."""
        start = monotonic()
        try:
            value = msgspec.Raw(encode(self._target(self._decode(item))))
        except MemoryError:
            os._exit(MEMORY_EXIT)
        except BaseException as error:  # whatever it is, it must not end the worker
            name = type(error).__qualname__
            return Raised(number, monotonic() - start, self._memory()[1], name, _traceback())
        return Returned(number, monotonic() - start, self._memory()[1], value)


def _peak_resident_bytes() -> int:
    """The most resident memory that this process has had (VmHWM).

    Not `getrusage`: its figure starts from that of the process that started this one.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM")


def _traceback() -> str:
    """The current exception for the server's log, short and encodable."""
    text = traceback.format_exc(limit=-20)[-_TRACEBACK_CHARACTERS:]
    return text.encode("utf-8", "backslashreplace").decode()


if __name__ == "__main__":
    main()
