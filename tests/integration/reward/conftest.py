"""Stubs, gateways and odd backends for the tests of the reward gateway."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from typing import Any, NamedTuple
from urllib.request import urlopen

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT
from veridical.api.v1.verdict_pb2 import REASON_EQUAL, Verdict
from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    DescribeResponse,
    VerifyBatchRequest,
    VerifyBatchResponse,
)
from veridical.api.v1.verifier_pb2_grpc import (
    VerifierServiceServicer,
    VerifierServiceStub,
    add_VerifierServiceServicer_to_server,
)

Answer = Callable[[VerifyBatchRequest, grpc.ServicerContext], VerifyBatchResponse]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def connect() -> Iterator[Callable[[str], grpc.Channel]]:
    """Makes channels that send and take messages of any size."""
    channels: list[grpc.Channel] = []
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

    def make(address: str) -> grpc.Channel:
        channels.append(grpc.insecure_channel(address, options))
        return channels[-1]

    yield make
    for channel in channels:
        channel.close()


class Peer(NamedTuple):
    """A service, its stub, and where it exports its metrics."""

    service: Any
    stub: Any
    port: int

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the samples whose labels hold those given."""
        with urlopen(f"http://127.0.0.1:{self.port}/metrics") as response:
            text = response.read().decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def verdicts(self) -> int:
        """How many verdicts it has given."""
        return int(self.metric("veridical_verdicts_total"))


Start = Callable[..., Peer]


@pytest.fixture
def start(start_service: Any, connect: Callable[[str], grpc.Channel]) -> Start:
    """Starts a service that exports metrics: `start("math", *flags)`."""

    def make(name: str, *flags: str, address: str | None = None) -> Peer:
        port = free_port()
        service = start_service(name, *flags, "--metrics-port", str(port), address=address)
        return Peer(service, VerifierServiceStub(connect(service.address)), port)

    return make


class Odd(VerifierServiceServicer):
    """A real server with a mind of its own."""

    def __init__(self, address: str, answer: Answer, kinds: Sequence[str]) -> None:
        self.address, self.requests = address, list[VerifyBatchRequest]()
        self.metadata = list[dict[str, Any]]()
        self.asked = threading.Event()
        self._answer, self._kinds = answer, kinds

    def Describe(  # noqa: N802
        self, request: DescribeRequest, context: grpc.ServicerContext
    ) -> DescribeResponse:
        return DescribeResponse(kinds=self._kinds)

    def VerifyBatch(  # noqa: N802
        self, request: VerifyBatchRequest, context: grpc.ServicerContext
    ) -> VerifyBatchResponse:
        self.requests.append(request)
        self.metadata.append(dict(context.invocation_metadata()))
        self.asked.set()
        return self._answer(request, context)


def all_correct(request: VerifyBatchRequest, context: object = None) -> VerifyBatchResponse:
    """The answer of a backend without a fault that finds everything correct."""
    return VerifyBatchResponse(
        verdicts=[
            Verdict(
                id=item.id,
                outcome=OUTCOME_CORRECT,
                reward=1.0,
                reason=REASON_EQUAL,
                group=item.group,
                labels=item.labels,
            )
            for item in request.items
        ]
    )


@pytest.fixture
def approve() -> Answer:
    """Finds everything correct."""
    return all_correct


@pytest.fixture
def odd(start_service: Any) -> Iterator[Callable[..., Odd]]:
    """Serves an odd backend: `odd(answer, kinds)`."""
    servers: list[grpc.Server] = []

    def serve(answer: Answer = all_correct, kinds: Sequence[str] = ("math",)) -> Odd:
        servicer = Odd(  # type: ignore[abstract] # the base answers UNIMPLEMENTED
            f"unix:{start_service.folder}/odd-{len(servers)}.sock", answer, kinds
        )
        server = grpc.server(futures.ThreadPoolExecutor(8))
        add_VerifierServiceServicer_to_server(servicer, server)
        checks = health.HealthServicer()
        checks.set("", health_pb2.HealthCheckResponse.SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(checks, server)
        server.add_insecure_port(servicer.address)
        server.start()
        servers.append(server)
        return servicer

    yield serve
    for server in servers:
        server.stop(0).wait()
