"""What host and warden say to each other: a head, then a body; both directions are buffered.

| from host | body                          | from warden | body                                   |
|-----------|-------------------------------|-------------|----------------------------------------|
| SPAWN     | runtime, peer, then limits    | HELLO       | JSON: what the slot could set up       |
| SEND      | a message for the cell        | FAILED      | text: no cell became ready             |
| LAP       | limits: the clocks start anew | MESSAGE     | usage, then what the cell sent         |
| REST      | nothing: the clocks stand     | ENDED       | JSON: how the cell ended               |
| LINK      | the other cell                | USAGE       | usage                                  |
| ASK       | nothing: wants USAGE          |             |                                        |
| TAKEN     | nothing: one MESSAGE was read |             |                                        |
| END       | nothing: wants ENDED          |             |                                        |
| REPLY     | the cell ends with a MESSAGE shorter than this |        |                            |
"""

from __future__ import annotations

import struct

SPAWN, SEND, LAP, REST, LINK, ASK, TAKEN, END, REPLY = range(1, 10)
HELLO, FAILED, MESSAGE, ENDED, USAGE = range(16, 21)

WINDOW = 4
"""Messages of one cell that the warden passes on before the host has taken one."""

MAX_BODY_BYTES = (32 << 20) + 1024
_HEAD = struct.Struct("<IBI")
_LIMITS = struct.Struct("<ddIIII")
_SPAWN = struct.Struct("<II")
_USAGE = struct.Struct("<ddI")

NO_PEER = 0xFFFFFFFF

LimitValues = tuple[float, float, int, int, int, int]
"""CPU seconds, wall seconds, memory MiB, address space MiB (0: any), processes, message MiB."""
UsageValues = tuple[float, float, int]
"""CPU seconds, wall seconds, memory KiB."""
Frame = tuple[int, int, bytes]
"""Kind, cell, body."""


class BrokenFrame(ValueError):
    """A frame is longer than any can be."""


def frame(kind: int, cell: int, body: bytes = b"") -> bytes:
    """One frame as bytes."""
    return _HEAD.pack(len(body), kind, cell) + body


def pack_limits(values: LimitValues) -> bytes:
    """The body of LAP."""
    return _LIMITS.pack(*values)


def unpack_limits(body: bytes) -> LimitValues:
    """The reverse of `pack_limits`."""
    values: LimitValues = _LIMITS.unpack(body)
    return values


def pack_spawn(runtime: int, peer: int, values: LimitValues) -> bytes:
    """The body of SPAWN."""
    return _SPAWN.pack(runtime, peer) + pack_limits(values)


def unpack_spawn(body: bytes) -> tuple[int, int, LimitValues]:
    """The reverse of `pack_spawn`."""
    runtime, peer = _SPAWN.unpack_from(body)
    return runtime, peer, unpack_limits(body[_SPAWN.size :])


def pack_start(linked: bool, values: LimitValues) -> bytes:
    """The first message to a cell: whether a peer came before it, and its limits."""
    return bytes([linked]) + pack_limits(values)


def unpack_start(body: bytes) -> tuple[bool, LimitValues]:
    """The reverse of `pack_start`."""
    return bool(body[0]), unpack_limits(body[1:])


def pack_usage(values: UsageValues) -> bytes:
    """The body of USAGE, and the start of the body of MESSAGE."""
    return _USAGE.pack(*values)


def unpack_usage(body: bytes) -> tuple[UsageValues, bytes]:
    """The reverse of `pack_usage`, and what follows."""
    values: UsageValues = _USAGE.unpack_from(body)
    return values, body[_USAGE.size :]


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._unread = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now.

        Raises:
            BrokenFrame: The stream is not one of frames.
        """
        unread = self._unread
        unread += data
        frames: list[Frame] = []
        start = 0
        while len(unread) - start >= _HEAD.size:
            size, kind, cell = _HEAD.unpack_from(unread, start)
            if size > MAX_BODY_BYTES:
                raise BrokenFrame(f"{size} bytes")
            end = start + _HEAD.size + size
            if len(unread) < end:
                break
            frames.append((kind, cell, bytes(memoryview(unread)[start + _HEAD.size : end])))
            start = end
        del unread[:start]
        return frames
