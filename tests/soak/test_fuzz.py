"""Any bytes to any method: an answer or a refusal, in time, and no exception that nobody handled."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from soaking.fuzz import STREAM, WATCH, bursts
from soaking.load import Tally
from soaking.oracle import IN_SERVER, Oracle
from soaking.servers import Servers, assert_healthy

from veridical.client import AsyncClient

_REQUESTS = 50_000
"""To each of the two servers."""
_A_BURST = 50
"""Requests, or some more."""
_CAP_SECONDS = 2.0
_LATE_SECONDS = 0.25
_PATIENCE = 60.0
_TICK = 0.01
_EXPECTED = {"OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "NOT_FOUND"}


@dataclass
class Found:
    """What the fuzzed calls came to."""

    codes: Counter[str] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    stalled_seconds: float = 0.0
    """How long this process waited for a processor so far: the machine's lateness, not the server's."""
    others: Tally = field(default_factory=Tally)
    """Of a caller beside them, whose items are good."""


@pytest.mark.parametrize("name", ["math", "reward"])
def test_any_bytes(servers: Servers, name: str, share: Callable[[float], int]) -> None:
    # The server's own cap is the deadline: that of the caller would end the call on this side.
    cap = ("--max-call-seconds", str(_CAP_SECONDS))
    asked = math = servers.start("math", "--workers", "2", *(cap if name == "math" else ()))
    if name == "reward":
        asked = servers.start("reward", "--backends", math.address, *cap)
    assert_healthy(asked.address)
    number = share(_REQUESTS) // _A_BURST + 1
    found = _fuzz(asked.address, number)
    print(f"{name}: {sum(found.codes.values())} requests, slowest {found.slowest_seconds:.3f} s")
    print(dict(found.codes))
    assert sum(found.codes.values()) >= number * _A_BURST
    assert found.late == []
    found.others.check(least=number)
    assert asked.exceptions() + math.exceptions() == []
    assert_healthy(asked.address, math.address)


def _fuzz(address: str, number: int) -> Found:
    """Sends so many bursts, the requests of each at once."""
    found, oracle = Found(), Oracle(IN_SERVER)
    with asyncio.Runner() as runner:
        channel, client = runner.run(_connect(address))

        @settings(
            max_examples=number,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(bursts())
        def send(burst: list[tuple[str, bytes]]) -> None:
            runner.run(_send(channel, client, burst, oracle, found))

        try:
            send()
        finally:
            runner.run(client.close())
            runner.run(channel.close())
    return found


async def _connect(address: str) -> tuple[grpc.aio.Channel, AsyncClient]:
    return grpc.aio.insecure_channel(address), AsyncClient(address)


async def _send(
    channel: grpc.aio.Channel,
    client: AsyncClient,
    burst: list[tuple[str, bytes]],
    oracle: Oracle,
    found: Found,
) -> None:
    known = oracle.items(len(IN_SERVER))
    async with asyncio.TaskGroup() as calls:
        watch = calls.create_task(_watch_stalls(found))
        asked = [
            calls.create_task(_ask(channel, method, request, found)) for method, request in burst
        ]
        found.others.take(known, await client.verify_batch([each.item for each in known]))
        codes = await asyncio.gather(*asked)
        watch.cancel()
    assert set(codes) <= _EXPECTED


async def _watch_stalls(found: Found) -> None:
    while True:
        start = time.monotonic()
        await asyncio.sleep(_TICK)
        found.stalled_seconds += time.monotonic() - start - _TICK


async def _ask(channel: grpc.aio.Channel, method: str, request: bytes, found: Found) -> str:
    start, stalled = time.monotonic(), found.stalled_seconds
    code = (await _code(channel, method, request)).name
    took = time.monotonic() - start - (found.stalled_seconds - stalled)
    found.codes[f"{method.rpartition('/')[2]} {code}"] += 1
    found.slowest_seconds = max(found.slowest_seconds, took)
    if took > _CAP_SECONDS + _LATE_SECONDS:
        found.late.append(f"{method} {request.hex()}: {took:.3f} s")
    return code


async def _code(channel: grpc.aio.Channel, method: str, request: bytes) -> grpc.StatusCode:
    call: Any
    if method == STREAM:
        call = channel.stream_stream(method)(iter([request]), timeout=_PATIENCE)
    elif method == WATCH:
        call = channel.unary_stream(method)(request, timeout=_PATIENCE)
    else:
        return await channel.unary_unary(method)(request, timeout=_PATIENCE).code()
    try:
        async for _ in call:
            if method == WATCH:  # it has no end of its own
                call.cancel()
                return grpc.StatusCode.OK
    except grpc.aio.AioRpcError as error:
        return error.code()
    code: grpc.StatusCode = await call.code()
    return code
