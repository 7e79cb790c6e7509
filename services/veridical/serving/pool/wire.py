"""What passes between the server and a worker: length-prefixed msgpack frames, data only.

Values of the domain stay `msgspec.Raw` in the frames: each is encoded and decoded, by its own
type, where it is used, so that one bad value spoils itself and not its frame.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

HEADER_BYTES = 4
MAX_REPLY_BYTES = 16 << 20
"""Longest frame that the server takes from a worker."""

MEMORY_EXIT = 97
"""Exit status of a worker that ran out of memory."""

Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=1e6)]
"""Checked: the server computes with what a worker says."""

encode = msgspec.msgpack.Encoder().encode


class FrameError(Exception):
    """The bytes are no frame of this protocol."""


class Setup(msgspec.Struct, frozen=True):
    """Server to worker, once: what to load."""

    target: str
    item: str
    preload: tuple[str, ...]
    warm_up: str | None
    memory_bytes: int


class Warm(msgspec.Struct, frozen=True):
    """Worker to server, once: ready for items."""

    resident_bytes: int


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """Server to worker: items numbered `first`, `first + 1`, ... over the worker's life, from 1."""

    first: int
    cpu_seconds: float
    """What each of them may take."""
    items: list[msgspec.Raw]


class Returned(msgspec.Struct, frozen=True, array_like=True, tag="returned", gc=False):
    """Worker to server: the function returned `value` for item `number`."""

    number: int
    seconds: Seconds
    resident_bytes: int
    """Resident memory of the worker after the item."""
    value: msgspec.Raw


class Raised(msgspec.Struct, frozen=True, array_like=True, tag="raised", gc=False):
    """Worker to server: the function raised for item `number`."""

    number: int
    seconds: Seconds
    resident_bytes: int
    """Resident memory of the worker after the item."""
    exception: str
    traceback: str


Reply: TypeAlias = Returned | Raised


def frame(message: msgspec.Struct) -> bytes:
    """The message with its length in front."""
    body = encode(message)
    return len(body).to_bytes(HEADER_BYTES, "little") + body


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._data = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Takes more of the stream; returns the bodies of the frames that it completed.

        Raises:
            FrameError: A frame is longer than allowed.
        """
        self._data += data
        bodies, start = [], 0
        while (body := start + HEADER_BYTES) <= len(self._data):
            end = body + int.from_bytes(self._data[start:body], "little")
            if end - body > self._max_bytes:
                raise FrameError(f"a frame of {end - body} bytes")
            if end > len(self._data):
                break
            bodies.append(bytes(self._data[body:end]))
            start = end
        del self._data[:start]
        return bodies
