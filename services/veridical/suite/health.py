"""Asks a service whether it serves."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

# A service that is about to listen is found within this time, in milliseconds, not after gRPC's own 1 s.
_RECONNECT_MS = 100


class HealthProbe:
    """A connection to the health service of one process."""

    def __init__(self, address: str, seconds: float) -> None:
        """Says whom to ask, and how long, in seconds, an answer may take."""
        self._seconds = seconds
        self._channel = grpc.aio.insecure_channel(
            address,
            options=[
                ("grpc.initial_reconnect_backoff_ms", _RECONNECT_MS),
                ("grpc.min_reconnect_backoff_ms", _RECONNECT_MS),
                ("grpc.max_reconnect_backoff_ms", _RECONNECT_MS),
                # Another probe's connection, and its pauses, are those of another process.
                ("grpc.use_local_subchannel_pool", 1),
                ("grpc.enable_http_proxy", 0),
            ],
        )
        self._stub = health_pb2_grpc.HealthStub(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._channel.close()

    async def is_serving(self) -> bool:
        """Whether the process says SERVING; an answer that does not come is no."""
        try:
            answer = await self._stub.Check(
                health_pb2.HealthCheckRequest(), timeout=self._seconds, wait_for_ready=True
            )
        except grpc.aio.AioRpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)
