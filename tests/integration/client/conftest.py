"""Peers and clients for the tests of the client."""
# ruff: noqa: N802  # methods are named as in the contract

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent import futures
from functools import partial
from typing import Any

import grpc
import pytest

from veridical.api.v1 import verifier_pb2 as pb
from veridical.api.v1.verifier_pb2_grpc import (
    VerifierServiceServicer,
    add_VerifierServiceServicer_to_server,
)
from veridical.client import AsyncClient, Client, Outcome, Reason, Verdict


class Peer(VerifierServiceServicer):
    """A peer on a real socket that finds everything correct; tests give it the faults they need."""

    def __init__(
        self,
        answer: Callable[[Peer, pb.VerifyBatchRequest, Any], Any] | None,
        stream: Callable[[Peer, Iterator[pb.VerifyStreamRequest], Any], Any] | None,
        limits: pb.ServerLimits | None,
    ) -> None:
        self.address = ""
        self.stream = stream or (lambda peer, requests, _: map(peer.all_correct_of, requests))
        self.limits = limits
        self.streams: list[list[pb.VerifyStreamRequest]] = []
        self.answer = answer or (lambda peer, request, _: peer.all_correct(request))
        self.requests: list[pb.VerifyBatchRequest] = []
        self.remaining: list[float] = []
        self.user_agents: list[str] = []
        self.in_flight = self.most_in_flight = self.ended_early = 0
        self._lock = threading.Lock()

    def VerifyBatch(self, request, context):
        with self._lock:
            self.requests.append(request)
            self.remaining.append(context.time_remaining())
            self.user_agents.append(dict(context.invocation_metadata())["user-agent"])
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return self.answer(self, request, context)
        finally:
            with self._lock:
                self.in_flight -= 1
                self.ended_early += not context.is_active()

    def Verify(self, request, context):
        batch = self.VerifyBatch(pb.VerifyBatchRequest(items=[request.item]), context)
        return pb.VerifyResponse(verdict=batch.verdicts[0])

    def Describe(self, request, context):
        self.VerifyBatch(pb.VerifyBatchRequest(), context)
        return pb.DescribeResponse(kinds=["math"], limits=self.limits)

    def VerifyStream(self, request_iterator, context):
        seen = []
        with self._lock:
            self.streams.append(seen)
            self.in_flight += 1
        try:
            yield from self.stream(self, self._recorded(request_iterator, seen), context)
        finally:
            with self._lock:
                self.in_flight -= 1

    @staticmethod
    def _recorded(requests, seen):
        for request in requests:
            seen.append(request)
            yield request

    @classmethod
    def all_correct_of(cls, request: pb.VerifyStreamRequest) -> pb.VerifyStreamResponse:
        """The answer to one message of a stream, of a peer without a fault."""
        batch = cls.all_correct(pb.VerifyBatchRequest(items=request.items))
        return pb.VerifyStreamResponse(verdicts=batch.verdicts)

    @staticmethod
    def all_correct(request: pb.VerifyBatchRequest) -> pb.VerifyBatchResponse:
        """The answer of a peer without a fault."""
        right = {"outcome": Outcome.OUTCOME_CORRECT, "reward": 1, "reason": Reason.REASON_EQUAL}
        return pb.VerifyBatchResponse(verdicts=[Verdict(id=i.id, **right) for i in request.items])

    @staticmethod
    def wait_until_ended(context) -> pb.VerifyBatchResponse:
        """Answers, with nothing, only once the call is cancelled or its deadline has come."""
        ended = threading.Event()
        if context.add_callback(ended.set):
            assert ended.wait(60)
        return pb.VerifyBatchResponse()

    @staticmethod
    def refuse(context, code=grpc.StatusCode.RESOURCE_EXHAUSTED, text="no room", pushback_ms=None):
        """Ends a call with a status, as a server does that has no room."""
        if pushback_ms is not None:
            context.set_trailing_metadata((("grpc-retry-pushback-ms", str(pushback_ms)),))
        context.abort(code, text)


@pytest.fixture
def serve() -> Iterator[Callable[..., Peer]]:
    """Serves a peer whose calls are answered by `answer(peer, request, context)`.

    Its streams are answered by what `stream(peer, requests, context)` yields.
    """
    servers = []

    def start(
        answer=None, address: str = "127.0.0.1:0", stream=None, limits=None, options=()
    ) -> Peer:
        peer = Peer(answer, stream, limits)
        fixed = [("grpc.max_receive_message_length", -1), ("grpc.so_reuseport", 0)]
        server = grpc.server(futures.ThreadPoolExecutor(16), options=[*fixed, *options])
        add_VerifierServiceServicer_to_server(peer, server)
        port = server.add_insecure_port(address)
        server.start()
        servers.append(server)
        host, _, tail = address.rpartition(":")
        peer.address = f"{host}:{port}" if tail == "0" else address
        return peer

    yield start
    for server in servers:
        server.stop(0).wait()


class Blocking:
    """An `AsyncClient` behind the methods of `Client`, so that both pass the same tests."""

    def __init__(self, runner: asyncio.Runner, *args, **kwargs) -> None:
        self._runner = runner
        self._client = AsyncClient(*args, **kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *args, **kwargs: self._runner.run(method(*args, **kwargs))

    def verify_iter(self, *args, **kwargs) -> Iterator[Verdict]:
        return self._iterate(self._client.verify_iter(*args, **kwargs))

    def stream(self, *args, **kwargs) -> Iterator[Verdict]:
        return self._iterate(self._client.stream(*args, **kwargs))

    def _iterate(self, verdicts: AsyncGenerator[Verdict, None]) -> Iterator[Verdict]:
        try:
            while True:
                try:
                    yield self._runner.run(anext(verdicts))
                except StopAsyncIteration:
                    return
        finally:
            self._runner.run(verdicts.aclose())


@pytest.fixture(params=["sync", "async"])
def connect(request) -> Iterator[Callable[..., Any]]:
    """Makes clients of either kind."""
    clients = []
    with asyncio.Runner() as runner:
        kind = Client if request.param == "sync" else partial(Blocking, runner)

        def make(*args, **kwargs):
            clients.append(kind(*args, **kwargs))
            return clients[-1]

        yield make
        for client in clients:
            client.close()
