"""What a checked trace earns under a task's policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from veridical.proof.trace import GoldMatch, TraceResult, Validity, ValidityReason


class Accept(StrEnum):
    """What earns the reward."""

    VALID = "valid"
    UNREFUTED = "unrefuted"


class BelowCoverage(StrEnum):
    """What too little coverage becomes."""

    UNDECIDED = "undecided"
    INCORRECT = "incorrect"


@dataclass(frozen=True, slots=True)
class RewardPolicy:
    """A task's policy.

    Attributes:
        accept: What earns the reward.
        min_coverage: Least coverage for UNREFUTED, 0 to 1.
        below_coverage: What too little coverage becomes.
    """

    accept: Accept = Accept.VALID
    min_coverage: float = 0.5
    below_coverage: BelowCoverage = BelowCoverage.UNDECIDED


class Outcome(StrEnum):
    """What a judgement says about a trace."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"


class ProofReason(StrEnum):
    """Why a trace got its outcome; the contract has a reason of the same name for each."""

    PROOF_VALID = "proof_valid"
    PROOF_UNREFUTED = "proof_unrefuted"
    STEP_CONTRADICTED = "step_contradicted"
    STEP_NOT_ENTAILED = "step_not_entailed"
    GOLD_MISMATCH = "gold_mismatch"
    GOLD_UNPARSABLE = "gold_unparsable"
    LOW_COVERAGE = "low_coverage"
    NO_STEPS = "no_steps"
    PROOF_INCOMPLETE = "proof_incomplete"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a trace earns.

    Attributes:
        outcome: CORRECT, INCORRECT or UNDECIDED.
        reason: Why.
        detail: The same for a person.
    """

    outcome: Outcome
    reason: ProofReason
    detail: str = ""


_INVALID = {
    ValidityReason.STEP_CONTRADICTED: ProofReason.STEP_CONTRADICTED,
    ValidityReason.STEP_NOT_ENTAILED: ProofReason.STEP_NOT_ENTAILED,
    ValidityReason.PREMISE_NOT_GIVEN: ProofReason.STEP_NOT_ENTAILED,
    ValidityReason.ANSWER_NOT_DERIVED: ProofReason.STEP_NOT_ENTAILED,
    ValidityReason.GOLD_MISMATCH: ProofReason.GOLD_MISMATCH,
    ValidityReason.NO_STEPS: ProofReason.NO_STEPS,
}
"""What an invalid proof is called; PROOF_INCOMPLETE for the other reasons."""


def judge(result: TraceResult, policy: RewardPolicy) -> Judgement:
    """Say what a trace earns: nothing that is invalid earns anything under any policy."""
    note = result.validity_note
    if result.gold is GoldMatch.OPEN:
        return Judgement(Outcome.UNDECIDED, ProofReason.GOLD_UNPARSABLE, note)
    if result.validity is Validity.VALID:
        return Judgement(Outcome.CORRECT, ProofReason.PROOF_VALID)
    if result.validity is Validity.INVALID:
        assert result.validity_reason is not None
        reason = _INVALID.get(result.validity_reason, ProofReason.PROOF_INCOMPLETE)
        return Judgement(Outcome.INCORRECT, reason, note)
    coverage = 0.0 if result.coverage is None else result.coverage
    enough = result.coverage is not None and coverage >= policy.min_coverage
    if policy.accept is Accept.UNREFUTED and enough:
        return Judgement(Outcome.CORRECT, ProofReason.PROOF_UNREFUTED, f"coverage {coverage:.2f}")
    return Judgement(Outcome(policy.below_coverage), ProofReason.LOW_COVERAGE, note)
