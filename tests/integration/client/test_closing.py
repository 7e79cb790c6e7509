"""How both clients end: closed, cancelled, or used where they do not belong."""

from __future__ import annotations

import asyncio
import threading
import time

import grpc
import pytest

from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    ConfigurationError,
    RetrySettings,
    UnavailableError,
    math_item,
)

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


def items(count):
    return [math_item(f"i{n}", "1", "1") for n in range(count)]


def test_a_closed_client_says_so(serve, connect):
    client = connect(serve().address)
    client.describe()
    client.close()
    for call in (client.describe, lambda: client.verify_many(items(1))):
        with pytest.raises(ConfigurationError, match="closed"):
            call()


@pytest.mark.parametrize("method", ["verify_batch", "verify_many"])
def test_closing_in_another_thread_ends_calls_in_flight(serve, method):
    arrived = threading.Event()

    def answer(peer, request, context):
        arrived.set()
        return peer.wait_until_ended(context)

    client = Client(serve(answer).address)
    closer = threading.Thread(target=lambda: arrived.wait(30) and client.close())
    closer.start()
    with pytest.raises(UnavailableError):
        getattr(client, method)(items(3))
    closer.join()


@pytest.mark.parametrize("method", ["verify_batch", "verify_many"])
async def test_closing_in_another_task_ends_calls_in_flight(serve, method):
    peer = serve(lambda peer, _, context: peer.wait_until_ended(context))
    client = AsyncClient(peer.address)
    call = asyncio.create_task(getattr(client, method)(items(3)))
    await asyncio.to_thread(wait_until, lambda: peer.in_flight)
    await client.close()
    with pytest.raises(UnavailableError, match="closed"):
        await call


def test_an_asynchronous_client_refuses_another_event_loop_at_once(serve):
    client = AsyncClient(serve().address)

    async def call():
        await client.verify_batch(items(3), timeout=60)

    asyncio.run(call())
    start = time.monotonic()
    with pytest.raises(ConfigurationError, match="event loop of its first call"):
        asyncio.run(call())
    asyncio.run(client.close())
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("method", ["verify_batch", "verify_many", "stream"])
async def test_closing_in_another_task_ends_calls_that_wait_to_be_repeated(serve, method):
    def answer(peer, request, context):
        if request.items:  # and not a question for the description
            peer.refuse(context, UNAVAILABLE)
        return peer.all_correct(request)

    slow = RetrySettings(initial_seconds=0.5)
    peer = serve(answer, stream=lambda peer, _, context: peer.refuse(context, UNAVAILABLE))
    client = AsyncClient(peer.address, settings=ClientSettings(retry=slow))

    async def run():
        if method != "stream":
            return await getattr(client, method)(items(3), timeout=60)
        return [verdict async for verdict in client.stream(items(3), timeout=60)]

    call = asyncio.create_task(run())
    await asyncio.to_thread(wait_until, lambda: len(peer.requests + peer.streams) > 3)
    await client.close()
    with pytest.raises(UnavailableError, match="closed"):
        await call


async def test_a_cancelled_task_stays_cancelled_beside_a_closing_client(serve):
    peer = serve(lambda peer, _, context: peer.wait_until_ended(context))
    client = AsyncClient(peer.address)
    call = asyncio.create_task(client.verify_batch(items(3)))
    await asyncio.to_thread(wait_until, lambda: peer.in_flight)
    call.cancel()
    await client.close()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_cancelling_a_task_cancels_its_calls(serve):
    peer = serve(lambda peer, _, context: peer.wait_until_ended(context))
    async with AsyncClient(peer.address) as client:
        call = asyncio.create_task(client.verify_many(items(3)))
        await asyncio.to_thread(wait_until, lambda: peer.in_flight)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.to_thread(wait_until, lambda: peer.ended_early == 1)


def wait_until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
