"""More load than fits, and load for long."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import grpc
import psutil
from soaking.load import Load, Tally
from soaking.oracle import Oracle
from soaking.servers import Server, Servers, assert_healthy, wait_for

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub

_MIB = 1 << 20
_FITS = 256
_BATCH = 32
_CALLERS = 2 * _FITS // _BATCH
_PUSHBACK = "grpc-retry-pushback-ms"
_SETTLED_SHARE = 0.25
_SOAK_SECONDS = 1800


async def test_twice_the_load_that_fits(servers: Servers, share: Callable[[float], int]) -> None:
    math = servers.start("math", "--workers", "2", "--max-items-in-flight", str(_FITS))
    assert_healthy(math.address)
    tally, codes, oracle = Tally(), Counter[str](), Oracle()
    end = time.monotonic() + share(60)
    async with grpc.aio.insecure_channel(math.address) as channel:
        stub = VerifierServiceStub(channel)

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
    tally.check()
    assert set(codes) == {"RESOURCE_EXHAUSTED True"}
    wait_for(math.idle, "items left", seconds=5)
    assert_healthy(math.address)


async def test_memory_stays_flat(
    gateway: Server, math: Server, share: Callable[[float], int]
) -> None:
    seconds = _soak_seconds(share)
    async with Load(gateway.address, batches=2, streams=2, items=64) as load:
        # Caches of libraries and allocators fill at first.
        await asyncio.sleep(_SETTLED_SHARE * seconds)
        before = [_sizes(gateway), _sizes(math)]
        await asyncio.sleep(seconds)
        await load.progress()
        after = [_sizes(gateway), _sizes(math)]
    load.tally.check()
    print(f"memory, descriptors, threads: {before} -> {after} in {seconds} s")
    for (memory, fds, threads), (memory_after, fds_after, threads_after) in zip(
        before, after, strict=True
    ):
        assert memory_after - memory <= 50 * _MIB
        assert fds_after <= fds + 4
        assert threads_after <= threads + 4


def _soak_seconds(share: Callable[[float], int]) -> int:
    """All of it, or an eightieth: a tenth of half an hour would be most of `make test-all`."""
    seconds = share(_SOAK_SECONDS)
    return seconds if seconds >= _SOAK_SECONDS else seconds // 8


def _sizes(server: Server) -> tuple[int, int, int]:
    """Memory of the server alone, descriptors and threads."""
    process: psutil.Process = server.seen
    return server.memory(), process.num_fds(), process.num_threads()
