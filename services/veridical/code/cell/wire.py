"""Messages between a judge and a solution: one JSON array each, one at a time in each direction."""

from __future__ import annotations

import json
from typing import Any, Protocol

from veridical.code.cell.values.plain import TooLargeError, ViolationError

MAX_MESSAGE_BYTES = 32 << 20
MAX_OUTPUT_CHARS = 1 << 20


class Channel(Protocol):
    """What is asked of a channel: whole messages, in order."""

    def send(self, message: bytes) -> None:
        """Sends one message."""

    def receive(self) -> bytes:
        """The next message; EOFError when the other end is gone."""


# Nothing is escaped: two escapes could be two halves of a character, or the character.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_ENCODING = ("utf-8", "surrogatepass")
_decode = json.JSONDecoder().raw_decode


def send(channel: Channel, message: list[Any]) -> None:
    """Sends one message.

    Raises:
        TooLargeError: It is longer than `MAX_MESSAGE_BYTES`; nothing was sent.
    """
    try:
        body = _encode(message).encode(*_ENCODING)
    except RecursionError as fault:
        raise TooLargeError("deeper than can cross") from fault
    if len(body) > MAX_MESSAGE_BYTES:
        raise TooLargeError("longer than can cross")
    channel.send(body)


def receive(channel: Channel) -> list[Any]:
    """The next message; see `receive_sized`."""
    return receive_sized(channel)[0]


def receive_sized(channel: Channel) -> tuple[list[Any], int]:
    """The next message, an array that starts with text, and its bytes.

    Raises:
        ViolationError: It is no such thing.
        EOFError: The other end is gone.
    """
    body = channel.receive()
    try:
        text = body.decode(*_ENCODING)
        message, end = _decode(text)
    except (ValueError, RecursionError) as fault:
        raise ViolationError("no message") from fault
    if end != len(text):
        raise ViolationError("more than a message")
    if type(message) is not list or not message or type(message[0]) is not str:
        raise ViolationError("a message of the wrong shape")
    return message, len(body)
