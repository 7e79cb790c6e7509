"""One-item calls at 32 in flight, through gateway and math, against a bare two-hop echo.

The echo is two grpc.aio servers in a row that pass the same bytes on and do nothing else. Goal: at
least 60 % of its rate in the same run.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import grpc
from gateway_throughput import requests
from harness import BATCH_METHOD, gateway_and_math, raw_batch

CALLS = 6_000
IN_FLIGHT = 32
ROUNDS = 5


async def echo(address: str, onward: str | None) -> None:
    """Serves VerifyBatch: answers with the request, or with what the next server answers."""
    server = grpc.aio.server()
    call = raw_batch(grpc.aio.insecure_channel(onward)) if onward else None

    async def handle(request: bytes, _: object) -> bytes:
        return request if call is None else await call(request)

    handler: Any = grpc.unary_unary_rpc_method_handler(handle)
    service, _, method = BATCH_METHOD.lstrip("/").partition("/")
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(service, {method: handler}),)
    )
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()


def run_echo(address: str, onward: str | None) -> None:
    """Entry of an echo process."""
    asyncio.run(echo(address, onward))


@contextlib.contextmanager
def two_hop_echo() -> Iterator[str]:
    """Runs both echo servers and gives the address of the first."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="vb-") as folder:
        far, near = f"unix:{folder}/far", f"unix:{folder}/near"
        servers = [
            spawn.Process(target=run_echo, args=arguments, daemon=True)
            for arguments in ((far, None), (near, far))
        ]
        for server in servers:
            server.start()
        try:
            yield near
        finally:
            for server in servers:
                server.terminate()
                server.join()


async def rate(address: str, bodies: list[bytes]) -> float:
    """Calls a second."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)
        await call(bodies[0], wait_for_ready=True, timeout=30)
        waiting = iter(bodies)

        async def worker() -> None:
            for body in waiting:
                await call(body, timeout=30)

        start = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        return len(bodies) / (time.perf_counter() - start)


def main() -> None:
    """Prints both rates and their ratio, medians over alternating rounds."""
    ratios = []
    with gateway_and_math() as (reward, _), two_hop_echo() as echo_address:
        for number in range(ROUNDS):
            bodies = requests(CALLS, 1, f"round {number}")
            bare = asyncio.run(rate(echo_address, bodies))
            ours = asyncio.run(rate(reward.address, bodies))
            ratios.append(ours / bare)
            print(f"round {number}: echo {bare:,.0f}/s, veridical {ours:,.0f}/s, {ours / bare:.0%}")
    print(f"median {statistics.median(ratios):.0%} of a bare two-hop echo")


if __name__ == "__main__":
    main()
