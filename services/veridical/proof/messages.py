"""Messages of the contract to the proof domain and back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from veridical.api.v1 import proof_pb2
from veridical.api.v1.item_pb2 import Item
from veridical.proof.model import (
    ClaimVerdict,
    Domain,
    ErrorKind,
    Format,
    OpenReason,
    Role,
    Warning,
)
from veridical.proof.trace import (
    ClaimResult,
    Downstream,
    GoldMatch,
    StepResult,
    TraceRequest,
    TraceResult,
    Validity,
    ValidityReason,
)
from veridical.proof.verdict.reward import Accept, BelowCoverage, RewardPolicy
from veridical.serving.errors import InvalidArgument
from veridical.serving.items import longer_than

E = TypeVar("E", bound=StrEnum)

_MAX_PROBLEM_BYTES = 65_536
_MAX_GOLD_BYTES = 65_536
_MAX_SHOWN = 1024
_MAX_UNREAD = 16
_MIN_COVERAGE = 0.5

_VERDICTS = {
    each: proof_pb2.ClaimVerdict.Value(f"CLAIM_VERDICT_{each.name}") for each in ClaimVerdict
}
_ROLES = {each: proof_pb2.ClaimRole.Value(f"CLAIM_ROLE_{each.name}") for each in Role}
_OPEN = {each: proof_pb2.OpenReason.Value(f"OPEN_REASON_{each.name}") for each in OpenReason}
_ERRORS = {each: proof_pb2.ErrorKind.Value(f"ERROR_KIND_{each.name}") for each in ErrorKind}
_VALIDITIES = {
    each: proof_pb2.GlobalValidity.Value(f"GLOBAL_VALIDITY_{each.name}") for each in Validity
}
_VALIDITY_REASONS = {
    each: proof_pb2.ValidityReason.Value(f"VALIDITY_REASON_{each.name}") for each in ValidityReason
}
_NO_ERROR = proof_pb2.ERROR_KIND_UNSPECIFIED
_DOWNSTREAM = {each: proof_pb2.Downstream.Value(f"DOWNSTREAM_{each.name}") for each in Downstream}
_GOLD = {GoldMatch.EQUAL: True, GoldMatch.UNEQUAL: False}


@dataclass(frozen=True, slots=True)
class ProofItem:
    """An item in the domain's words: what to check, and what it earns."""

    request: TraceRequest
    policy: RewardPolicy


def read_item(item: Item, task: proof_pb2.ProofTask) -> ProofItem:
    """Read an item and its task.

    Raises:
        InvalidArgument: A field is out of its bounds.
    """
    for name, bound in (("problem", _MAX_PROBLEM_BYTES), ("gold", _MAX_GOLD_BYTES)):
        if longer_than(getattr(task, name), bound):
            raise InvalidArgument(f"task.proof.{name}", f"longer than {bound} bytes")
    steps = tuple(item.trace.steps) if item.WhichOneof("content") == "trace" else ()
    request = TraceRequest(
        problem=task.problem,
        steps=steps,
        response=item.response,
        gold=task.gold,
        format=_choice(Format, "format", task.format),
        domain=_choice(Domain, "domain", task.domain),
    )
    return ProofItem(request, _policy(task))


def _policy(task: proof_pb2.ProofTask) -> RewardPolicy:
    least = task.min_coverage if task.HasField("min_coverage") else _MIN_COVERAGE
    if not 0 <= least <= 1:
        raise InvalidArgument("task.proof.min_coverage", "must be between 0 and 1")
    accept = _choice(Accept, "accept", task.accept)
    below = _choice(BelowCoverage, "below_coverage", task.below_coverage)
    return RewardPolicy(accept, least, below)


def _choice(kind: type[E], field: str, number: int) -> E:
    """The domain's member for a number of the contract, whose enums keep the same order; 0 is the first."""
    members = list(kind)
    if not 0 <= number <= len(members):
        raise InvalidArgument(f"task.proof.{field}", f"has no value {number}")
    return members[max(number, 1) - 1]


def evidence(result: TraceResult) -> proof_pb2.ProofEvidence:
    """Write the evidence of a verdict."""
    after = result.downstream
    return proof_pb2.ProofEvidence(
        first_error=result.first_error,
        first_error_kind=_ERRORS[result.first_error_kind] if result.first_error_kind else _NO_ERROR,
        downstream=_DOWNSTREAM[after] if after else proof_pb2.DOWNSTREAM_UNSPECIFIED,
        downstream_consistent=None if after is None else after is Downstream.CONSISTENT,
        local_coherence=result.coherence.decided,
        coherence_lower=result.coherence.lower,
        coherence_upper=result.coherence.upper,
        coverage=result.coverage,
        step_coverage=result.step_coverage,
        global_validity=_VALIDITIES[result.validity],
        validity_reason=_VALIDITY_REASONS[result.validity_reason]
        if result.validity_reason
        else proof_pb2.VALIDITY_REASON_UNSPECIFIED,
        gold_matched=_GOLD.get(result.gold),
        steps=map(_step, result.steps),
        warnings=map(_warning, result.warnings),
    )


def _step(step: StepResult) -> proof_pb2.StepEvidence:
    return proof_pb2.StepEvidence(
        start=step.start,
        end=step.end,
        verdict=_VERDICTS[step.verdict],
        claims=map(_claim, step.claims),
        pair=_VERDICTS[step.pair],
        inherits=step.inherits,
        unread=[text[:_MAX_SHOWN] for text in step.unread[:_MAX_UNREAD]],
    )


def _claim(claim: ClaimResult) -> proof_pb2.ClaimEvidence:
    return proof_pb2.ClaimEvidence(
        text=claim.text[:_MAX_SHOWN],
        normal=claim.normal[:_MAX_SHOWN],
        verdict=_VERDICTS[claim.verdict],
        method=claim.method.value if claim.method else "",
        premises=claim.premises,
        counterexample=dict(claim.counterexample),
        note=claim.note[:_MAX_SHOWN],
        start=claim.start,
        end=claim.end,
        role=_ROLES[claim.role],
        open=_OPEN[claim.open] if claim.open else proof_pb2.OPEN_REASON_UNSPECIFIED,
        error=_ERRORS[claim.error] if claim.error else _NO_ERROR,
    )


def _warning(warning: Warning) -> proof_pb2.Warning:
    return proof_pb2.Warning(step=warning.step, kind=warning.kind, text=warning.text[:_MAX_SHOWN])
