"""The engine process: `python -m veridical.sampling.engines.process PARENT CHANNEL`.

A thread reads what the server asks; what serves it, and when, is the engine's own affair. A process
whose engine fails ends, and the server starts another.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from veridical.sampling.engine import CannotDo, Refused
from veridical.sampling.engines.wire import (
    Answer,
    Began,
    Blame,
    Failed,
    Gave,
    Ready,
    Request,
    Setup,
    Use,
)
from veridical.serving.parent import die_with_parent
from veridical.serving.pool.wire import HEADER_BYTES, frame


class Line:
    """The process's end of the channel.

    Args:
        channel: The socket's descriptor.
    """

    def __init__(self, channel: int) -> None:
        self._socket = socket.socket(fileno=channel)
        self._stream: BinaryIO = self._socket.makefile("rb")
        self._writing = threading.Lock()

    def setup(self) -> Setup:
        """Waits for what to load."""
        return msgspec.msgpack.decode(self._receive(), type=Setup)

    def follow(self, take: Callable[[Request], None]) -> None:
        """Has a thread hand over every request; the process ends with the channel."""
        threading.Thread(target=self._read, args=(take,), daemon=True).start()

    def ready(self, ready: Ready) -> None:
        """Tells that the engine serves."""
        self._send(ready)

    def began(self, number: int) -> None:
        """Tells that a sample has its first token."""
        self._send(Began(number))

    def gave(self, number: int, answer: Answer) -> None:
        """Answers."""
        self._send(Gave(number, answer))

    def failed(self, number: int, error: Refused | CannotDo) -> None:
        """Says why there is no answer."""
        if isinstance(error, Refused):
            self._send(Failed(number, Blame.REQUEST, error.field, error.problem))
        else:
            self._send(Failed(number, Blame.ENGINE, "", str(error)))

    def use(self, share: float) -> None:
        """Tells how much of the key-value cache is in use, 0 to 1."""
        self._send(Use(share))

    def _read(self, take: Callable[[Request], None]) -> None:
        decode: Callable[[bytes], Request] = msgspec.msgpack.Decoder(Request).decode
        while body := self._receive():
            take(decode(body))
        os._exit(0)

    def _receive(self) -> bytes:
        header = self._stream.read(HEADER_BYTES)
        return self._stream.read(int.from_bytes(header, "little"))

    def _send(self, message: msgspec.Struct) -> None:
        with self._writing:
            self._socket.sendall(frame(message))


def main() -> None:
    """Runs the engine until the channel closes or the server says that it must end."""
    parent, channel = (int(argument) for argument in sys.argv[1:3])
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = Line(channel)
    setup = line.setup()
    # An engine's libraries are imported by its own process alone.
    if setup.engine == "vllm":
        from veridical.sampling.engines.vllm.surroundings import prepare

        prepare()
        from veridical.sampling.engines.vllm.serve import serve
    else:
        from veridical.sampling.engines.cpu.serve import serve
    serve(setup, line)


if __name__ == "__main__":
    main()
