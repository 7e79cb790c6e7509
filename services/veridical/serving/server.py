"""The life of a server process: bind, warm up, serve, drain, end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from veridical.api.v1 import verifier_pb2
from veridical.api.v1.verifier_pb2_grpc import add_VerifierServiceServicer_to_server
from veridical.serving.access.certificates import Certificates
from veridical.serving.access.files import BadFileError
from veridical.serving.addresses import AddressError, check_free
from veridical.serving.health import HealthService
from veridical.serving.interceptors import Admission, InterceptorChain, standard_chain
from veridical.serving.logs import configure_logs
from veridical.serving.metrics import ServerMetrics
from veridical.serving.parent import DIE_WITH_PARENT, die_with_parent
from veridical.serving.servicer import VerifierServicer
from veridical.serving.settings import EXIT_BAD_SETTING, ServerSettings
from veridical.serving.stream import STREAM_AGE_SPREAD
from veridical.serving.verifier import Verifier

SERVICE = verifier_pb2.DESCRIPTOR.services_by_name["VerifierService"].full_name
_HEALTH_SECONDS = 0.5
_MAX_PENDING_CALLS = 16_384
_COLLECT_OBJECTS = 20_000

_log = logging.getLogger(__name__)


class CannotStart(Exception):
    """The server cannot be started as it was told; names the setting."""


def run(
    make: Callable[[], Verifier], name: str, settings: ServerSettings, metrics: ServerMetrics
) -> int:
    """Serves until SIGTERM or SIGINT and gives the process's exit status.

    Args:
        make: Makes the verifier, on the running event loop.
        name: The server's name, for its log.
        settings: What it was told.
        metrics: What it exports.

    Returns:
        0 after a drain, 1 where the verifier could not start, 2 for a setting that cannot be used.
    """
    if parent := os.environ.get(DIE_WITH_PARENT):
        die_with_parent(int(parent))
    configure_logs(name, settings.log_level)

    async def main() -> None:
        await Server(make(), settings, metrics).run()

    try:
        asyncio.run(main())
    except CannotStart as error:
        _log.error("cannot start: %s", error)
        return EXIT_BAD_SETTING
    except Exception:
        _log.exception("server failed")
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class Beside:
    """A gRPC service that a server has beside the VerifierService."""

    name: str
    """Its full name, for health and reflection."""
    add: Callable[[grpc.aio.Server], None]
    """Adds it to the server."""


class Server:
    """One gRPC server with health, metrics and a drain.

    Args:
        verifier: What decides items.
        settings: What the server was told.
        metrics: What it exports.
        beside: Its further services; healthy when the verifier is ready.
    """

    def __init__(
        self,
        verifier: Verifier,
        settings: ServerSettings,
        metrics: ServerMetrics,
        beside: Sequence[Beside] = (),
    ) -> None:
        self._verifier = verifier
        self._settings = settings
        self._metrics = metrics
        self._health = HealthService()
        self._admission = Admission(settings, metrics)
        self._servicer = VerifierServicer(verifier, settings, metrics, self._admission)
        self._beside = beside
        self._names = (SERVICE, *(each.name for each in beside))
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serves until a signal, then drains.

        Raises:
            CannotStart: An address cannot be had.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        if self._settings.metrics_port:
            self._export_metrics()
        server, probes = self._bind(), self._bind_probes()
        await self._set_health(serving=False)
        await server.start()
        await probes.start()
        starting = asyncio.create_task(self._verifier.start())
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                _tune_collector()
                _log.info("serving", extra={"address": self._settings.listen})
                await self._follow_readiness(stopped)
        finally:
            starting.cancel()
            stopped.cancel()
            await self._drain(server)
            await probes.stop(0)

    def _bind(self) -> grpc.aio.Server:
        settings = self._settings
        server = grpc.aio.server(
            interceptors=[self._chain()],
            options=[
                ("grpc.max_receive_message_length", settings.max_message_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),  # a second server on the address is a mistake
                # From 1,000 on gRPC itself cancels calls that wait for the loop, and says no more.
                ("grpc.server.max_pending_requests", _MAX_PENDING_CALLS),
                ("grpc.server.max_pending_requests_hard_limit", _MAX_PENDING_CALLS),
                # Otherwise a caller that is there and says nothing keeps its streams for two hours.
                ("grpc.keepalive_time_ms", round(1000 * settings.keepalive_seconds)),
                ("grpc.keepalive_timeout_ms", round(1000 * settings.keepalive_timeout_seconds)),
                # By default a ping has 60 s, whatever the time of a keepalive.
                ("grpc.http2.ping_timeout_ms", round(1000 * settings.keepalive_timeout_seconds)),
                ("grpc.keepalive_permit_without_calls", 1),
                # Gateways probe so often, to leave a server that has frozen.
                ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
                ("grpc.max_connection_age_ms", round(1000 * settings.max_connection_age_seconds)),
                ("grpc.max_connection_age_grace_ms", round(1000 * _grace_seconds(settings))),
            ],
        )
        add_VerifierServiceServicer_to_server(self._servicer, server)
        for each in self._beside:
            each.add(server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if settings.reflection:
            names = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, server)
        _bind_address(server, "listen", settings.listen, self._credentials())
        return server

    def _bind_probes(self) -> grpc.aio.Server:
        """A server of health alone, for probes that have neither certificate nor token."""
        server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if self._settings.health_listen:
            _bind_address(server, "health_listen", self._settings.health_listen, None)
        return server

    def _chain(self) -> InterceptorChain:
        try:
            return standard_chain(self._settings, self._metrics, self._admission)
        except BadFileError as error:
            raise CannotStart(str(error)) from error

    def _credentials(self) -> grpc.ServerCredentials | None:
        settings = self._settings
        if settings.tls_certificate is None or settings.tls_key is None:
            return None
        try:
            return Certificates(
                settings.tls_certificate, settings.tls_key, settings.tls_client_ca
            ).credentials()
        except BadFileError as error:
            raise CannotStart(str(error)) from error

    def _export_metrics(self) -> None:
        host, port = self._settings.metrics_host, self._settings.metrics_port
        try:
            self._metrics.serve(host, port)
        except OSError as error:
            raise CannotStart(f"metrics_port: {host}:{port}: {error}") from error

    async def _follow_readiness(self, stopped: asyncio.Task[bool]) -> None:
        """Keeps health true to the verifier until the stop signal."""
        while not stopped.done():
            await self._set_health(serving=self._verifier.ready)
            await asyncio.wait({stopped}, timeout=_HEALTH_SECONDS)

    async def _set_health(self, *, serving: bool) -> None:
        response = health_pb2.HealthCheckResponse
        status = response.SERVING if serving else response.NOT_SERVING
        for service in ("", *self._names):
            await self._health.set(service, status)

    async def _drain(self, server: grpc.aio.Server) -> None:
        """Says NOT_SERVING, gives callers time to notice, lets calls end, then closes the rest."""
        await self._set_health(serving=False)
        _log.info("draining")
        await asyncio.sleep(self._settings.drain_notice_seconds)
        self._health.end_watches()
        self._servicer.drain()
        await server.stop(self._settings.drain_seconds)
        await self._verifier.close()
        _log.info("stopped")


def _tune_collector() -> None:
    """Has the collector of cycles look seldom, and never at what was made so far.

    Each of its rounds looks at every item in flight, and next to nothing here is in a cycle: with
    the default of 700 objects a server with 20,000 items in flight spends a tenth of its time so.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_OBJECTS, 10, 10)


def _grace_seconds(settings: ServerSettings) -> float:
    """How long what runs over a connection may go on: as long as a stream that has just begun."""
    stream = settings.max_connection_age_seconds * (1 + STREAM_AGE_SPREAD)
    return stream + settings.max_call_seconds


def _bind_address(
    server: grpc.aio.Server, setting: str, address: str, credentials: grpc.ServerCredentials | None
) -> None:
    try:
        check_free(address)
    except AddressError as error:
        raise CannotStart(f"{setting}: {error}") from error
    try:
        if credentials is None:
            bound = server.add_insecure_port(address)
        else:
            bound = server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise CannotStart(f"{setting}: {address}: cannot be bound") from error
    if not bound and not address.startswith("unix:"):
        raise CannotStart(f"{setting}: {address}: cannot be bound")
