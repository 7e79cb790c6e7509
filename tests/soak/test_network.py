"""A network that is slow, broken into pieces, cut for a while, or resets connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from soaking.load import Load
from soaking.proxy import Proxy
from soaking.servers import Server


@pytest.fixture
async def proxy(gateway: Server) -> AsyncIterator[Proxy]:
    async with Proxy(int(gateway.address.rpartition(":")[2])) as made:
        yield made


async def test_200_ms_of_latency(proxy: Proxy, share: Callable[[float], int]) -> None:
    async with Load(proxy.address) as load:
        proxy.latency_seconds = 0.2
        await asyncio.sleep(share(60))
        await load.progress()
    load.tally.check()


async def test_messages_in_pieces_of_a_few_bytes(
    proxy: Proxy, share: Callable[[float], int]
) -> None:
    async with Load(proxy.address) as load:
        proxy.slice_bytes = 7
        await asyncio.sleep(share(60))
        await load.progress()
    load.tally.check()


async def test_a_cut_that_is_mended(proxy: Proxy, share: Callable[[float], int]) -> None:
    async with Load(proxy.address) as load:
        for _ in range(share(10)):
            proxy.cut()
            await asyncio.sleep(2)
            proxy.mend()
            await load.progress()
    load.tally.check()


async def test_a_connection_reset_each_second(proxy: Proxy, share: Callable[[float], int]) -> None:
    cut = 0
    async with Load(proxy.address) as load:
        for _ in range(share(60)):
            cut += proxy.reset()
            await asyncio.sleep(1)
        await load.progress()
    load.tally.check()
    assert cut >= share(60), "the callers had no connections"
