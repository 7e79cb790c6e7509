"""Claims on all numbers: refuted by one, and not shown by examples."""

from __future__ import annotations

import pytest

from veridical.proof.check import check_trace
from veridical.proof.model import ClaimVerdict
from veridical.proof.trace import TraceRequest, TraceResult, Validity

EULER = "Is $n^2 + n + 41$ prime for every $n \\ge 0$?"
EXAMPLES = ("For $n = 0$: $0 + 0 + 41 = 41$ is prime.", "For $n = 1$: $1 + 1 + 41 = 43$ is prime.")
SQUARE = "Show that $n(n+10) + 25$ is a perfect square for every integer $n$."


def checked(*steps: str, problem: str = "Let $n$ be a positive integer.") -> TraceResult:
    return check_trace(TraceRequest(problem, steps))


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("So $2^n > n^2$ for all positive integers $n$.", "2"),
        ("Hence $n^2 + n + 41$ is prime for every positive integer $n$.", "40"),
        ("Therefore $n^2 \\ge 2n$ for every integer $n \\ge 1$.", "1"),
        ("For all positive integers $n$, $n^2 - n \\ge n$.", "1"),
        ("So $x^2 \\ge x$ for all real $x$.", "1/2"),
        ("So $n^2 = n + 2$ for every natural number $n$.", "1"),
        ("Thus $n^2 + n$ is odd for every integer $n$.", "0"),
    ],
)
def test_one_number_at_which_it_fails_refutes_it(step: str, value: str) -> None:
    result = checked(step)
    assert result.first_error == 0
    wrong = [claim for claim in result.steps[0].claims if claim.counterexample]
    assert [dict(claim.counterexample).popitem for claim in wrong]
    assert value in {shown for claim in wrong for _, shown in claim.counterexample}


@pytest.mark.parametrize(
    "step",
    [
        "So $2^n > n$ for all positive integers $n$.",
        "So $2^n > n^2$ for all integers $n \\ge 5$.",
        "So $n^2 + n$ is even for every integer $n$.",
        "So $2^n > n^2$ for all sufficiently large $n$.",
        "So $2^n > n^2$ for all positive integers $n$ but a few.",
        "So $n^2 = n + 2$ for every $n$ that we want.",
        "So $f(n) = n$ for all positive integers $n$.",
        "It is not so that $2^n > n^2$ for all positive integers $n$.",
        "So $n^2 - 3n + 2 = 0$ for all odd primes $n$.",
    ],
)
def test_what_holds_or_is_bound_in_other_ways_is_not_refuted(step: str) -> None:
    assert checked(step).first_error == -1


def test_a_false_claim_drawn_from_examples_is_contradicted() -> None:
    result = checked(*EXAMPLES, "So it is prime for every $n$.", problem=EULER)
    assert result.first_error == 2
    assert dict(result.steps[2].claims[0].counterexample) == {"n": "40"}
    assert result.coherence.decided != 1


def test_examples_alone_do_not_show_what_cannot_be_decided() -> None:
    problem = "Is $2^{2n+1} n + 3$ not prime for every positive integer $n$?"
    steps = ("For $n = 1$: $15$ is not prime.", "For $n = 3$: $387$ is not prime.")
    claimed = "So $n^2 + (n + 1)^4$ is not prime for every integer $n \\ge 10^9$."
    result = checked(*steps, claimed, problem=problem)
    assert result.first_error == -1  # its bound is not read, so nothing is said of it
    problem = "Is $4n^4 + 1$ not prime for every $n \\ge 2$?"
    result = checked(*steps, "So it is not prime for every $n > 1$.", problem=problem)
    assert result.steps[2].verdict is ClaimVerdict.NOT_ENTAILED
    argued = ("We have $4n^4 + 1 = (2n^2 + 2n + 1)(2n^2 - 2n + 1)$.",)
    result = checked(*steps, *argued, "So it is not prime for every $n > 1$.", problem=problem)
    assert result.first_error == -1


def test_a_square_that_is_shown_makes_a_valid_proof() -> None:
    shown = (
        "Expand: $n(n+10) + 25 = n^2 + 10n + 25$.",
        "Factor: $n^2 + 10n + 25 = (n+5)^2$.",
        "This is the square of an integer.",
    )
    assert checked(*shown, problem=SQUARE).validity is Validity.VALID
    assumed = (
        "Suppose $n(n+10) + 25 = m^2$ for some integer $m$.",
        "Hence $n(n+10) + 25$ is a perfect square.",
    )
    assert checked(*assumed, problem=SQUARE).validity is Validity.INVALID
    rooted = (
        r"Let $m = \sqrt{n^2 + 1}$.",
        "Thus $n^2 + 1 = m^2$.",
        "This is the square of an integer.",
    )
    false = checked(
        *rooted, problem="Show that $n^2 + 1$ is a perfect square for every integer $n$."
    )
    assert false.steps[2].verdict is ClaimVerdict.UNVERIFIED
    other = (*shown[:2], "So $(n+6)^2$ is a perfect square.")
    assert checked(*other, problem=SQUARE).validity is not Validity.VALID
