from __future__ import annotations

import pytest

from veridical.proof.trace import (
    Coherence,
    GoldMatch,
    TraceResult,
    Validity,
    ValidityReason,
)
from veridical.proof.verdict.reward import (
    Accept,
    BelowCoverage,
    Outcome,
    ProofReason,
    RewardPolicy,
    judge,
)

INVALID = list(ValidityReason)[: list(ValidityReason).index(ValidityReason.STEP_OPEN)]


def found(
    reason: ValidityReason | None, coverage: float | None, gold: GoldMatch = GoldMatch.ABSENT
) -> TraceResult:
    open_ = Validity.INVALID if reason in INVALID else Validity.UNDETERMINED
    return TraceResult(
        steps=(),
        first_error=-1,
        first_error_kind=None,
        downstream=None,
        coherence=Coherence(),
        coverage=coverage,
        score=None,
        step_coverage=None,
        validity=open_ if reason else Validity.VALID,
        validity_reason=reason,
        validity_note="",
        gold=gold,
        warnings=(),
    )


@pytest.mark.parametrize("accept", Accept)
def test_a_valid_proof_earns_the_reward(accept: Accept) -> None:
    judgement = judge(found(None, 1.0), RewardPolicy(accept))
    assert (judgement.outcome, judgement.reason) == (Outcome.CORRECT, ProofReason.PROOF_VALID)


@pytest.mark.parametrize("accept", Accept)
@pytest.mark.parametrize("reason", INVALID)
def test_an_invalid_one_earns_nothing(reason: ValidityReason, accept: Accept) -> None:
    judgement = judge(found(reason, 1.0), RewardPolicy(accept, 0.0))
    assert judgement.outcome is Outcome.INCORRECT


@pytest.mark.parametrize("below", BelowCoverage)
@pytest.mark.parametrize(
    ("accept", "coverage", "earns"),
    [
        (Accept.VALID, 1.0, False),
        (Accept.UNREFUTED, 0.5, True),
        (Accept.UNREFUTED, 0.49, False),
        (Accept.UNREFUTED, None, False),
    ],
)
def test_an_open_one_earns_by_coverage(
    accept: Accept, coverage: float | None, earns: bool, below: BelowCoverage
) -> None:
    policy = RewardPolicy(accept, 0.5, below)
    judgement = judge(found(ValidityReason.STEP_OPEN, coverage), policy)
    if earns:
        assert judgement.reason is ProofReason.PROOF_UNREFUTED
    else:
        assert judgement.reason is ProofReason.LOW_COVERAGE
    assert judgement.outcome is (Outcome.CORRECT if earns else Outcome(below))


def test_nothing_decided_is_too_little_even_where_nothing_is_asked_for() -> None:
    judgement = judge(found(ValidityReason.STEP_OPEN, None), RewardPolicy(Accept.UNREFUTED, 0.0))
    assert judgement.reason is ProofReason.LOW_COVERAGE


def test_a_broken_gold_is_never_a_zero() -> None:
    result = found(ValidityReason.STEP_CONTRADICTED, 1.0, GoldMatch.OPEN)
    judgement = judge(result, RewardPolicy())
    assert (judgement.outcome, judgement.reason) == (
        Outcome.UNDECIDED,
        ProofReason.GOLD_UNPARSABLE,
    )
