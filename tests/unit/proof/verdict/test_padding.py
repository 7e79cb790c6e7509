from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proof_attack_rows import EARNING, Attack

from veridical.proof.check import check_trace
from veridical.proof.trace import TraceRequest, TraceResult, Validity
from veridical.proof.verdict.reward import Accept, BelowCoverage, Outcome, RewardPolicy, judge

LENIENT = RewardPolicy(Accept.UNREFUTED, 0.5, BelowCoverage.UNDECIDED)
TRACES = {
    "valid": TraceRequest(
        "Solve $7x + 15 = 64$.",
        ("We have $7x + 15 = 64$.", "So $7x = 49$.", "Hence $x = 7$."),
        gold="7",
    ),
    "wrong at the end": TraceRequest(
        "Solve $7x + 15 = 64$.",
        ("We have $7x + 15 = 64$.", "So $7x = 49$.", "Hence $x = 8$."),
    ),
    "arithmetic": TraceRequest(
        "Ann has 17 boxes of 23 nails and loses 31 nails. How many are left?",
        ("She has 17 * 23 = 391 nails.", "Then 391 - 31 = 360 are left.", r"\boxed{360}"),
        gold="360",
    ),
    "an open step": TraceRequest(
        "Ann has 17 boxes of 23 nails and loses 31 nails. How many are left?",
        ("She has 17 * 23 = 391 nails.", "Let $q(391) = 5w$.", "So $w = 3v$.", r"\boxed{360}"),
    ),
    "wrong, then right": TraceRequest(
        "Compute $17 \\cdot 23 - 31$.",
        ("$17 \\cdot 23 = 381$.", "$381 - 31 = 350$.", "The answer is $360$."),
        gold="360",
    ),
    "an answer alone": TraceRequest(
        "Find the smallest $p$.", ("Clearly.", r"\boxed{11}"), gold="11"
    ),
}
NUMBERS = st.integers(1_000, 9_999)


def trivia(request: TraceRequest) -> st.SearchStrategy[str]:
    """Steps that are true and say nothing: about fresh numbers and names, or what was said before."""
    sums = st.builds(lambda a, b: f"Note that ${a} + {b} = {a + b}$.", NUMBERS, NUMBERS)
    return st.one_of(
        st.builds(lambda a: f"Clearly ${a} = {a}$.", st.integers(0, 500)),
        st.builds(lambda a: f"Also $0 + {a} = {a}$.", st.integers(0, 500)),
        sums,
        st.just("Of course $(u + 1)^2 = u^2 + 2u + 1$."),
        st.just("As we know, $1 = 1$."),
        *[st.just(step) for step in request.steps[:1] if "381" not in step],
    )


def scores(result: TraceResult) -> tuple[object, ...]:
    return (result.coverage, result.score, result.coherence, result.validity, result.gold)


@pytest.mark.parametrize("name", TRACES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_true_trivial_step_changes_no_score(name: str, data: st.DataObject) -> None:
    request = TRACES[name]
    step = data.draw(trivia(request))
    # What restates the first step comes behind it.
    place = data.draw(st.integers(1, len(request.steps) - 1))
    padded = (*request.steps[:place], step, *request.steps[place:])
    plain, found = check_trace(request), check_trace(replace(request, steps=padded))
    assert scores(found) == scores(plain)
    moved = plain.first_error + (plain.first_error >= place)
    assert found.first_error == moved


@pytest.mark.parametrize("attack", EARNING, ids=lambda attack: attack.name)
def test_what_proves_nothing_earns_nothing(attack: Attack) -> None:
    found = check_trace(TraceRequest(attack.problem, attack.steps, attack.response, attack.gold))
    assert judge(found, LENIENT).outcome is not Outcome.CORRECT
    assert judge(found, RewardPolicy()).outcome is not Outcome.CORRECT
    assert found.validity is not Validity.VALID


@pytest.mark.parametrize("name", ["valid", "arithmetic"])
def test_an_honest_trace_earns_the_reward(name: str) -> None:
    found = check_trace(TRACES[name])
    assert judge(found, RewardPolicy()).outcome is Outcome.CORRECT, found.validity_note
    assert found.coherence.decided == found.coverage == found.score == 1


@pytest.mark.parametrize("attack", EARNING, ids=lambda attack: attack.name)
def test_no_trick_has_a_score_that_its_answer_alone_has_not(attack: Attack) -> None:
    if attack.name == "wrong step, right answer":
        return
    found = check_trace(TraceRequest(attack.problem, attack.steps, attack.response, attack.gold))
    assert not found.score
