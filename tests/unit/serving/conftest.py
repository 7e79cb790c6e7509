"""The standard interceptors and the servicer on a real socket, round a verifier of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT
from veridical.api.v1.verdict_pb2 import REASON_EQUAL, VerifierInfo
from veridical.api.v1.verifier_pb2_grpc import (
    VerifierServiceStub,
    add_VerifierServiceServicer_to_server,
)
from veridical.serving.interceptors import Admission, standard_chain
from veridical.serving.metrics import ServerMetrics
from veridical.serving.servicer import VerifierServicer
from veridical.serving.settings import ServerSettings
from veridical.serving.verdicts import new_verdict
from veridical.serving.verifier import Description, Settle, Work


class Approver:
    """A verifier that finds everything correct once `before` has returned."""

    kinds = ("math",)
    ready = True

    def __init__(self, before: Callable[[], Awaitable[None]] | None) -> None:
        self.info = VerifierInfo(name="approver", fingerprint="f", instance="i")
        self._before = before

    def takes(self, kind: str) -> bool:
        return kind in self.kinds

    def describe(self) -> Description:
        return Description()

    async def start(self) -> None:
        """Needs nothing."""

    async def close(self) -> None:
        """Holds nothing."""

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        if self._before is not None:
            await self._before()
        for place, each in enumerate(work):
            verdict = new_verdict(each.item, OUTCOME_CORRECT, REASON_EQUAL, verifier=self.info)
            settle(place, verdict)


@dataclass
class Served:
    """A server under test and what its caller holds."""

    server: grpc.aio.Server
    verifier: Approver
    metrics: ServerMetrics
    channel: grpc.aio.Channel
    stub: Any
    servicer: VerifierServicer

    def value(self, name: str, **labels: str) -> float | None:
        """A sample of the server's metrics."""
        return self.metrics.registry.get_sample_value(name, labels)


Serve = Callable[..., Awaitable[Served]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers: `await serve(before, **settings)`."""
    started: list[Served] = []

    async def start(
        before: Callable[[], Awaitable[None]] | None = None,
        add: Callable[[grpc.aio.Server], None] | None = None,
        **settings: Any,
    ) -> Served:
        told = ServerSettings(**settings)
        verifier, metrics = Approver(before), ServerMetrics("approver", "0")
        admission = Admission(told, metrics)
        server = grpc.aio.server(interceptors=[standard_chain(told, metrics, admission)])
        servicer = VerifierServicer(verifier, told, metrics, admission)
        add_VerifierServiceServicer_to_server(servicer, server)
        if add is not None:
            add(server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        started.append(
            Served(server, verifier, metrics, channel, VerifierServiceStub(channel), servicer)
        )
        return started[-1]

    yield start
    for each in started:
        await each.channel.close()
        await each.server.stop(0)
