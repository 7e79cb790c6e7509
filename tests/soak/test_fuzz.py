"""Any bytes to any method: an answer or a refusal, in time, and no exception that nobody handled."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc
import pytest
from soaking.fuzz import MESSAGES, Fuzzer
from soaking.servers import Servers, assert_healthy

_SERVICE = "/veridical.api.v1.VerifierService/"
_CAP_SECONDS = 2.0
_LATE_SECONDS = 0.25
_PATIENCE = 60.0
_CALLERS = 6
_EXPECTED = {"OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"}
_TICK = 0.01


@dataclass
class Found:
    """What the fuzzed calls came to."""

    codes: Counter[str] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    stalled_seconds: float = 0.0
    """How long this process waited for a processor so far: the machine's lateness, not the server's."""


@pytest.mark.parametrize("name", ["math", "reward"])
async def test_any_bytes(servers: Servers, name: str, share: Callable[[float], int]) -> None:
    # The server's own cap is the deadline: that of the caller would end the call on this side.
    cap = ("--max-call-seconds", str(_CAP_SECONDS))
    asked = math = servers.start("math", "--workers", "2", *(cap if name == "math" else ()))
    if name == "reward":
        asked = servers.start("reward", "--backends", math.address, *cap)
    found = Found()
    watch = asyncio.create_task(_watch_stalls(found))
    async with grpc.aio.insecure_channel(asked.address) as channel:
        calls = share(50_000) // _CALLERS + 1
        await asyncio.gather(*(_fuzz(channel, n, calls, found) for n in range(_CALLERS)))
    watch.cancel()
    print(name, dict(found.codes))
    assert found.odd == []
    assert found.late == []
    assert asked.exceptions() + math.exceptions() == []
    assert_healthy(asked.address, math.address)


async def _watch_stalls(found: Found) -> None:
    while True:
        start = time.monotonic()
        await asyncio.sleep(_TICK)
        found.stalled_seconds += time.monotonic() - start - _TICK


async def _fuzz(channel: grpc.aio.Channel, seed: int, calls: int, found: Found) -> None:
    fuzzer, methods = Fuzzer(seed), list(MESSAGES)
    for number in range(calls):
        method = methods[number % len(methods)]
        request = fuzzer.request(method)
        start, stalled = time.monotonic(), found.stalled_seconds
        code = await _ask(channel, method, request)
        took = time.monotonic() - start - (found.stalled_seconds - stalled)
        found.codes[f"{method} {code.name}"] += 1
        if code.name not in _EXPECTED:
            found.odd.append(f"{method} {request.hex()}: {code.name}")
        if took > _CAP_SECONDS + _LATE_SECONDS:
            found.late.append(f"{method} {request.hex()}: {took:.3f} s")


async def _ask(channel: grpc.aio.Channel, method: str, request: bytes) -> grpc.StatusCode:
    if method != "VerifyStream":
        unary = channel.unary_unary(_SERVICE + method)(request, timeout=_PATIENCE)
        return await unary.code()
    stream = channel.stream_stream(_SERVICE + method)(iter([request]), timeout=_PATIENCE)
    try:
        async for _ in stream:
            pass
    except grpc.aio.AioRpcError as error:
        return error.code()
    return await stream.code()
