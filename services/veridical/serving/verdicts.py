"""Making verdicts: the one place that ties outcome, reward and echo fields together."""

from __future__ import annotations

import logging
import secrets

from veridical.api.v1.code_pb2 import CodeEvidence
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathEvidence
from veridical.api.v1.proof_pb2 import ProofEvidence
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    Outcome,
)
from veridical.api.v1.verdict_pb2 import (
    REASON_DEADLINE_EXCEEDED,
    REASON_INVALID_ITEM,
    REASON_VERIFIER_CRASHED,
    REASON_VERIFIER_MEMORY,
    REASON_VERIFIER_TIMEOUT,
    Reason,
    Timings,
    Verdict,
    VerifierInfo,
)
from veridical.serving.errors import InvalidArgument
from veridical.serving.pool import FaultKind

_log = logging.getLogger(__name__)

_REWARDS: dict[Outcome.ValueType, float | None] = {
    OUTCOME_CORRECT: 1.0,
    OUTCOME_INCORRECT: 0.0,
    OUTCOME_UNDECIDED: None,
}

FAULT_REASONS: dict[FaultKind, Reason.ValueType] = {
    FaultKind.TIMEOUT: REASON_VERIFIER_TIMEOUT,
    FaultKind.MEMORY: REASON_VERIFIER_MEMORY,
    FaultKind.CRASHED: REASON_VERIFIER_CRASHED,
    FaultKind.EXPIRED: REASON_DEADLINE_EXCEEDED,
}
"""Why an item is UNDECIDED whose worker did not answer."""


def new_verdict(
    item: Item,
    outcome: Outcome.ValueType,
    reason: Reason.ValueType,
    detail: str = "",
    *,
    verifier: VerifierInfo,
    math: MathEvidence | None = None,
    code: CodeEvidence | None = None,
    proof: ProofEvidence | None = None,
    timings: Timings | None = None,
) -> Verdict:
    """Makes the verdict on `item`: reward from the outcome, id, group, index and labels echoed."""
    verdict = Verdict(
        id=item.id,
        outcome=outcome,
        reward=_REWARDS[outcome],
        reason=reason,
        detail=detail,
        math=math,
        code=code,
        proof=proof,
        group=item.group,
        timings=timings,
        verifier=verifier,
    )
    echo_index_and_labels(item, verdict)
    return verdict


def echo_index_and_labels(item: Item, verdict: Verdict) -> None:
    """Copies what a verdict carries back to the caller besides id and group."""
    if item.HasField("sample_index"):
        verdict.sample_index = item.sample_index
    if item.labels:
        verdict.labels.MergeFrom(item.labels)


def undecided(item: Item, reason: Reason.ValueType, detail: str, verifier: VerifierInfo) -> Verdict:
    """Makes a verdict without a reward."""
    return new_verdict(item, OUTCOME_UNDECIDED, reason, detail, verifier=verifier)


def invalid_item(item: Item, error: InvalidArgument, verifier: VerifierInfo) -> Verdict:
    """Makes the verdict on an item that breaks the contract; the field's path starts at the item."""
    return undecided(item, REASON_INVALID_ITEM, str(error), verifier)


def defective_item(item: Item, verifier: VerifierInfo) -> Verdict:
    """Makes the verdict on an item that shows a defect of ours, and logs the exception being handled."""
    error_id = secrets.token_hex(8)
    _log.exception("item failed", extra={"error_id": error_id})
    return undecided(item, REASON_VERIFIER_CRASHED, f"internal error {error_id}", verifier)
