"""The metrics of a server, in one registry of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

import grpc
from google.protobuf.descriptor import EnumDescriptor
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)

from veridical.api.v1.task_pb2 import Outcome
from veridical.api.v1.verdict_pb2 import Reason

disable_created_metrics()  # type: ignore[no-untyped-call] # a time stamp beside each series would double what is scraped

_CALL_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ITEM_BUCKETS = (1e-5, 3e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60)
_STREAMS = {"VerifyStream": "bidi_stream", "Watch": "server_stream"}


class ServerMetrics:
    """Everything that a server exports on `/metrics`.

    Args:
        verifier: The verifier's name, the value of the `verifier` label.
        version: Version of the distribution, for `veridical_build_info`.
    """

    def __init__(self, verifier: str, version: str) -> None:
        self.registry = CollectorRegistry()
        self._verifier = verifier
        rpc = ["grpc_service", "grpc_method", "grpc_type"]
        started = self._counter("grpc_server_started", "RPCs started.", rpc)
        handled = self._counter(
            "grpc_server_handled", "RPCs completed, by status code.", [*rpc, "grpc_code"]
        )
        handling = self._histogram(
            "grpc_server_handling_seconds", "Time to handle an RPC.", rpc, _CALL_BUCKETS
        )
        # Looking a series up by its labels costs more than counting does.
        self._started_of = cache(lambda method: started.labels(*_rpc_labels(method)))
        self._handled_of = cache(
            lambda method, code: handled.labels(*_rpc_labels(method), code.name)
        )
        self._handling_of = cache(lambda method: handling.labels(*_rpc_labels(method)))
        self._verdicts = self._counter(
            "veridical_verdicts", "Verdicts given.", ["verifier", "kind", "outcome", "reason"]
        )
        self._verify = self._histogram(
            "veridical_verify_seconds",
            "Time an item spent in a stage of verification.",
            ["verifier", "stage"],
            _ITEM_BUCKETS,
        )
        lookups = self._counter(
            "veridical_equal_items",
            "Items by how an equal one was found: cached, shared (within the call), or none.",
            ["verifier", "found"],
        )
        self._found = [lookups.labels(verifier, found) for found in ("cached", "shared", "none")]
        self._restarts = self._counter(
            "veridical_worker_restarts", "Workers replaced, by cause.", ["verifier", "reason"]
        )
        self._workers = self._gauge(
            "veridical_workers", "Workers, by state.", ["verifier", "state"]
        )
        self._queue = self._gauge(
            "veridical_queue_depth", "Items waiting for a worker.", ["verifier"]
        ).labels(verifier)
        self.items_in_flight = self._gauge(
            "veridical_items_in_flight", "Items admitted and not yet answered.", ["verifier"]
        ).labels(verifier)
        build = self._gauge("veridical_build_info", "Version served.", ["verifier", "version"])
        build.labels(verifier, version).set(1)

    def serve(self, host: str, port: int) -> None:
        """Exports the registry at `http://host:port/metrics` from a thread of its own.

        Raises:
            OSError: The port cannot be had.
        """
        start_http_server(port, addr=host, registry=self.registry)

    def call_started(self, method: str) -> None:
        """Counts an RPC that begins."""
        self._started_of(method).inc()

    def call_handled(self, method: str, code: grpc.StatusCode, seconds: float) -> None:
        """Counts and times an RPC that ended."""
        self._handled_of(method, code).inc()
        self._handling_of(method).observe(seconds)

    def verdicts(self, counts: Mapping[tuple[str, int, int], int]) -> None:
        """Counts verdicts; the keys are kind of task, outcome and reason."""
        for (kind, outcome, reason), count in counts.items():
            labels = (self._verifier, kind, _outcome(outcome), _reason(reason))
            self._verdicts.labels(*labels).inc(count)

    def looked_up(self, *, cached: int, shared: int, none: int) -> None:
        """Counts items by whether an equal one had been decided, or came in the same call."""
        for found, count in zip(self._found, (cached, shared, none), strict=True):
            found.inc(count)

    def stage(self, stage: str) -> Histogram:
        """The histogram of one stage of verification; observe seconds an item."""
        return self._verify.labels(self._verifier, stage)

    def queue_depth(self, items: int) -> None:
        """Items that wait for a worker."""
        self._queue.set(items)

    def workers(self, state: str, count: int) -> None:
        """Workers in a state: starting, idle or busy."""
        self._workers.labels(self._verifier, state).set(count)

    def worker_restarted(self, reason: str) -> None:
        """A worker was replaced because of timeout, memory, crashed or recycled."""
        self._restarts.labels(self._verifier, reason).inc()

    def _counter(self, name: str, text: str, labels: list[str]) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str]) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, labels: list[str], buckets: tuple[float, ...]
    ) -> Histogram:
        return Histogram(name, text, labels, registry=self.registry, buckets=buckets)


@lru_cache(maxsize=64)
def _rpc_labels(method: str) -> tuple[str, str, str]:
    service, _, name = method.lstrip("/").partition("/")
    return service, name, _STREAMS.get(name, "unary")


@lru_cache(maxsize=256)
def _outcome(number: int) -> str:
    return _label(Outcome.DESCRIPTOR, "OUTCOME_", number)


@lru_cache(maxsize=256)
def _reason(number: int) -> str:
    return _label(Reason.DESCRIPTOR, "REASON_", number)


def _label(kind: EnumDescriptor, prefix: str, number: int) -> str:
    """A value's name; a verdict from a backend may hold values of a later version."""
    value = kind.values_by_number.get(number)
    return "unknown" if value is None else value.name.removeprefix(prefix).lower()
