"""Frames between the host and a cell that runs programs: a JSON header, and bytes behind it.

The header is one line of JSON text; long bytes are cut into several messages. Both sides use this
module, so it needs the standard library only. To the host everything that a cell sends is no more
than the word of the program in it.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

MAX_HEADER_BYTES = 1 << 20
PIECE_BYTES = 8 << 20
"""A message this long is followed by another; none is longer but for its header."""
_SIZE = "bytes"
_encode = json.JSONEncoder().encode
_decode = json.JSONDecoder().raw_decode


class BlobError(ValueError):
    """What came is no frame, or a larger one than may come."""


class Messages(Protocol):
    """Either end of a channel of messages."""

    def send(self, message: bytes) -> None:
        """Sends one message."""

    def receive(self) -> bytes:
        """Waits for the next message."""


def send_blob(to: Messages, header: dict[str, Any], *parts: bytes) -> None:
    """Send a header with bytes behind it."""
    blob = b"".join(parts)
    line = _encode({**header, _SIZE: len(blob)}).encode() + b"\n"
    to.send(line + blob[:PIECE_BYTES])
    for start in range(PIECE_BYTES, len(blob), PIECE_BYTES):
        to.send(blob[start : start + PIECE_BYTES])


def receive_blob(source: Messages, max_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Receive a header and the bytes behind it.

    Raises:
        BlobError: It is no such frame, or has more than `max_bytes` behind the header.
    """
    line, _, blob = source.receive().partition(b"\n")
    header, size = _header(line)
    if not 0 <= size <= max_bytes:
        raise BlobError(f"{size} bytes")
    pieces, length = [blob], len(blob)
    while length < size:
        piece = source.receive()
        pieces.append(piece)
        length += len(piece)
    if length != size:
        raise BlobError("more bytes than announced")
    return header, b"".join(pieces)


def _header(line: bytes) -> tuple[dict[str, Any], int]:
    if len(line) > MAX_HEADER_BYTES:
        raise BlobError("the header is too long")
    try:
        header, end = _decode(line.decode("ascii"))
        size = header.pop(_SIZE)
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise BlobError("no header") from error
    if end != len(line) or type(size) is not int:
        raise BlobError("no size, or more than a header")
    return header, size
