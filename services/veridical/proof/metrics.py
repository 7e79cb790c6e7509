"""What traces were found to be, as metrics: coherence, validity, coverage, kinds of error."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from veridical.proof.trace import Report

_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999, 1.0)


class ProofMetrics:
    """Counts what was found, trace by trace."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._traces = Counter(
            "veridical_proof_traces",
            "Traces, by global validity and why they are not valid (none: they are).",
            ["validity", "reason"],
            registry=registry,
        )
        self._errors = Counter(
            "veridical_proof_first_errors",
            "Traces with a wrong step, by the kind of the first error and what follows it.",
            ["kind", "downstream"],
            registry=registry,
        )
        self._steps = Counter(
            "veridical_proof_steps", "Steps, by verdict.", ["verdict"], registry=registry
        )
        self._warnings = Counter(
            "veridical_proof_warnings", "Warnings, by kind.", ["kind"], registry=registry
        )
        self._coherence = Histogram(
            "veridical_proof_coherence",
            "Local coherence of the traces of which a pair of steps was decided, 0 to 1.",
            buckets=_SHARES,
            registry=registry,
        )
        self._coverage = Histogram(
            "veridical_proof_coverage",
            "Share of the claims of a trace that were decided, 0 to 1.",
            buckets=_SHARES,
            registry=registry,
        )

    def observe(self, report: Report) -> None:
        """Counts one trace."""
        result = report.result
        reason = result.validity_reason
        self._traces.labels(result.validity.value, reason.value if reason else "none").inc()
        if result.first_error_kind and result.downstream:
            self._errors.labels(result.first_error_kind.value, result.downstream.value).inc()
        for verdict, count in report.steps.items():
            self._steps.labels(verdict.value).inc(count)
        for kind, count in report.warnings.items():
            self._warnings.labels(kind).inc(count)
        if result.coherence.decided is not None:
            self._coherence.observe(result.coherence.decided)
        if result.coverage is not None:
            self._coverage.observe(result.coverage)
