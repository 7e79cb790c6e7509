"""The server's end of the socket to a worker, on the event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import msgspec

from veridical.serving.pool.wire import MAX_REPLY_BYTES, FrameError, FrameReader

_READ_BYTES = 256 << 10


class Channel:
    """Sends and receives frames without blocking.

    Args:
        connection: A connected stream socket; owned by the channel from now on.
        on_body: Called with the body of each frame that arrives.
        on_broken: Called once, with None when the other end is gone, with the error when a frame
            is longer than allowed or `on_body` raised `FrameError` or `msgspec.DecodeError`.
            Nothing is read any more after it.
    """

    def __init__(
        self,
        connection: socket.socket,
        on_body: Callable[[bytes], None],
        on_broken: Callable[[Exception | None], None],
    ) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._on_body = on_body
        self._on_broken = on_broken
        self._reader = FrameReader(MAX_REPLY_BYTES)
        self._unsent = bytearray()
        self._broken = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection.fileno(), self._read)

    def send(self, data: bytes) -> None:
        """Sends a frame, now or when there is room."""
        if not self._unsent:
            data = data[self._write(data) :]
        if data:
            self._unsent += data
            self._loop.add_writer(self._connection.fileno(), self._write_more)

    def drain(self) -> None:
        """Reads what has already arrived."""
        while self._read():
            pass

    def close(self) -> None:
        """Stops listening and closes the socket."""
        self._stop()
        self._connection.close()

    def _stop(self) -> None:
        self._loop.remove_reader(self._connection.fileno())
        self._loop.remove_writer(self._connection.fileno())

    def _read(self) -> bool:
        """Reads once; says whether there may be more."""
        if self._broken:
            return False
        try:
            data = self._connection.recv(_READ_BYTES)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b""
        try:
            for body in self._reader.feed(data):
                self._on_body(body)
        except (FrameError, msgspec.DecodeError) as error:
            self._break(error)
        else:
            if not data:
                self._break(None)
        return not self._broken

    def _break(self, error: Exception | None) -> None:
        self._broken = True
        self._stop()
        self._on_broken(error)

    def _write(self, data: bytes | bytearray) -> int:
        """Bytes written; all, if the other end is gone and nobody will read them."""
        try:
            return self._connection.send(data)
        except BlockingIOError:
            return 0
        except ConnectionError:
            return len(data)

    def _write_more(self) -> None:
        del self._unsent[: self._write(self._unsent)]
        if not self._unsent:
            self._loop.remove_writer(self._connection.fileno())
