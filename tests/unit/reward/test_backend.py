"""What the log says of a backend that starts, or never does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from veridical.api.v1.verifier_pb2 import DescribeRequest, DescribeResponse
from veridical.api.v1.verifier_pb2_grpc import (
    VerifierServiceServicer,
    add_VerifierServiceServicer_to_server,
)
from veridical.reward import backend
from veridical.reward.backend import Backend
from veridical.reward.settings import RewardSettings

Status = health_pb2.HealthCheckResponse


class Peer(health_pb2_grpc.HealthServicer, VerifierServiceServicer):  # type: ignore[misc]
    """A verifier that starts, for as long as it is not told to serve."""

    def __init__(self) -> None:
        self.status = Status.NOT_SERVING
        self.asked = 0

    async def Check(self, request: object, context: object) -> Any:  # noqa: N802
        self.asked += 1
        return Status(status=self.status)

    async def Describe(  # type: ignore[override] # noqa: N802
        self, request: DescribeRequest, context: object
    ) -> DescribeResponse:
        return DescribeResponse(kinds=["math"])


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[Peer]:
    server, servicer = aio.server(), Peer()  # type: ignore[abstract]
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    add_VerifierServiceServicer_to_server(servicer, server)
    server.add_insecure_port(f"unix:{tmp_path}/peer.sock")
    await server.start()
    yield servicer
    await server.stop(0)


@pytest.fixture
async def followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Backend]:
    """A backend that is probed, and that nobody waits for where it cannot be reached."""
    monkeypatch.setattr(backend, "_ABSENT_SECONDS", 0.0)
    caplog.set_level(logging.INFO, backend.__name__)
    address = f"unix:{tmp_path}/peer.sock"
    made = Backend(address, RewardSettings(backends=address), lambda: None)
    following = asyncio.create_task(made.follow())
    yield made
    following.cancel()
    await made.close()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_backend_that_starts_is_no_trouble(
    peer: Peer, followed: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    await until(lambda: peer.asked >= 3)
    assert caplog.messages == []
    peer.status = Status.SERVING
    await until(lambda: followed.up and caplog.messages)
    assert caplog.messages == ["backend up"]


async def test_a_backend_that_starts_for_too_long_is_told_once(
    peer: Peer,
    followed: Backend,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(backend, "_STARTING_SECONDS", 0.0)
    await until(lambda: peer.asked >= 3)
    assert caplog.messages == ["backend does not serve yet"]


async def test_a_backend_that_is_not_there_is_told(
    followed: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    await until(lambda: caplog.messages)
    assert caplog.messages == ["backend cannot be reached"]
