"""What a sampler exports beside what every server does."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from veridical.sampling.model import Drawn
from veridical.serving.metrics import ServerMetrics

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)


class SamplerMetrics(ServerMetrics):
    """The metrics of a sampler; arguments are those of `ServerMetrics`."""

    def __init__(self, verifier: str, version: str) -> None:
        super().__init__(verifier, version)
        registry = self.registry
        self._tokens = Counter(
            "veridical_sampling_tokens", "Tokens of finished samples.", registry=registry
        )
        self._samples = Counter(
            "veridical_sampling_samples",
            "Finished samples, by why they ended.",
            ["finish"],
            registry=registry,
        )
        self._seconds = Histogram(
            "veridical_sampling_seconds",
            "Time that a sample spent in the engine.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._first = Histogram(
            "veridical_sampling_first_token_seconds",
            "Time from the engine's taking a sample to its first token.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._running = Gauge(
            "veridical_sampling_running", "Samples in the engine.", registry=registry
        )
        self._waiting = Gauge(
            "veridical_sampling_waiting", "Samples that wait for the engine.", registry=registry
        )
        self._repeats = Counter(
            "veridical_sampling_repeats",
            "Samples that repeat another of their call though chance hardly makes that.",
            registry=registry,
        )
        self._restarts = Counter(
            "veridical_sampling_engine_restarts",
            "Engine processes that ended and were started again.",
            registry=registry,
        )
        self._cache = Gauge(
            "veridical_sampling_cache_share",
            "Share of the engine's key-value cache in use, 0 to 1, by process.",
            ["engine"],
            registry=registry,
        )

    def slots(self, running: int, waiting: int) -> None:
        """Samples in the engine and before it."""
        self._running.set(running)
        self._waiting.set(waiting)

    def drawn(self, drawn: Drawn, seconds: float) -> None:
        """A sample finished, so long after the engine took it."""
        self._tokens.inc(len(drawn.token_ids))
        self._samples.labels(drawn.finish.value).inc()
        self._seconds.observe(seconds)

    def first_token(self, seconds: float) -> None:
        """A sample has its first token, so long after the engine took it."""
        self._first.observe(seconds)

    def repeated(self) -> None:
        """A sample repeats another."""
        self._repeats.inc()

    def engine_restarted(self) -> None:
        """An engine process ended and is started again."""
        self._restarts.inc()

    def cache_share(self, engine: int, share: float) -> None:
        """How much of its key-value cache an engine process uses, 0 to 1."""
        self._cache.labels(str(engine)).set(share)
