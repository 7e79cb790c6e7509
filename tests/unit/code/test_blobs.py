from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.code.cell import blobs
from veridical.code.cell.blobs import BlobError, receive_blob, send_blob


class Line:
    """Messages in the order in which they were sent."""

    def __init__(self, *messages: bytes) -> None:
        self.messages = deque(messages)

    def send(self, message: bytes) -> None:
        self.messages.append(message)

    def receive(self) -> bytes:
        return self.messages.popleft()


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_come_through_in_pieces(blob: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blobs, "PIECE_BYTES", piece)
        line = Line()
        send_blob(line, {"a": "ü\n"}, blob[:7], blob[7:])
        assert receive_blob(line, 300) == ({"a": "ü\n"}, blob)
        assert not line.messages


@pytest.mark.parametrize(
    "messages",
    [
        (b"",),
        (b"{}\n",),
        (b"[1]\n",),
        (b'{"bytes": true}\n',),
        (b'{"bytes": 1e3}\n',),
        (b'{"bytes": -1}\n',),
        (b'{"bytes": 101}\n',),
        (b'{"bytes": 3}\nabcd',),
        (b'{"bytes": 3}\nab', b"cd"),
        (b'{"bytes": 3, \xff\n',),
        (b"[" * 100_000,),
        (b" " * (1 << 20) + b'{"bytes": 0}\n',),
    ],
)
def test_nonsense_is_refused(messages: tuple[bytes, ...]) -> None:
    with pytest.raises(BlobError):
        receive_blob(Line(*messages), 100)
