"""Checking one trace: from its text to what was found. Pool workers run it."""

from __future__ import annotations

from dataclasses import replace

from veridical.proof import claims, context, grounding, logic
from veridical.proof.model import Format, Role, Segment
from veridical.proof.steps import segment
from veridical.proof.trace import TraceRequest, TraceResult
from veridical.proof.verdict import conclude
from veridical.serving.thinking import answer_span


def check_trace(request: TraceRequest) -> TraceResult:
    """Say what holds in a trace; the result hangs on the request alone."""
    segments = _segments(request)
    if request.format in (Format.AUTO, Format.FOL):
        examination = logic.examine(request.problem, segments)
        if examination is not None:
            return conclude(request, (), examination)
    problem = claims.read_problem(request.problem)
    # What is to be shown is not given where a step says it.
    given = [claim for claim in problem if claim.role is not Role.GOAL]
    readings = claims.read_steps(given, segments, request.problem)
    examination = context.examine(problem, readings, request.domain, text=request.problem)
    odd = grounding.warnings(request.problem, readings)
    warned = replace(examination, warnings=(*examination.warnings, *odd))
    return conclude(request, problem, warned)


def _segments(request: TraceRequest) -> tuple[Segment, ...]:
    """The steps as given, or those of the answer text of a response."""
    if request.steps:
        return tuple(Segment(step) for step in request.steps)
    start, end = answer_span(request.response)
    found = segment(request.response[start:end])
    return tuple(_moved(each, start) for each in found)


def _moved(step: Segment, by: int) -> Segment:
    assert step.start is not None
    assert step.end is not None
    return replace(step, start=step.start + by, end=step.end + by)
