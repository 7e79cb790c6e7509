"""What the workers of a pool run to check traces."""

from __future__ import annotations

from veridical.proof.trace import Report, TraceRequest
from veridical.serving.pool import WorkerSpec


def worker_spec() -> WorkerSpec[TraceRequest, Report]:
    """What the pool's workers run."""
    return WorkerSpec(
        target="veridical.proof.worker:report_on",
        item=TraceRequest,
        result=Report,
        preload=("math_verify", "sympy", "z3"),
        warm_up="veridical.proof.worker:warm_up",
    )
