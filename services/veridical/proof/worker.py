"""A worker's side: a trace is checked, and its evidence written, where no other call waits for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from veridical.proof.check import check_trace
from veridical.proof.messages import evidence
from veridical.proof.trace import Report, TraceRequest


def report_on(request: TraceRequest) -> Report:
    """Check a trace and write its evidence."""
    result = check_trace(request)
    return Report(
        replace(result, steps=(), warnings=()),
        dict(Counter(step.verdict for step in result.steps)),
        dict(Counter(warning.kind for warning in result.warnings)),
        evidence(result).SerializeToString(deterministic=True),
    )


def warm_up() -> None:
    """Load and build what the first trace would otherwise pay for."""
    steps = ("We have $x^2 - 3x + 2 = 0$.", "So $(x-1)(x-2) = 0$.", r"Hence \(\boxed{x = 1}\).")
    report_on(TraceRequest("Solve $x^2 - 3x + 2 = 0$.", steps, gold="1, 2"))
