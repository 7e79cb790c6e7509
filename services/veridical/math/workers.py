"""What the workers of a pool run to compare pairs."""

from __future__ import annotations

from veridical.math.decision import CompareRequest, CompareResult
from veridical.serving.pool import WorkerSpec


def worker_spec() -> WorkerSpec[CompareRequest, CompareResult]:
    """What the pool's workers run."""
    return WorkerSpec(
        target="veridical.math.worker:compare",
        item=CompareRequest,
        result=CompareResult,
        preload=("math_verify", "sympy"),
        warm_up="veridical.math.worker:warm_up",
    )
