"""gRPC health whose watches end when the server drains."""

from __future__ import annotations

import asyncio
from typing import Any

from grpc_health.v1 import health, health_pb2

from veridical.serving.call import Context


class HealthService(health.aio.HealthServicer):  # type: ignore[misc] # the package has no types
    """Health as gRPC defines it; a watch lasts until its caller leaves, or until the drain.

    Without an end of their own, watches would hold up a drain for all of its grace.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ended = asyncio.Event()

    async def Watch(  # noqa: N802
        self, request: health_pb2.HealthCheckRequest, context: Context
    ) -> None:
        """Tells the caller of every change."""
        watch: asyncio.Task[Any] = asyncio.ensure_future(super().Watch(request, context))
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({watch, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    def end_watches(self) -> None:
        """Ends the watches there are, and those to come at once."""
        self._ended.set()
