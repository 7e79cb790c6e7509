from __future__ import annotations

import pytest

from veridical.proof.check import check_trace
from veridical.proof.model import ErrorKind
from veridical.proof.trace import (
    Downstream,
    GoldMatch,
    TraceRequest,
    TraceResult,
    Validity,
    ValidityReason,
)
from veridical.proof.verdict.asked import Demand, asked_for

LINEAR = "Solve $7x + 15 = 64$."
NAILS = "Ann has 17 boxes of 23 nails and loses 31 nails. How many are left?"


def check(problem: str, *steps: str, gold: str = "") -> TraceResult:
    return check_trace(TraceRequest(problem, steps, gold=gold))


@pytest.mark.parametrize(
    ("problem", "steps", "gold", "reason", "first_error"),
    [
        (LINEAR, ("We have $7x + 15 = 64$.", "So $7x = 49$.", "Hence $x = 7$."), "", None, -1),
        (NAILS, ("17 * 23 = 391", "391 - 31 = 360", r"\boxed{360}"), "360", None, -1),
        ("Compute $17 - 9$.", ("$17 - 9 = 8$.",), "", None, -1),
        (LINEAR, ("So $7x = 48$.", "Hence $x = 7$."), "", "STEP_CONTRADICTED", 0),
        (NAILS, ("17 * 23 = 381", "381 - 31 = 350"), "", "STEP_CONTRADICTED", 0),
        (NAILS, ("17 * 23 = 391", "391 - 31 = 360"), "361", "GOLD_MISMATCH", -1),
        (LINEAR, (r"\boxed{7}",), "7", "NO_STEPS", -1),
        (LINEAR, ("Clearly.", r"\boxed{7}"), "", "NOTHING_DERIVED", -1),
        (NAILS, ("17 * 23 = 391", "391 - 31 = 360"), "", "CONCLUSION_OPEN", -1),
        (NAILS, ("17 * 23 = 391", "391 - 31 = 360"), r"\frac{", "GOLD_OPEN", -1),
        (
            "Solve $7x + 15 = 64$ and give the value of $2x$.",
            ("So $7x = 49$.", "Hence $x = 7$.", r"The answer is \boxed{7}."),
            "",
            "WRONG_QUANTITY",
            2,
        ),
        (LINEAR, ("Suppose $x = 7$.", "Hence $x = 7$."), "7", "ASSUMES_CONCLUSION", -1),
        (
            LINEAR,
            ("Note that $1 = 1$.", "Also $3 + 3 = 6$.", "Therefore $x = 7$."),
            "7",
            "ANSWER_NOT_DERIVED",
            2,
        ),
    ],
)
def test_whether_a_proof_holds(
    problem: str, steps: tuple[str, ...], gold: str, reason: str | None, first_error: int
) -> None:
    found = check(problem, *steps, gold=gold)
    expected = ValidityReason[reason] if reason else None
    assert (found.validity_reason, found.first_error) == (expected, first_error), found
    assert (found.validity is Validity.VALID) is (reason is None)


def test_members_up_to_no_steps_make_a_proof_invalid() -> None:
    members = list(ValidityReason)
    assert members.index(ValidityReason.NO_STEPS) < members.index(ValidityReason.STEP_OPEN)


@pytest.mark.parametrize(
    ("steps", "gold", "expected"),
    [
        (("17 * 23 = 381", "381 - 31 = 350", r"\boxed{350}"), "360", Downstream.CONSISTENT),
        (("17 * 23 = 381", "391 - 31 = 360", r"\boxed{360}"), "360", Downstream.REPAIRED),
        (("17 * 23 = 381", "381 - 31 = 360", r"\boxed{360}"), "360", Downstream.CANCELLED),
        (("17 * 23 = 381", "381 - 31 = 340", r"\boxed{340}"), "360", Downstream.BROKEN),
    ],
)
def test_what_follows_an_error(steps: tuple[str, ...], gold: str, expected: Downstream) -> None:
    found = check(NAILS, *steps, gold=gold)
    assert (found.first_error, found.first_error_kind) == (0, ErrorKind.CALCULATION)
    assert found.downstream is expected


def test_a_response_is_split_and_its_thinking_left_out() -> None:
    text = "<think>17 * 23 = 1</think>First 17 * 23 = 391.\n\nThen 391 - 31 = 360.\n\n\\boxed{360}"
    found = check_trace(TraceRequest(NAILS, response=text, gold="360"))
    assert (found.validity, found.gold) == (Validity.VALID, GoldMatch.EQUAL)
    assert [text[step.start : step.end] for step in found.steps] == [s.text for s in found.steps]


def test_nothing_is_said_of_nothing() -> None:
    found = check_trace(TraceRequest("", response=""))
    assert (found.coverage, found.coherence.decided, found.steps) == (None, None, ())
    assert found.validity_reason is ValidityReason.NO_STEPS


def test_a_copied_error_is_coherent_and_invalid() -> None:
    found = check(LINEAR, "We have $7x + 8 = 64$.", "So $7x = 56$.", "Hence $x = 8$.")
    assert found.validity is Validity.INVALID
    assert found.validity_reason is ValidityReason.PREMISE_NOT_GIVEN
    assert found.coherence.decided == 1


@pytest.mark.parametrize(
    ("problem", "demand"),
    [
        ("Compute $1 + 1$.", Demand.VALUE),
        ("If $x = 2$, what is the value of $3x$?", Demand.VALUE),
        ("Find the remainder when $2^{10}$ is divided by $7$.", Demand.VALUE),
        ("Solve $x + 1 = 2$.", Demand.SOLUTION),
        ("Show that $1 + 1 = 2$.", Demand.PROOF),
        ("Differentiate $x^2$.", Demand.DERIVATIVE),
        ("What is the $1000^{th}$ prime?", None),
        ("Compute $4 + 6$, then double it.", None),
        ("Compute $\\sqrt{2}$. Round to the nearest tenth.", None),
        ("Find $x$ in degrees.", None),
        ("How many are there?", None),
        ("$" * 4_000, None),
    ],
)
def test_what_a_problem_asks_for(problem: str, demand: Demand | None) -> None:
    asked = asked_for(problem)
    assert (asked and asked.demand) is demand


def test_a_gold_mismatch_names_the_conclusion_and_the_gold() -> None:
    steps = ("We have $5x + 15 = 50$.", "So $5x = 35$.", r"Hence $x = 7$, so \boxed{7}.")
    result = check_trace(TraceRequest("Find $x$ if $5x + 15 = 50$.", steps, gold="8"))
    assert result.validity_reason is ValidityReason.GOLD_MISMATCH
    assert result.validity_note == "the conclusion is 7, the gold 8"
