"""What the workers of a pool run to check traces."""

from __future__ import annotations

from veridical.proof.trace import TraceRequest, TraceResult
from veridical.serving.pool import WorkerSpec


def worker_spec() -> WorkerSpec[TraceRequest, TraceResult]:
    """What the pool's workers run."""
    return WorkerSpec(
        target="veridical.proof.check:check_trace",
        item=TraceRequest,
        result=TraceResult,
        preload=("math_verify", "sympy", "z3"),
        warm_up="veridical.proof.check:warm_up",
    )
