"""What a trace makes of each claim: scopes, side conditions, errors that are only inherited."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.reader import read_term
from veridical.math.terms import Number, Relation, Sum
from veridical.proof.context import examine
from veridical.proof.model import (
    Claim,
    ClaimVerdict,
    Domain,
    ErrorKind,
    Examination,
    Role,
    Segment,
    StepReading,
)

ASSUMED, ENTAILED = ClaimVerdict.ASSUMED, ClaimVerdict.ENTAILED
CONTRADICTED, NOT_ENTAILED = ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED
UNVERIFIED, NO_CLAIM = ClaimVerdict.UNVERIFIED, ClaimVerdict.NO_CLAIM


def claim(text: str, role: Role = Role.DERIVED, chain: int = 0, case: str = "") -> Claim:
    return Claim(text, 0, len(text), read_term(text), role, chain, case=case)


def step(text: str, *claims: Claim, closes_case: bool = False) -> StepReading:
    return StepReading(Segment(text), claims, closes_case)


def examined(problem: list[Claim], *steps: StepReading, text: str = "") -> Examination:
    return examine(problem, steps, Domain.REAL, text=text)


def verdicts(examination: Examination) -> list[ClaimVerdict]:
    return [each.verdict for each in examination.steps]


def given_(text: str) -> Claim:
    return claim(text, Role.GIVEN)


def test_a_right_solution_is_entailed_step_by_step() -> None:
    found = examined(
        [given_("8x+9=73")],
        step("We have", claim("8x+9=73")),
        step("Subtract 9", claim("8x=64")),
        step("Divide by 8", claim("x=8")),
        step("The answer", claim("8", Role.ANSWER)),
    )
    assert verdicts(found) == [ENTAILED] * 4
    assert found.steps[3].claims[0].finding.premises == (2,)


def test_what_follows_a_wrong_step_inherits_its_error() -> None:
    found = examined(
        [given_("5x+15=50")],
        step("We have", claim("5x+25=50")),
        step("Subtract 25", claim("5x=25")),
        step("Divide by 5", claim("x=5")),
    )
    first = found.steps[0]
    assert (first.verdict, first.inherits) == (NOT_ENTAILED, False)
    assert first.claims[0].finding.error is ErrorKind.PREMISE
    assert [(each.inherits, each.pair) for each in found.steps[1:]] == [(True, ENTAILED)] * 2


def test_a_value_against_a_given_one() -> None:
    found = examined(
        [given_("x=2"), given_("y=8")],
        step("Then", claim("x=8")),
        step("So", claim("x+y=16")),
    )
    assert found.steps[0].verdict is CONTRADICTED
    assert found.steps[1].inherits


@pytest.mark.parametrize(
    ("problem", "words", "goal", "verdict"),
    [
        ("-2x<12", "Dividing by -2 gives", "x<-6", CONTRADICTED),
        ("-2x<12", "Dividing by -2 gives", "x>-6", ENTAILED),
        ("(x-4)(x-8)=0", "Hence", "x=4", NOT_ENTAILED),
        ("(x-4)(x-8)=0", "Hence, as x is positive and less than 5,", "x=4", UNVERIFIED),
        ("x^2=4", "So", "x=\\pm 2", ENTAILED),
    ],
)
def test_moves(problem: str, words: str, goal: str, verdict: ClaimVerdict) -> None:
    found = examined([given_(problem)], step(words, claim(goal)))
    assert verdicts(found) == [verdict]


def test_both_values_of_one_step_are_alternatives() -> None:
    several = claim("x=5"), claim("x=2", chain=1)
    problem = [given_("\\sqrt{x-1}=x-3")]
    squared = step("Square and collect", claim("x^2-7x+10=0"))
    roots = step("The roots are", *several)
    both = step("Both values solve the original equation.", *several)
    found = examined(problem, squared, roots, both)
    assert found.steps[1].verdict is ENTAILED
    assert found.steps[2].verdict is NOT_ENTAILED


def test_cancelling_what_may_be_zero() -> None:
    found = examined(
        [],
        step("Let", claim("a=b", Role.DEFINITION)),
        step("Factor", claim("(a-b)(a+b)=b(a-b)")),
        step("Cancel a-b", claim("a+b=b")),
    )
    assert verdicts(found) == [ASSUMED, ENTAILED, NOT_ENTAILED]


def test_an_assumption_against_the_problem() -> None:
    problem = [given_("x+2=10")]
    assumed = step("Assume also", claim("x+2=11", Role.ASSUMPTION))
    absurd = step("Then", claim("10=11"))
    used = step("From a contradiction anything follows, so", claim("x=10"), closes_case=True)
    found = examined(problem, assumed, absurd, used)
    assert found.steps[0].verdict is NOT_ENTAILED
    assert all(each.inherits for each in found.steps[1:])
    dropped = step("This is a contradiction.", closes_case=True)
    assert examined(problem, assumed, dropped).steps[0].verdict is ASSUMED


def test_facts_of_a_case_end_with_it() -> None:
    found = examined(
        [],
        step("Case 1", claim("n=2", Role.CASE, case="1"), claim("n+1=3", case="1")),
        step("Case 2", claim("n=5", Role.CASE, case="2"), claim("n+1=6", case="2")),
        step("In all", claim("n+1=3")),
    )
    assert verdicts(found)[:2] == [ASSUMED, ASSUMED]
    assert found.steps[1].claims[1].finding.verdict is ENTAILED
    assert found.steps[2].verdict is UNVERIFIED


def test_a_name_defined_anew_stands_for_something_else() -> None:
    found = examined(
        [],
        step("Let", claim("t=3", Role.DEFINITION)),
        step("Now let", claim("t=7", Role.DEFINITION)),
        step("So", claim("2t=14")),
    )
    assert verdicts(found) == [ASSUMED, ASSUMED, ENTAILED]


def test_an_identity_in_a_chain_and_an_equation_to_be_solved() -> None:
    links = claim("S=(x+1)(x+2)"), claim("(x+1)(x+2)=x^2+4x+2")
    assert examined([], step("Expand:", *links)).steps[0].verdict is CONTRADICTED
    equation = step("Set them equal:", claim("2x+1=x^2+2"))
    solved = step("Hence", claim("x=1"))
    assert examined([], equation, solved).steps[0].verdict is UNVERIFIED


def test_words_without_claims() -> None:
    found = examined([], step("Clearly."))
    assert verdicts(found) == [NO_CLAIM]


numbers = st.integers(-30, 30)


@st.composite
def sums(draw: st.DrawFn) -> Claim:
    left, right, total = draw(numbers), draw(numbers), draw(numbers)
    total = left + right if draw(st.booleans()) else total
    both = Sum((Number(Fraction(left)), Number(Fraction(right))))
    statement = Relation("=", both, Number(Fraction(total)))
    return Claim(f"{left}+{right}={total}", 0, 1, statement)


@given(st.permutations([0, 1, 2, 3]), st.lists(sums(), min_size=4, max_size=4))
@settings(max_examples=40)
def test_the_order_of_independent_steps_changes_no_verdict(
    order: list[int], claims: list[Claim]
) -> None:
    steps = [step("Then", each) for each in claims]
    straight = verdicts(examined([], *steps))
    mixed = verdicts(examined([], *(steps[at] for at in order)))
    assert mixed == [straight[at] for at in order]


@given(st.integers(0, 4))
@settings(max_examples=10)
def test_a_true_trivial_step_changes_no_other_verdict(at: int) -> None:
    steps = [
        step("We have", claim("8x+9=73")),
        step("Subtract 9", claim("8x=60")),
        step("Divide by 8", claim("x=8")),
        step("So", claim("2x=16")),
    ]
    problem = [given_("8x+9=73")]
    plain = verdicts(examined(problem, *steps))
    padded = [*steps[:at], step("Note that", claim("2+2=4")), *steps[at:]]
    found = verdicts(examined(problem, *padded))
    assert found == [*plain[:at], ENTAILED, *plain[at:]]


def test_the_cost_is_linear_in_the_steps() -> None:
    def seconds(count: int) -> float:
        steps = [
            step("Then", claim(f"x+{n % 50}=y"), claim(f"{n % 90}+1={n % 90 + 1}"))
            for n in range(count)
        ]
        start = time.process_time()
        examined([given_("x+y=10")], *steps)
        return time.process_time() - start

    seconds(20)
    assert seconds(1200) < 12 * seconds(200) + 0.2
