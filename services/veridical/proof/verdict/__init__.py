"""From what was found about each claim to what holds of the whole trace.

links         which claims lead to the answer
first_error   the first wrong step
scores        coverage and local coherence
asked         what the problem asks for
conclusion    whether the conclusion is that, and comes out of the steps
gold          whether it is the gold
validity      whether the whole proof holds, and why not
downstream    what follows the first error
reward        what the trace earns
"""

from __future__ import annotations

from collections.abc import Sequence

from veridical.proof.grounding.constants import ALWAYS, known
from veridical.proof.grounding.words import numbers
from veridical.proof.model import CheckedClaim, CheckedStep, Claim, Examination
from veridical.proof.trace import NO_ERROR, ClaimResult, StepResult, TraceRequest, TraceResult
from veridical.proof.verdict.downstream import downstream
from veridical.proof.verdict.links import Given, find_way, nodes_of
from veridical.proof.verdict.scores import scores
from veridical.proof.verdict.validity import Trace, assess

__all__ = ["conclude"]


def conclude(
    request: TraceRequest, problem: Sequence[Claim], examination: Examination
) -> TraceResult:
    """Say what holds of a trace.

    Args:
        request: What is asked.
        problem: The claims of the problem text.
        examination: What was found about its steps.
    """
    steps = examination.steps
    nodes = nodes_of(steps)
    way = find_way(steps, _given(request.problem, problem), nodes)
    whole = assess(Trace(request, problem, examination, way))
    counted = scores(steps, nodes, way, whole.blamed)
    return TraceResult(
        steps=tuple(map(_step, steps)),
        first_error=NO_ERROR if whole.at is None else whole.at,
        first_error_kind=whole.kind if whole.at is not None else None,
        downstream=None if whole.at is None else downstream(steps, whole.at, whole.answered),
        coherence=counted.coherence,
        coverage=counted.coverage,
        score=counted.score,
        step_coverage=counted.step_coverage,
        validity=whole.validity,
        validity_reason=whole.reason,
        validity_note=whole.note,
        gold=whole.gold,
        warnings=examination.warnings,
    )


def _given(text: str, problem: Sequence[Claim]) -> Given:
    """What a problem gives; a constant that no word names, such as 1, comes from nowhere."""
    named = known(text) - ALWAYS
    return Given(tuple(claim.statement for claim in problem), numbers(text) | named)


def _step(step: CheckedStep) -> StepResult:
    segment = step.segment
    return StepResult(
        text=segment.text,
        start=segment.start,
        end=segment.end,
        verdict=step.verdict,
        pair=step.pair,
        claims=tuple(map(_claim, step.claims)),
        inherits=step.inherits,
        unread=step.unread,
    )


def _claim(checked: CheckedClaim) -> ClaimResult:
    claim, finding = checked.claim, checked.finding
    return ClaimResult(
        text=claim.text,
        start=claim.start,
        end=claim.end,
        normal=checked.normal,
        role=claim.role,
        verdict=finding.verdict,
        method=finding.method,
        premises=finding.premises,
        counterexample=finding.counterexample,
        error=finding.error,
        open=finding.open,
        note=finding.note,
    )
