"""One thread, many descriptors: callbacks by `epoll`, and writes that wait for room."""

from __future__ import annotations

import os
import select
import socket
from collections import deque
from collections.abc import Callable

Callback = Callable[[], None]


class Loop:
    """Calls back when a descriptor can be read, or written where that was asked for."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._readers: dict[int, Callback] = {}
        self._writers: dict[int, Callback] = {}
        self._polled: set[int] = set()

    def read(self, descriptor: int, callback: Callback) -> None:
        """Calls back while there is something to read, or the other end is gone."""
        self._readers[descriptor] = callback
        self._update(descriptor)

    def pause(self, descriptor: int) -> None:
        """Reads no more until `read` is called again."""
        if self._readers.pop(descriptor, None):
            self._update(descriptor)

    def write(self, descriptor: int, callback: Callback | None) -> None:
        """Calls back while there is room to write; None ends that."""
        if callback is not None:
            self._writers[descriptor] = callback
        elif self._writers.pop(descriptor, None) is None:
            return
        self._update(descriptor)

    def forget(self, descriptor: int) -> None:
        """Forgets a descriptor that is about to be closed."""
        self._readers.pop(descriptor, None)
        self._writers.pop(descriptor, None)
        self._update(descriptor)

    def run_once(self, seconds: float) -> None:
        """Waits for at most that long, and calls back whoever is due."""
        for descriptor, events in self._poll.poll(seconds):
            if events & select.EPOLLOUT:
                self._writers.get(descriptor, _nothing)()
            if events & ~select.EPOLLOUT:
                self._readers.get(descriptor, _nothing)()

    def _update(self, descriptor: int) -> None:
        wanted = select.EPOLLIN * (descriptor in self._readers)
        wanted |= select.EPOLLOUT * (descriptor in self._writers)
        if not wanted:
            if descriptor in self._polled:
                self._polled.remove(descriptor)
                self._poll.unregister(descriptor)
        elif descriptor in self._polled:
            self._poll.modify(descriptor, wanted)
        else:
            self._polled.add(descriptor)
            self._poll.register(descriptor, wanted)


def _nothing() -> None:
    """Stands for a callback that was taken back while its event was on the way."""


class Outbox:
    """Writes to a non-blocking descriptor; what finds no room waits here, in order.

    What is written to an end that is gone is dropped: its reader learns of that by itself.

    Args:
        loop: Calls back when there is room.
        descriptor: What is written to.
        stream: The socket behind it, if descriptors shall travel.
    """

    def __init__(self, loop: Loop, descriptor: int, stream: socket.socket | None = None) -> None:
        self._loop = loop
        self._descriptor = descriptor
        self._stream = stream
        self._waiting: deque[tuple[bytes, int]] = deque()

    def __len__(self) -> int:
        return sum(len(data) for data, _ in self._waiting)

    def send(self, data: bytes, passed: int = -1) -> None:
        """Sends now what finds room, and the rest when there is some.

        Args:
            data: What to send.
            passed: A descriptor that travels with the first byte; owned by the outbox from now on.
        """
        self._waiting.append((data, passed))
        if len(self._waiting) == 1:
            self._flush()
            if self._waiting:
                self._loop.write(self._descriptor, self._flush)

    def close(self) -> None:
        """Drops what still waits."""
        while self._waiting:
            _close(self._waiting.popleft()[1])

    def _flush(self) -> None:
        while self._waiting:
            data, passed = self._waiting.popleft()
            sent = self._write(data, passed)
            if sent < len(data):
                self._waiting.appendleft((data[sent:], passed if sent == 0 else -1))
                return
        self._loop.write(self._descriptor, None)

    def _write(self, data: bytes, passed: int) -> int:
        try:
            if passed >= 0 and self._stream is not None:
                sent = socket.send_fds(self._stream, [data], [passed])
            else:
                sent = os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError:
            sent = len(data)
        _close(passed)
        return sent


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)
