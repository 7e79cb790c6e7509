"""What a trace refutes, it refutes by counterexamples that hold again."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.reader import read_term
from veridical.proof.context import examine
from veridical.proof.deciders import recheck
from veridical.proof.model import (
    PROBLEM,
    Claim,
    ClaimVerdict,
    Domain,
    Examination,
    Fact,
    Role,
    Segment,
    StepReading,
)

WHOLE = st.integers(-9, 9)
FACTOR = st.integers(2, 7)


def claim(text: str, role: Role = Role.DERIVED) -> Claim:
    return Claim(text, 0, len(text), read_term(text), role, 0)


@st.composite
def linear(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A linear equation and its solution in steps, of which any may have slipped."""
    factor, root, rest = draw(FACTOR), draw(WHOLE), draw(WHOLE)
    slips = [draw(st.sampled_from((0, 0, 0, 1, -2))) for _ in range(3)]
    whole = factor * root
    return f"{factor}x+({rest})={whole + rest}", [
        f"{factor}x={whole + slips[0]}",
        f"x=({whole + slips[0]})/{factor}+({slips[1]})",
        f"{factor}*({root})+({rest})={whole + rest + slips[2]}",
    ]


@st.composite
def expanded(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A product and its expansion, of which any coefficient may have slipped."""
    one, two = draw(WHOLE), draw(WHOLE)
    slip, other = draw(st.integers(-1, 1)), draw(st.integers(-1, 1))
    return "y=1", [
        f"(x+({one}))*(x+({two}))=x^2+({one + two + slip})*x+({one * two})",
        f"(x+({one}))^2=x^2+({2 * one})*x+({one * one + other})",
    ]


def refuted(found: Examination, given_: str) -> Counter[ClaimVerdict]:
    """Counts what was refuted with a counterexample, each of which must hold again."""
    told = {PROBLEM: [given_]} | {
        place: [each.claim.text for each in step.claims] for place, step in enumerate(found.steps)
    }
    seen: Counter[ClaimVerdict] = Counter()
    for step in found.steps:
        for checked in step.claims:
            finding = checked.finding
            if not finding.counterexample:
                continue
            used = [
                Fact(read_term(text), premise, Role.DERIVED)
                for premise in finding.premises
                for text in told[premise]
            ]
            statement = checked.claim.statement
            assert statement is not None
            assert recheck(statement, finding, used), (checked, finding.premises)
            seen[finding.verdict] += 1
    return seen


@settings(max_examples=150, deadline=None)
@given(st.one_of(linear(), expanded()))
def test_a_certificate_always_rechecks(trace: tuple[str, list[str]]) -> None:
    problem, lines = trace
    readings = [StepReading(Segment(line), (claim(line),)) for line in lines]
    refuted(examine([claim(problem, Role.GIVEN)], readings, Domain.REAL, text=""), problem)


def test_slips_are_refuted_so() -> None:
    lines = ["3x=7", "x=4", "(x+1)^2=x^2+3*x+1", "2+2=5"]
    readings = [StepReading(Segment(line), (claim(line),)) for line in lines]
    found = examine([claim("3x+1=7", Role.GIVEN)], readings, Domain.REAL, text="")
    assert refuted(found, "3x+1=7").total() >= 3
