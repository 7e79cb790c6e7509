"""A real proof server: verdicts with evidence, metrics, and the same bytes whatever the workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest
from proof_attack_rows import EARNING

from veridical.api.v1.proof_pb2 import (
    BELOW_COVERAGE_INCORRECT,
    CLAIM_VERDICT_CONTRADICTED,
    GLOBAL_VALIDITY_VALID,
    PROOF_ACCEPT_UNREFUTED,
)
from veridical.client import (
    Client,
    InvalidRequestError,
    Item,
    ProofTask,
    Task,
    Trace,
    Verdict,
    reason_name,
)

LINEAR = "Solve $7x + 15 = 64$."
RIGHT = ("We have $7x + 15 = 64$.", "So $7x = 49$.", "Hence $x = 7$.")
WRONG = ("We have $7x + 15 = 64$.", "So $7x = 59$.", "Hence $x = 7$.")
OPEN = ("We have $7x + 15 = 64$.", "So $q(x) = 3w$.", "Hence $x = 7$.")
LOGIC = "Every yumpus is a dumpus. Each dumpus is red. Max is a yumpus. Query: Max is red."


def proof(name: str, steps: tuple[str, ...], problem: str = LINEAR, **fields: Any) -> Item:
    task = Task(proof=ProofTask(problem=problem, **fields))
    return Item(id=name, task=task, trace=Trace(steps=steps))


def items() -> list[Item]:
    lenient = {"accept": PROOF_ACCEPT_UNREFUTED, "min_coverage": 0.0}
    strict = {"below_coverage": BELOW_COVERAGE_INCORRECT}
    logic = ("Max is a yumpus.", "Every yumpus is a dumpus.", "Max is a dumpus.")
    return [
        proof("right", RIGHT, gold="7"),
        proof("again", RIGHT, gold="7"),
        proof("wrong", WRONG),
        proof("mismatch", RIGHT, gold="8"),
        proof("open", OPEN),
        proof("open, strict", OPEN, **strict),
        proof("open, lenient", OPEN, **lenient),
        proof("logic", logic, LOGIC),
        Item(
            id="response",
            task=Task(proof=ProofTask(problem="Compute $17 - 9$.", gold="8")),
            response="<think>9</think>$17 - 9 = 8$.",
        ),
        *(
            proof(attack.name, attack.steps, attack.problem, gold=attack.gold, **lenient)
            for attack in EARNING
            if attack.steps
        ),
    ]


def decided(address: str, asked: list[Item]) -> dict[str, Verdict]:
    """The verdicts by id, without what may differ between runs."""
    with Client(address) as client:
        verdicts = client.verify_many(asked)
    for verdict in verdicts:
        verdict.ClearField("timings")
        verdict.ClearField("cached")
        verdict.verifier.ClearField("instance")
    return {verdict.id: verdict for verdict in verdicts}


@pytest.fixture(scope="module")
def address(shared_services: Any) -> str:
    found: str = shared_services("proof", "--workers", "1").address
    return found


@pytest.fixture(scope="module")
def expected(address: str) -> dict[str, Verdict]:
    return decided(address, items())


@pytest.mark.parametrize(
    ("name", "reward", "reason"),
    [
        ("right", 1.0, "proof_valid"),
        ("again", 1.0, "proof_valid"),
        ("response", 1.0, "proof_valid"),
        ("wrong", 0.0, "step_contradicted"),
        ("mismatch", 0.0, "gold_mismatch"),
        ("open", None, "low_coverage"),
        ("open, strict", 0.0, "low_coverage"),
        ("open, lenient", 1.0, "proof_unrefuted"),
    ],
)
def test_what_a_trace_earns(
    expected: dict[str, Verdict], name: str, reward: float | None, reason: str
) -> None:
    verdict = expected[name]
    found = verdict.reward if verdict.HasField("reward") else None
    assert (found, reason_name(verdict.reason)) == (reward, reason), verdict


def test_the_evidence_convinces_a_person(expected: dict[str, Verdict]) -> None:
    found = expected["wrong"].proof
    assert found.first_error == 1
    claim = next(c for c in found.steps[1].claims if c.verdict == CLAIM_VERDICT_CONTRADICTED)
    assert claim.counterexample
    assert claim.method
    valid = expected["right"].proof
    assert valid.global_validity == GLOBAL_VALIDITY_VALID
    assert (valid.first_error, valid.coverage, valid.local_coherence) == (-1, 1.0, 1.0)


@pytest.mark.parametrize("workers", [2, 8])
def test_the_same_bytes_come_out(
    start_service: Any, expected: dict[str, Verdict], workers: int
) -> None:
    service = start_service("proof", "--workers", str(workers))
    found = decided(service.address, items()[::-1])
    assert {
        name: verdict.SerializeToString(deterministic=True) for name, verdict in found.items()
    } == {name: verdict.SerializeToString(deterministic=True) for name, verdict in expected.items()}


def test_a_bad_field_is_named(address: str) -> None:
    bad = proof("bad", RIGHT, min_coverage=2.0)
    with Client(address) as client:
        with pytest.raises(InvalidRequestError, match=r"task\.proof\.min_coverage"):
            client.verify(bad)
        verdicts = client.verify_many([bad, proof("good", RIGHT, gold="7")])
    assert [reason_name(verdict.reason) for verdict in verdicts] == ["invalid_item", "proof_valid"]


def test_through_the_gateway_it_is_the_same(
    start_service: Any, address: str, expected: dict[str, Verdict]
) -> None:
    gateway = start_service("reward", "--backends", address).address
    assert decided(gateway, items()) == expected


def test_what_was_found_is_counted(start_service: Any, free_port: Callable[[], int]) -> None:
    port = free_port()
    service = start_service("proof", "--workers", "1", "--metrics-port", str(port))
    decided(service.address, [proof("right", RIGHT, gold="7"), proof("wrong", WRONG)])
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    assert 'veridical_proof_traces_total{reason="none",validity="valid"} 1.0' in text
    assert 'veridical_proof_traces_total{reason="step_contradicted",validity="invalid"} 1.0' in text
    assert "veridical_proof_coherence_count 2.0" in text
    assert "veridical_proof_coverage_count 2.0" in text
    assert "veridical_proof_first_errors_total{" in text
    assert 'veridical_proof_steps_total{verdict="contradicted"}' in text
