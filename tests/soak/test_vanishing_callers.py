"""Callers that leave in the middle: nothing of theirs is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import grpc
from soaking.load import Load
from soaking.oracle import IN_WORKERS, Oracle
from soaking.proxy import Proxy
from soaking.servers import Server, wait_for

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyStreamRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub

_AT_ONCE = 10
_ITEMS = 40


async def test_callers_gone_in_the_middle_of_streams_and_batches(
    gateway: Server, math: Server, share: Callable[[float], int]
) -> None:
    port = int(gateway.address.rpartition(":")[2])
    async with Load(gateway.address, batches=1) as load, Proxy(port) as proxy:
        await _leave(proxy, gateway.address, _AT_ONCE)  # what is made once is made now
        before = _left(gateway, math)
        await _leave(proxy, gateway.address, 2 * share(1000))  # half of them leave streams
        await load.progress()
    load.tally.check()
    wait_for(gateway.idle, "items left in the gateway")
    wait_for(math.idle, "items left in the verifier")
    # The load's own connections are gone as well.
    wait_for(lambda: _left(gateway, math) <= before, f"{_left(gateway, math)} after {before}")


def _left(*servers: Server) -> int:
    """Descriptors, threads and child processes of the servers."""
    return sum(
        each.seen.num_fds() + each.seen.num_threads() + len(each.workers()) for each in servers
    )


async def _leave(proxy: Proxy, address: str, times: int) -> None:
    """So many callers come and go: by a cancel, a closed channel, and a reset connection in turn."""
    oracle = Oracle(IN_WORKERS)
    for start in range(0, times, _AT_ONCE):
        callers = range(start, min(start + _AT_ONCE, times))
        await asyncio.gather(*(_come_and_go(proxy, address, oracle, n) for n in callers))


async def _come_and_go(proxy: Proxy, address: str, oracle: Oracle, number: int) -> None:
    by_reset = number % 3 == 2
    channel = grpc.aio.insecure_channel(
        proxy.address if by_reset else address, [("grpc.use_local_subchannel_pool", 1)]
    )
    items = [known.item for known in oracle.items(_ITEMS)]
    stub = VerifierServiceStub(channel)
    with suppress(grpc.aio.AioRpcError, asyncio.CancelledError, asyncio.InvalidStateError):
        if number % 2:
            batch = stub.VerifyBatch(VerifyBatchRequest(items=items), timeout=30)
            await asyncio.wait({asyncio.ensure_future(batch.code())}, timeout=0.02)
            batch.cancel()
        else:
            stream = stub.VerifyStream(timeout=30)
            await stream.write(VerifyStreamRequest(items=items))
            await stream.read()
            if number % 3 == 0:
                stream.cancel()
    if by_reset:
        proxy.reset()
    await channel.close()
