"""More load than fits, and load for long."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import grpc
from soaking.load import Load, Tally
from soaking.oracle import IN_SERVER, IN_WORKERS, Oracle
from soaking.servers import Server, Servers, assert_healthy, wait_for

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub

_FITS = 256
_BATCH = 32
_CALLERS = 2 * _FITS // _BATCH
_PUSHBACK = "grpc-retry-pushback-ms"

_AT_ONCE = 6000

_GROWTH_BYTES = 50 << 20
_SOAK_SECONDS = 1800
_SETTLING_SECONDS = 300
"""Caches of libraries and allocators fill at first."""
_CACHED = 1024
_SPAN = 4 * _CACHED
"""Of so many items the cache knows a part, and always drops some for others."""
_KINDS = 4 * IN_SERVER + IN_WORKERS
"""Cheap ones for the most part, so that there are many."""
_PAUSE_SECONDS = 0.5
_SAMPLE_SECONDS = 1.0


async def test_twice_the_load_that_fits(servers: Servers, share: Callable[[float], int]) -> None:
    math = servers.start("math", "--workers", "2", "--max-items-in-flight", str(_FITS))
    assert_healthy(math.address)
    tally, codes = Tally(), Counter[str]()
    end = time.monotonic() + share(60)
    async with grpc.aio.insecure_channel(math.address) as channel, Load(math.address) as load:
        stub, oracle = VerifierServiceStub(channel), Oracle()

        async def ask() -> None:
            while time.monotonic() < end:
                known = oracle.items(_BATCH)
                request = VerifyBatchRequest(items=[each.item for each in known])
                try:
                    tally.take(known, (await stub.VerifyBatch(request, timeout=60)).verdicts)
                except grpc.aio.AioRpcError as error:
                    pushback = dict(error.trailing_metadata() or ()).get(_PUSHBACK)
                    codes[f"{error.code().name} {bool(pushback)}"] += 1
                    await asyncio.sleep(0.05)

        await asyncio.gather(*(ask() for _ in range(_CALLERS)))
        await load.progress()
    tally.check(least=_BATCH)
    # The client comes back when it was told to: its callers see none of the refusals.
    load.tally.check()
    assert set(codes) == {"RESOURCE_EXHAUSTED True"}
    wait_for(math.idle, "items left", seconds=5)
    assert_healthy(math.address)


async def test_calls_of_one_item_all_at_once(
    servers: Servers, share: Callable[[float], int]
) -> None:
    math = servers.start("math", "--workers", "2")
    tally, oracle = Tally(), Oracle(IN_SERVER)
    async with grpc.aio.insecure_channel(math.address) as channel:
        stub = VerifierServiceStub(channel)
        for _ in range(share(20)):
            known = oracle.items(_AT_ONCE)
            # Bare, since the client library is no faster than the server, so that no call would wait.
            calls = [stub.Verify(VerifyRequest(item=each.item)) for each in known]
            tally.take(known, [(await call).verdict for call in calls])
    tally.check()
    assert_healthy(math.address)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a server has taken."""

    memory: int
    """Resident bytes, those of its workers left out."""
    descriptors: int
    threads: int

    @classmethod
    def of(cls, server: Server) -> Sizes:
        """Those of now."""
        return cls(server.memory(), server.seen.num_fds(), server.seen.num_threads())


async def test_memory_stays_flat(servers: Servers, share: Callable[[float], int]) -> None:
    math = servers.start("math", "--workers", "2")
    cache = ("--cache-entries", str(_CACHED))
    gateway = servers.start("reward", "--backends", math.address, *cache)
    seconds, settling = _soak_seconds(share)
    oracle = Oracle(_KINDS, span=_SPAN)
    async with Load(gateway.address, oracle=oracle, pause=_PAUSE_SECONDS) as load:
        await asyncio.sleep(settling)
        before = [Sizes.of(each) for each in (gateway, math)]
        most = before
        for _ in range(round(seconds / _SAMPLE_SECONDS)):
            await asyncio.sleep(_SAMPLE_SECONDS)
            now = [Sizes.of(each) for each in (gateway, math)]
            most = [max(pair, key=lambda each: each.memory) for pair in zip(most, now, strict=True)]
        await load.progress()
        after = [Sizes.of(each) for each in (gateway, math)]
    load.tally.check()
    print(f"{load.tally.right} verdicts in {seconds} s\n{before}\n{after}\nmost {most}")
    assert gateway.metric("veridical_equal_items_total", found="cached") > 0
    for first, last, largest in zip(before, after, most, strict=True):
        assert largest.memory - first.memory <= _GROWTH_BYTES
        assert last.descriptors <= first.descriptors + 4
        assert last.threads <= first.threads + 4
    assert_healthy(gateway.address, math.address)


def _soak_seconds(share: Callable[[float], int]) -> tuple[int, int]:
    """Seconds of the test and of the settling before it.

    That is all of it or an eightieth: a tenth of half an hour would be most of `make test-all`.
    """
    seconds = share(_SOAK_SECONDS)
    return (seconds, _SETTLING_SECONDS) if seconds >= _SOAK_SECONDS else (seconds // 8, 5)
