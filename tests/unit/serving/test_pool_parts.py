"""The parts of the worker pool that need no process."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from veridical.serving.pool.channel import Channel
from veridical.serving.pool.line import Call, Line, Suspects
from veridical.serving.pool.output import Output
from veridical.serving.pool.page import SharedPage, create_page
from veridical.serving.pool.wire import FrameError, FrameReader, Warm, frame


def new_call(items: int, item_bytes: int = 1) -> Call[int]:
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    return Call([b"x" * item_bytes] * items, 0.0, done, lambda *_: None)


async def test_calls_share_what_a_worker_takes() -> None:
    line = Line()
    huge, small = new_call(100), new_call(2)
    line.add(huge)
    line.add(small)
    taken = line.take(10)
    assert sum(item.call is small for item in taken) == 2
    assert sum(item.call is huge for item in taken) == 8
    assert [item.position for item in taken if item.call is huge] == list(range(8))
    assert len(line) == 92


async def test_items_put_back_come_first_again() -> None:
    line = Line()
    call = new_call(5)
    line.add(call)
    taken = line.take(3)
    line.put_back(taken[1:])
    assert [item.position for item in line.take(10)] == [1, 2, 3, 4]
    assert len(line) == 0


async def test_a_dropped_call_takes_nothing_back() -> None:
    line = Line()
    call, other = new_call(5), new_call(1)
    line.add(call)
    line.add(other)
    taken = line.take(2)
    line.drop(call)
    line.put_back(taken)
    assert len(line) == 1
    assert [item.call for item in line.take(10)] == [other]


async def test_heavy_items_make_a_lighter_load() -> None:
    line = Line()
    line.add(new_call(5, item_bytes=600 << 10))
    assert len(line.take(5)) == 2


async def test_suspects_of_a_finished_call_are_forgotten() -> None:
    suspects, line = Suspects(), Line()
    call = new_call(1)
    line.add(call)
    suspects.add(line.take(1)[0])
    assert suspects
    line.drop(call)
    assert not suspects


def test_frames_survive_any_cut() -> None:
    bodies = [b"", b"a", b"b" * 1000]
    stream = b"".join(len(body).to_bytes(4, "little") + body for body in bodies)
    for step in (1, 2, 3, 7, 500, len(stream)):
        reader = FrameReader(1000)
        got = [reader.feed(stream[i : i + step]) for i in range(0, len(stream), step)]
        assert [body for part in got for body in part] == bodies


def test_a_frame_beyond_the_limit_is_refused_by_its_header() -> None:
    reader = FrameReader(1000)
    with pytest.raises(FrameError):
        reader.feed((1001).to_bytes(4, "little"))


def test_the_page_cannot_be_shrunk() -> None:
    page = SharedPage(create_page())
    with pytest.raises(PermissionError):
        os.ftruncate(page.descriptor, 0)
    page.announced = 2**64 - 1
    page.skip_through = 7
    assert (page.announced, page.skip_through) == (2**64 - 1, 7)
    page.close()


def test_output_keeps_its_end_and_stays_small() -> None:
    output = Output()
    for number in range(300):
        os.write(output.descriptor, b"x" * 1023 + b"\n")
        os.write(output.descriptor, f"line {number}\n".encode())
        output.trim()
    assert output.tail().endswith("line 299")
    assert os.fstat(output.descriptor).st_size < 256 << 10
    output.close()


async def test_a_channel_sends_more_than_the_socket_holds() -> None:
    ours, theirs = socket.socketpair()
    channel = Channel(ours, lambda _: None, lambda _: None)
    data = os.urandom(3 << 20)
    channel.send(data)
    channel.send(b"end")
    theirs.setblocking(False)
    got = b""
    while not got.endswith(b"end"):
        got += await asyncio.get_running_loop().sock_recv(theirs, 1 << 20)
    assert got == data + b"end"
    channel.close()
    theirs.close()


async def test_a_channel_tells_once_that_the_other_end_is_gone() -> None:
    ours, theirs = socket.socketpair()
    bodies: list[bytes] = []
    ends: list[Exception | None] = []
    channel = Channel(ours, bodies.append, ends.append)
    message = frame(Warm(5))
    theirs.sendall(message + message[:3])
    theirs.close()
    channel.drain()
    channel.drain()
    assert bodies == [message[4:]]
    assert ends == [None]
    channel.send(b"into the void")
    channel.close()
