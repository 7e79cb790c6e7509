"""How fast health answers while every worker is busy and the queue is full.

Goal: p99 of health.Check below 100 ms.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from harness import raw_batch, service
from rollouts import bodies, long_items

QUEUE = 4_000
CHECKS = 1_000
PAUSE_SECONDS = 0.01


async def keep_full(address: str, ready: list[bytes]) -> None:
    """Sends batches without end; a refusal says that the queue is full."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)

        async def worker(place: int) -> None:
            while True:
                try:
                    await call(ready[place % len(ready)], timeout=300)
                except grpc.aio.AioRpcError as error:
                    if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                        raise
                    await asyncio.sleep(0.25)

        await asyncio.gather(*(worker(place) for place in range(24)))


async def check_times(address: str) -> list[float]:
    """Seconds that each health check took."""
    times = []
    async with grpc.aio.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        for _ in range(CHECKS):
            start = time.perf_counter()
            await stub.Check(health_pb2.HealthCheckRequest(), timeout=30)
            times.append(time.perf_counter() - start)
            await asyncio.sleep(PAUSE_SECONDS)
    return sorted(times)


async def measure(address: str) -> list[float]:
    """Health times under load, after the load has had a second to fill the queue."""
    load = asyncio.create_task(keep_full(address, bodies(long_items(QUEUE))))
    await asyncio.sleep(1)
    times = await check_times(address)
    assert not load.done(), load
    load.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await load
    return times


def main() -> None:
    """Prints p50, p99 and the longest."""
    with service("veridical.math", "--max-items-in-flight", str(QUEUE)) as math:
        times = asyncio.run(measure(math.address))
    p50, p99 = (1e3 * times[int(share * len(times))] for share in (0.5, 0.99))
    print(
        f"health.Check under load: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {1e3 * times[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()
