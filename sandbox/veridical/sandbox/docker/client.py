"""The clients' side of the broker: a slot's stream for a word."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path

from veridical.sandbox.docker.protocol import MAX_REPLY_BYTES, ListedSlot, Reply, Request
from veridical.sandbox.errors import SlotLost, SlotRefused

ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Lease:
    """A container that is ours until `close`, or until this process ends.

    Attributes:
        name: The container's name.
        stream: A connected stream socket; its other end is the container's first process, which
            waits for the zip of its modules.
    """

    name: str
    stream: socket.socket
    _broker: socket.socket

    def diagnose(self) -> str:
        """The end of what the container wrote to its standard error; empty if nobody can say."""
        try:
            self._broker.send(Request.LOG.value)
            return Reply.decode(self._broker.recv(MAX_REPLY_BYTES)).log
        except (OSError, ValueError):
            return ""

    def close(self) -> None:
        """Removes the container; waits for it, unless the broker is gone or a sweep is at it."""
        self.stream.close()
        with self._broker, contextlib.suppress(OSError):
            self._broker.send(Request.CLOSE.value)
            self._broker.recv(MAX_REPLY_BYTES)


def lease(broker: Path, request: Request) -> Lease:
    """Asks the broker at a socket's path for a container.

    Raises:
        SlotLost: The broker or the daemon is away, or all slots are taken: try again later.
        SlotRefused: It cannot be had without somebody's help.
    """
    connection = _connect(broker)
    try:
        connection.send(request.value)
        data, descriptors, _, _ = socket.recv_fds(connection, MAX_REPLY_BYTES, 1)
        streams = [socket.socket(fileno=one) for one in descriptors]
        reply = Reply.decode(data)
    except (OSError, ValueError) as error:
        connection.close()
        raise SlotLost(f"the broker did not answer: {error}") from error
    if len(streams) == 1:
        return Lease(reply.name, streams[0], connection)
    connection.close()
    if reply.retryable:
        raise SlotLost(reply.error)
    raise SlotRefused(reply.error)


def list_slots(broker: Path) -> tuple[ListedSlot, ...]:
    """The broker's containers, the oldest first.

    Raises:
        SlotLost: The broker is away.
    """
    with _connect(broker) as connection:
        try:
            connection.send(Request.LIST.value)
            return Reply.decode(connection.recv(MAX_REPLY_BYTES)).slots
        except (OSError, ValueError) as error:
            raise SlotLost(f"the broker did not answer: {error}") from error


def _connect(broker: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(ANSWER_SECONDS)
    try:
        connection.connect(str(broker))
    except OSError as error:
        connection.close()
        raise SlotLost(
            f"no broker at {broker}: {error.strerror}; `veridical broker` is one"
        ) from error
    return connection
