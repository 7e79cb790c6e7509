"""Values of expressions from values of others."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.reader import read_term
from veridical.math.terms import Number, Relation
from veridical.proof.check import check_trace
from veridical.proof.deciders import decide, recheck
from veridical.proof.model import ClaimVerdict, Domain, Fact, Method, Role
from veridical.proof.trace import TraceRequest

SMALL = st.integers(-6, 6)


@settings(max_examples=40, deadline=None)
@given(
    SMALL,
    SMALL,
    st.integers(-2, 2),
    st.sampled_from(["x^2 + y^2", "x^3 + y^3", "x^2y + xy^2", "(x - y)^2"]),
)
def test_symmetric_expressions_follow_from_sum_and_product(
    x: int, y: int, slip: int, form: str
) -> None:
    facts = [Fact(read_term(text), 0, Role.GIVEN) for text in (f"x + y = {x + y}", f"xy = {x * y}")]
    values = {"x^2 + y^2": x**2 + y**2, "x^3 + y^3": x**3 + y**3, "x^2y + xy^2": x * y * (x + y)}
    value = values.get(form, (x - y) ** 2) + slip
    goal = Relation("=", read_term(form), Number(Fraction(value)))
    found = decide(goal, facts, Domain.REAL)
    assert found.verdict is (ClaimVerdict.CONTRADICTED if slip else ClaimVerdict.ENTAILED)
    if slip and found.method is Method.ELIMINATION:
        assert recheck(goal, found, facts)


def test_functions_count_as_unknowns() -> None:
    problem = r"If $\sin x + \cos x = \frac12$, find $\sin^3 x + \cos^3 x$."
    squared = r"Squaring, $\sin x \cos x = -\frac38$."
    right = check_trace(
        TraceRequest(problem, (squared, r"So $\sin^3 x + \cos^3 x = \frac{11}{16}$."))
    )
    assert right.first_error == -1
    assert right.steps[1].verdict is ClaimVerdict.ENTAILED
    wrong = check_trace(
        TraceRequest(problem, (squared, r"So $\sin^3 x + \cos^3 x = \frac{19}{16}$."))
    )
    assert wrong.first_error == 1
    assert dict(wrong.steps[1].claims[0].counterexample) == {"left": "11/16", "right": "19/16"}
