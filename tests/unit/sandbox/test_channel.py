"""Channels and frames: whole messages in order, whatever the pieces they come in."""

from __future__ import annotations

import itertools
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.sandbox.inner import frames
from veridical.sandbox.inner.channel import MAX_MESSAGE_BYTES, Channel, MessageTooLarge


def pair(**options: bool) -> tuple[Channel, Channel]:
    one, other = socket.socketpair()
    return Channel(one, **options), Channel(other, **options)


@given(st.lists(st.binary(min_size=1, max_size=300_000), max_size=6))
def test_messages_arrive_whole_and_in_order(messages: list[bytes]) -> None:
    one, other = pair()
    sender = threading.Thread(target=lambda: [one.send(message) for message in messages])
    sender.start()
    assert [other.receive() for _ in messages] == messages
    sender.join()
    one.close()
    with pytest.raises(EOFError):
        other.receive()
    other.close()


def test_too_long_and_empty_messages_are_refused_on_both_sides() -> None:
    one, other = pair()
    for message in (b"", bytes(MAX_MESSAGE_BYTES + 1)):
        with pytest.raises(MessageTooLarge):
            one.send(message)
    one._connection.sendall((MAX_MESSAGE_BYTES + 1).to_bytes(4, "little"))
    with pytest.raises(MessageTooLarge):
        other.receive()
    one.close()
    other.close()


def test_half_a_message_is_an_end() -> None:
    one, other = pair()
    one._connection.sendall(b"\x05\0\0\0abc")
    one.close()
    with pytest.raises(EOFError):
        other.receive()
    other.close()


def test_peers_come_in_the_order_they_were_sent() -> None:
    one, other = pair(takes_peers=True)
    ends = [socket.socketpair() for _ in range(3)]
    one.send(b"first")
    for mine, _ in ends:
        socket.send_fds(one._connection, [bytes(4)], [mine.fileno()])
        mine.close()
    one.send(b"last")
    assert [other.receive(), other.receive()] == [b"first", b"last"]
    for place, (_, theirs) in enumerate(ends):
        peer = other.take_peer()
        assert peer is not None
        peer.send(b"%d" % place)
        assert theirs.recv(9)[4:] == b"%d" % place
        peer.close()
        theirs.close()
    assert other.take_peer() is None
    one.close()
    other.close()


FRAMES = st.tuples(st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=2000))


@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(0, 20_000), max_size=8))
def test_frames_survive_any_cut(sent: list[frames.Frame], cuts: list[int]) -> None:
    data = b"".join(frames.frame(*one) for one in sent)
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    reader = frames.FrameReader()
    pieces = [data[start:end] for start, end in itertools.pairwise(edges)]
    assert [one for piece in pieces for one in reader.feed(piece)] == sent


def test_a_stream_that_is_none_of_frames_is_refused() -> None:
    with pytest.raises(frames.BrokenFrame):
        frames.FrameReader().feed(b"\xff" * 32)
