"""Callers that do not read: slow ones, stopped ones, and ones whose socket is never read."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import grpc
from soaking.load import Load
from soaking.oracle import IN_SERVER, Oracle
from soaking.proxy import Proxy
from soaking.servers import Server, Servers, assert_healthy, free_port, wait_for

from veridical.api.v1.verifier_pb2 import VerifyStreamRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub

_STREAM_ITEMS = 512
_GROWTH_BYTES = 50 << 20
_PATIENCE_SECONDS = 60.0
_PADDING = "so " * 700
"""Makes a response large enough for buffers to fill."""

_CALLER = """
import sys
from soaking.oracle import IN_SERVER, Oracle
from veridical.client import Client

def items():
    oracle = Oracle(IN_SERVER)
    while True:
        yield from (known.item for known in oracle.items(64))

with Client(sys.argv[1]) as client:
    for number, _ in enumerate(client.stream(items())):
        if number == 256:
            print("reading", flush=True)
"""


async def test_a_slow_reader_holds_up_itself_only(
    servers: Servers, share: Callable[[float], int]
) -> None:
    math = servers.start("math", "--workers", "1", "--max-stream-items", str(_STREAM_ITEMS))
    async with Load(math.address) as load:
        await load.progress()
        before = math.memory()
        read = await _read_slowly(math.address, math, seconds=share(60))
        assert math.memory() - before < _GROWTH_BYTES
    load.tally.check()
    assert load.tally.slowest_seconds < _PATIENCE_SECONDS
    assert read > 0
    wait_for(math.idle, "items left of the slow reader")
    assert_healthy(math.address)


async def _read_slowly(address: str, math: Server, seconds: int) -> int:
    """Sends as fast as it is let and reads twice a second; gives the number of verdicts read."""
    oracle, read = Oracle(IN_SERVER), 0
    async with grpc.aio.insecure_channel(address) as channel:
        call = VerifierServiceStub(channel).VerifyStream()
        sending = asyncio.create_task(_send_without_end(call, oracle))
        for _ in range(2 * seconds):
            response = await call.read()
            assert not isinstance(response, type(grpc.aio.EOF))
            read += len(response.verdicts)
            # Of all callers; the others have less than a hundred items each.
            in_flight = await asyncio.to_thread(math.metric, "veridical_items_in_flight")
            assert in_flight < 2 * _STREAM_ITEMS
            await asyncio.sleep(0.5)
        assert not sending.done(), "nothing held the sender back"
        sending.cancel()
        call.cancel()
    return read


async def _send_without_end(call: grpc.aio.StreamStreamCall, oracle: Oracle) -> None:
    while True:
        items = [known.item for known in oracle.items(64)]
        for item in items:
            item.response = _PADDING + item.response
            item.labels["padding"] = _PADDING[:256]
        await call.write(VerifyStreamRequest(items=items))


async def test_a_socket_that_is_never_read(servers: Servers) -> None:
    port = free_port()
    flags = ("--workers", "1", "--max-stream-items", str(_STREAM_ITEMS))
    math = servers.start("math", *flags, address=f"127.0.0.1:{port}")
    async with Load(math.address) as load, Proxy(port) as proxy:
        await load.progress()
        before = math.memory()
        async with grpc.aio.insecure_channel(proxy.address) as channel:
            call = VerifierServiceStub(channel).VerifyStream()
            sending = asyncio.create_task(_send_without_end(call, Oracle(IN_SERVER)))
            await call.read()
            proxy.stop_reading_answers()
            await load.progress(1000)
            assert math.memory() - before < _GROWTH_BYTES
            assert not sending.done(), "nothing held the sender back"
            sending.cancel()
            proxy.reset()
    load.tally.check()
    wait_for(math.idle, "items left of the deaf caller")
    assert_healthy(math.address)


async def test_a_stopped_caller_is_given_up(servers: Servers) -> None:
    port = free_port()
    flags = ("--workers", "1", "--keepalive-seconds", "1", "--keepalive-timeout-seconds", "1")
    math = servers.start("math", *flags, address=f"127.0.0.1:{port}")
    caller = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _CALLER, math.address),
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert caller.stdout is not None
        assert await caller.stdout.readline()
        async with Load(math.address) as load:
            caller.send_signal(signal.SIGSTOP)
            await load.progress(500)
        load.tally.check()
        # It is there still, and says nothing: its stream is ended all the same.
        wait_for(math.idle, "items left of the stopped caller")
    finally:
        caller.kill()
        await caller.communicate()
    assert_healthy(math.address)
