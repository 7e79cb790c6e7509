"""Traces that are long, deep or hard are judged by their steps: their cost is counted, and no clock decides."""

from __future__ import annotations

import time

import pytest
from proof_attack_rows import COSTING, Attack

from veridical.proof.check import check_trace
from veridical.proof.model import ClaimVerdict, OpenReason
from veridical.proof.trace import TraceRequest, TraceResult, Validity

MOST_SECONDS = 20.0
"""A third of what a worker may take; the worst trace here takes less than half of it where nothing else runs."""
LONG = frozenset({"200,000 steps"})
"""What the server refuses by its number of steps."""
COSTLY = (
    "$x^3 + {n} \\equiv 5x \\pmod{{3989}}$.",
    "Expanding, $(x+{n})^9 (y-1)^3 = x^9 + {n}$.",
    "$\\sum_{{k=1}}^{{1000}} k^2 + {n} = 333833500$.",
    "$\\sin^2(x+{n}) + \\cos^2(x+{n}) = \\tan(x)$.",
    "$a^2 + b^2 + c^2 \\ge {n}ab - c^3$.",
)


def checked(*steps: str) -> TraceResult:
    return check_trace(TraceRequest("Solve $7x + 15 = 64$.", steps))


@pytest.mark.parametrize(
    "attack", [each for each in COSTING if each.name not in LONG], ids=lambda each: each.name
)
def test_a_costly_trace_ends_by_counting(attack: Attack) -> None:
    start = time.process_time()
    result = check_trace(TraceRequest(attack.problem, attack.steps, attack.response, attack.gold))
    assert time.process_time() - start < MOST_SECONDS
    assert result.validity is not Validity.VALID


@pytest.mark.parametrize("costly", COSTLY)
def test_costly_steps_leave_cheap_ones_their_share(costly: str) -> None:
    expensive = [costly.format(n=n) for n in range(3, 603)]
    result = checked(*expensive, "$12 + 30 = 42$.", "$12 \\cdot 3 = 37$.")
    assert result.steps[-2].verdict is ClaimVerdict.ENTAILED
    assert result.steps[-1].verdict is ClaimVerdict.CONTRADICTED


def test_what_is_left_open_for_its_cost_says_so() -> None:
    result = checked(*(COSTLY[1].format(n=n) for n in range(3, 1003)))
    reasons = {claim.open for step in result.steps for claim in step.claims}
    notes = {claim.note for step in result.steps for claim in step.claims}
    assert OpenReason.TOO_COMPLEX in reasons
    assert any("allowed to the trace" in note for note in notes)


def test_the_same_costly_trace_has_the_same_findings() -> None:
    steps = [COSTLY[n % len(COSTLY)].format(n=n) for n in range(400)]
    assert checked(*steps) == checked(*steps)


@pytest.mark.parametrize(
    "hiding",
    [
        "so $1 = 1$ and that is that. " * 1_000,
        "$1 + 1 = 2$, " * 2_000,
        "<<1+1=2>>" * 600 + "$2 + 2 = 5$",
    ],
)
def test_what_is_not_read_of_a_long_step_is_no_proof(hiding: str) -> None:
    result = check_trace(
        TraceRequest("Compute $2 \\cdot 3$.", ("$2 \\cdot 3 = 6$.", hiding, "\\boxed{6}"), gold="6")
    )
    assert result.validity is not Validity.VALID
    assert result.steps[1].unread
