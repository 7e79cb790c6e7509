"""Messages over a connected stream socket: four bytes of length, then the body."""

from __future__ import annotations

from _socket import CMSG_LEN, socket
from collections import deque

MAX_MESSAGE_BYTES = 32 << 20
HEADER_BYTES = 4
_READ_BYTES = 1 << 16
_ANCILLARY_BYTES = CMSG_LEN(4 * 4)
"""Room for four descriptors."""


class MessageTooLarge(ValueError):
    """A message is longer than `MAX_MESSAGE_BYTES`; the channel is of no more use."""


class Channel:
    """One end of a two-way channel; what comes from the other end is untrusted.

    Args:
        connection: A connected, blocking stream socket; owned by the channel from now on.
        takes_peers: Whether descriptors that travel along are kept for `take_peer`.
    """

    def __init__(self, connection: socket, *, takes_peers: bool = False) -> None:
        self._connection = connection
        self._takes_peers = takes_peers
        self._unread = bytearray()
        self._peers: deque[Channel] = deque()

    def fileno(self) -> int:
        """The descriptor, for `select`."""
        return self._connection.fileno()

    def send(self, message: bytes) -> None:
        """Sends one message of 1 to `MAX_MESSAGE_BYTES` bytes; blocks until it is on its way.

        Raises:
            MessageTooLarge: It is longer, or empty; nothing was sent.
            OSError: The other end is gone.
        """
        size = len(message)
        if not 0 < size <= MAX_MESSAGE_BYTES:
            raise MessageTooLarge(f"{size} bytes")
        header = size.to_bytes(HEADER_BYTES, "little")
        if size < _READ_BYTES:
            self._connection.sendall(header + message)
        else:
            self._connection.sendall(header)
            self._connection.sendall(message)

    def receive(self) -> bytes:
        """The next message; waits for it.

        Raises:
            EOFError: The other end is closed.
            MessageTooLarge: The other end announces a longer message.
        """
        while True:
            size = int.from_bytes(self._take(HEADER_BYTES), "little")
            if size > MAX_MESSAGE_BYTES:
                raise MessageTooLarge(f"{size} bytes")
            if size:
                return self._take(size)

    def take_peer(self) -> Channel | None:
        """The oldest linked channel not yet taken, of those that came before the last message."""
        return self._peers.popleft() if self._peers else None

    def close(self) -> None:
        """Closes this end."""
        self._connection.close()

    def _take(self, size: int) -> bytes:
        unread = self._unread
        while len(unread) < size:
            data = self._read(max(_READ_BYTES, size - len(unread)))
            if not data:
                raise EOFError("the channel is closed")
            unread += data
        taken = bytes(memoryview(unread)[:size])
        del unread[:size]
        return taken

    def _read(self, size: int) -> bytes:
        try:
            if not self._takes_peers:
                return self._connection.recv(size)
            data, ancillary, _, _ = self._connection.recvmsg(size, _ANCILLARY_BYTES)
        except ConnectionError:
            return b""
        for _, _, descriptors in ancillary:
            for one in memoryview(descriptors).cast("i"):
                self._peers.append(Channel(socket(fileno=one)))
        return data
