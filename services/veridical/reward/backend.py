"""One verifier server behind the gateway."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from veridical.api.v1.verifier_pb2 import (
    DescribeRequest,
    DescribeResponse,
    VerifyBatchRequest,
    VerifyStreamRequest,
)
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client.channel import LOOKUP_MILLISECONDS, ChannelOptions
from veridical.client.credentials import channel_credentials, tls_options, token_for
from veridical.client.settings import TlsSettings
from veridical.reward.errand import Errand
from veridical.reward.settings import RewardSettings

if TYPE_CHECKING:  # these stand in the type stubs alone
    from veridical.api.v1.verifier_pb2_grpc import VerifierServiceAsyncStub

_PROBE_SECONDS = 5.0
_PROBE_LOST_SECONDS = 0.25
_PROBE_TIMEOUT = 2.0
# A backend that starts together with the gateway is no trouble; one that takes longer than this is.
_ABSENT_SECONDS = 10.0
_STARTING_SECONDS = 60.0
_NOT_SERVING = "NOT_SERVING"
_SERVICE_CONFIG = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})

Metadata: TypeAlias = tuple[tuple[str, str], ...]

_log = logging.getLogger(__name__)


class BackendAnswerError(Exception):
    """A backend's answer does not fit the question."""


class Backend:
    """A channel to one address, kept true by probes.

    Args:
        address: gRPC target; where it resolves to several servers, calls go round robin.
        settings: Bound on messages, token and certificates.
        changed: Called when the backend comes, goes, or describes itself anew.
    """

    def __init__(self, address: str, settings: RewardSettings, changed: Callable[[], None]) -> None:
        self.address = address
        self.description: DescribeResponse | None = None
        self.up = False
        self._changed = changed
        self._lost = asyncio.Event()
        self._made = time.monotonic()
        self._told: bool | None = None  # whether the log last said that it is up; None: nothing yet
        access = settings.backend_access()
        self._token = token_for(address, access)
        self._channel = _open(
            address,
            access.tls,
            [
                ("grpc.max_receive_message_length", -1),
                ("grpc.max_send_message_length", settings.max_message_bytes),
                ("grpc.enable_retries", 0),  # the router retries, on any backend that is up
                ("grpc.initial_reconnect_backoff_ms", 100),
                ("grpc.max_reconnect_backoff_ms", 1000),
                # A backend that has frozen is left, with its calls, after the sum of the first two. The
                # third holds for all pings, also those that are no keepalive, and 60 s by default.
                ("grpc.keepalive_time_ms", 2_000),
                ("grpc.keepalive_timeout_ms", 4_000),
                ("grpc.http2.ping_timeout_ms", 4_000),
                ("grpc.http2.max_pings_without_data", 0),
                ("grpc.dns_min_time_between_resolutions_ms", LOOKUP_MILLISECONDS),
                ("grpc.use_local_subchannel_pool", 1),
                ("grpc.service_config", _SERVICE_CONFIG),
            ],
        )
        self._stub: VerifierServiceAsyncStub = VerifierServiceStub(self._channel)
        self._health = health_pb2_grpc.HealthStub(self._channel)

    async def follow(self) -> None:
        """Probes health and description for as long as the gateway lives."""
        while True:
            self._lost.clear()
            await self._probe()
            pause = _PROBE_SECONDS if self.up else _PROBE_LOST_SECONDS
            try:
                await asyncio.wait_for(self._lost.wait(), pause)
            except TimeoutError:
                continue
            await asyncio.sleep(_PROBE_LOST_SECONDS)

    async def verify(self, errand: Errand, seconds: float, metadata: Metadata) -> None:
        """Has the backend decide what is open of an errand.

        Raises:
            grpc.aio.AioRpcError: The call failed; what came before is settled.
            BackendAnswerError: The verdicts are not those of the items.
        """
        metadata += self._token.metadata()
        request = errand.rest()
        if errand.streaming and len(request.items) > 1:
            await self._verify_stream(errand, request, seconds, metadata)
        else:
            response = await self._stub.VerifyBatch(request, timeout=seconds, metadata=metadata)
            if not errand.settle_all(response.verdicts):
                raise BackendAnswerError(f"{self.address}: verdicts do not match the items")
        if not errand.done:
            raise BackendAnswerError(f"{self.address}: items were left without a verdict")

    async def _verify_stream(
        self, errand: Errand, request: VerifyBatchRequest, seconds: float, metadata: Metadata
    ) -> None:
        call = self._stub.VerifyStream(timeout=seconds, metadata=metadata)
        try:
            await call.write(VerifyStreamRequest(items=request.items, tasks=request.tasks))
            await call.done_writing()
            async for response in call:
                for verdict in response.verdicts:
                    if not errand.settle(verdict):
                        raise BackendAnswerError(f"{self.address}: a verdict on no open item")
        finally:
            call.cancel()

    def lost(self) -> None:
        """Told by a caller that the backend did not answer; it is probed before it is used again."""
        self._set(up=False)
        self._lost.set()

    async def close(self) -> None:
        """Closes the channel."""
        await self._channel.close()

    async def _probe(self) -> None:
        try:
            status = await self._health.Check(
                health_pb2.HealthCheckRequest(), timeout=_PROBE_TIMEOUT, wait_for_ready=True
            )
            if status.status != health_pb2.HealthCheckResponse.SERVING:
                self._leave(_NOT_SERVING)
                return
            description = await self._stub.Describe(
                DescribeRequest(), timeout=_PROBE_TIMEOUT, metadata=self._token.metadata()
            )
        except grpc.aio.AioRpcError as error:
            self._leave(error.code().name)
            return
        self.description = description
        self._set(up=True)
        if not self._told:
            self._told = True
            _log.info("backend up", extra={"backend": self.address})

    def _leave(self, code: str) -> None:
        """Takes no calls from now on; tells of it once, where it was so already.

        A single failure may be a connection that ended of age just as it was used.
        """
        _log.debug("probe failed", extra={"backend": self.address, "code": code})
        again, starting = not self.up, code == _NOT_SERVING
        patience = _STARTING_SECONDS if starting else _ABSENT_SECONDS
        self._set(up=False)
        fields = {"backend": self.address, "code": code}
        if self._told and again:
            _log.warning("backend lost", extra=fields)
        elif self._told is None and time.monotonic() - self._made > patience:
            problem = "backend does not serve yet" if starting else "backend cannot be reached"
            _log.warning(problem, extra=fields)
        else:
            return
        self._told = False

    def _set(self, *, up: bool) -> None:
        self.up = up
        self._changed()


def _open(address: str, tls: TlsSettings | None, options: ChannelOptions) -> grpc.aio.Channel:
    if tls is None:
        return grpc.aio.insecure_channel(address, options)
    return grpc.aio.secure_channel(address, channel_credentials(tls), options + tls_options(tls))
