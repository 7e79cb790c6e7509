from __future__ import annotations

import pytest

from veridical.api.v1 import proof_pb2
from veridical.api.v1.item_pb2 import Item, Trace
from veridical.api.v1.verdict_pb2 import Reason
from veridical.proof.check import check_trace
from veridical.proof.messages import evidence, read_item
from veridical.proof.model import (
    ClaimVerdict,
    Domain,
    ErrorKind,
    Format,
    OpenReason,
    Role,
)
from veridical.proof.trace import Downstream, TraceRequest, Validity, ValidityReason
from veridical.proof.verdict.reward import (
    Accept,
    BelowCoverage,
    ProofReason,
    RewardPolicy,
)
from veridical.serving.errors import InvalidArgument


@pytest.mark.parametrize(
    ("members", "wire", "prefix"),
    [
        (ClaimVerdict, proof_pb2.ClaimVerdict, "CLAIM_VERDICT"),
        (Role, proof_pb2.ClaimRole, "CLAIM_ROLE"),
        (OpenReason, proof_pb2.OpenReason, "OPEN_REASON"),
        (ErrorKind, proof_pb2.ErrorKind, "ERROR_KIND"),
        (Validity, proof_pb2.GlobalValidity, "GLOBAL_VALIDITY"),
        (ValidityReason, proof_pb2.ValidityReason, "VALIDITY_REASON"),
        (Downstream, proof_pb2.Downstream, "DOWNSTREAM"),
        (Format, proof_pb2.ProofFormat, "PROOF_FORMAT"),
        (Domain, proof_pb2.Domain, "DOMAIN"),
        (Accept, proof_pb2.ProofAccept, "PROOF_ACCEPT"),
        (BelowCoverage, proof_pb2.BelowCoverage, "BELOW_COVERAGE"),
    ],
)
def test_enums_keep_the_order_of_the_contract(members, wire, prefix) -> None:
    names = [f"{prefix}_{member.name}" for member in members]
    assert wire.keys() == [f"{prefix}_UNSPECIFIED", *names]


def test_every_reason_is_one_of_the_contract() -> None:
    assert {f"REASON_{reason.name}" for reason in ProofReason} <= set(Reason.keys())


def test_what_is_left_out_has_its_default() -> None:
    read = read_item(Item(response="1 = 1"), proof_pb2.ProofTask(problem="p"))
    assert read.request == TraceRequest("p", response="1 = 1")
    assert read.policy == RewardPolicy(Accept.VALID, 0.5, BelowCoverage.UNDECIDED)


def test_a_zero_coverage_is_no_default() -> None:
    task = proof_pb2.ProofTask(min_coverage=0.0, accept=2, below_coverage=2, domain=3, format=5)
    read = read_item(Item(trace=Trace(steps=["a", "b"])), task)
    assert read.policy == RewardPolicy(Accept.UNREFUTED, 0.0, BelowCoverage.INCORRECT)
    assert read.request == TraceRequest("", ("a", "b"), format=Format.FOL, domain=Domain.INTEGER)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("min_coverage", 1.5),
        ("min_coverage", float("nan")),
        ("format", 99),
        ("domain", 99),
        ("accept", 99),
        ("below_coverage", 99),
        ("problem", "x" * 65_537),
        ("gold", "x" * 65_537),
    ],
)
def test_a_field_out_of_bounds_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidArgument, match=f"task.proof.{field}"):
        read_item(Item(response=""), proof_pb2.ProofTask(**{field: value}))


def test_evidence_says_what_was_found() -> None:
    steps = ("$2 \\cdot 3 = 7$.", "$7 + 4 = 11$.")
    found = evidence(check_trace(TraceRequest("Compute $2 \\cdot 3 + 4$.", steps, gold="10")))
    assert found.first_error == 0
    assert found.first_error_kind == proof_pb2.ERROR_KIND_CALCULATION
    assert found.HasField("gold_matched")
    assert not found.gold_matched
    claim = found.steps[0].claims[0]
    assert claim.verdict == proof_pb2.CLAIM_VERDICT_CONTRADICTED
    assert dict(claim.counterexample) == {"left": "6", "right": "7"}
    assert steps[0][claim.start : claim.end] == claim.text


def test_long_texts_are_cut() -> None:
    found = evidence(check_trace(TraceRequest("", ("$" + "1+" * 2_000 + "1 = 5$",))))
    assert all(len(claim.text) <= 1024 for step in found.steps for claim in step.claims)
