r"""Arithmetic in words, and what an expression is said to become."""

from __future__ import annotations

import pytest

from veridical.proof.check import check_trace
from veridical.proof.claims.expressions import asked_expression
from veridical.proof.model import ClaimVerdict
from veridical.proof.trace import TraceRequest

ENTAILED, CONTRADICTED = ClaimVerdict.ENTAILED, ClaimVerdict.CONTRADICTED
RATIO = r"Simplify $\frac{(10r^3)(4r^6)}{8r^4}$."
ROOTS = r"Simplify the following expression: $\sqrt{28 + \sqrt{1296}}$"


def verdicts(step: str, problem: str = "A problem.") -> list[ClaimVerdict]:
    result = check_trace(TraceRequest(problem, (step,)))
    return [claim.verdict for claim in result.steps[0].claims]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("The gcd of 12 and 18 is 6.", ENTAILED),
        ("Now the greatest common divisor of $12$ and $18$ is $4$.", CONTRADICTED),
        (r"We take the GCD of \(2187\) and \(5625\). By Euclid, the GCD is \(3\).", CONTRADICTED),
        ("The least common multiple of 4 and 6 equals 12.", ENTAILED),
        (r"The ceiling of \( \sqrt{60.8} \), which is 8.", ENTAILED),
        (r"We take the ceiling of \( \sqrt{60.8} \), which is 7.", CONTRADICTED),
        ("14.45001 rounded to the nearest tenth is 14.5.", ENTAILED),
        ("$14.45001$ rounded to the nearest tenth: it rounds down to $14.4$.", CONTRADICTED),
        ("14.45 rounded to the nearest tenth is 14.4.", ENTAILED),  # a half may go either way
        (r"Here \(4(x^2 + \frac{1}{2}x)\) equals \(4x^2 + 2x\).", ENTAILED),
        (r"Here \(2(x + 3)\) equals \(2x + 3\).", CONTRADICTED),
        (r"The side is \(\sqrt{2}\) = approximately 1.41.", ENTAILED),
    ],
)
def test_arithmetic_in_words(step: str, expected: ClaimVerdict) -> None:
    assert verdicts(step) == [expected]


@pytest.mark.parametrize(
    "step",
    [
        "If the gcd of 12 and 18 is 5, we are done.",
        "It is not so that the gcd of 12 and 18 is 5.",
        "What is the gcd of 12 and 18?",
        "The gcd of 12 and 18 and 27 is 3.",
        "The gcd of 12x and 18x is 6.",
        "14.46 is rounded to the nearest tenth.",
    ],
)
def test_what_is_asked_supposed_or_denied_is_no_claim(step: str) -> None:
    assert verdicts(step) == []


@pytest.mark.parametrize(
    ("problem", "step", "expected"),
    [
        (RATIO, r"So the expression becomes: \[ \frac{40r^9}{8r^4} \]", [ENTAILED]),
        (RATIO, r"So the expression becomes: \[ \frac{40r^3}{8r^4} \]", [CONTRADICTED]),
        (ROOTS, r"Thus the expression simplifies to $\sqrt{28 + 36}$.", [ENTAILED]),
        (ROOTS, r"So, the expression becomes: $\sqrt{28 + 8}$", [CONTRADICTED]),
        (ROOTS, r"The expression inside the root becomes $28 + 36$.", []),
        (RATIO, r"At $r = 1$ the expression becomes $5$.", None),
        (r"Find $f(2)$.", r"The expression becomes $7$.", []),
    ],
)
def test_what_the_expression_becomes(
    problem: str, step: str, expected: list[ClaimVerdict] | None
) -> None:
    found = verdicts(step, problem)
    assert CONTRADICTED not in found if expected is None else found == expected


@pytest.mark.parametrize(
    "problem",
    [
        "Simplify $x + 1$ where $y = 2$.",
        "Find the least value of $x^2 + 1$.",
        "Simplify $x = 1$.",
        "Compute $7$.",
        "How many are there?",
    ],
)
def test_only_one_expression_alone_is_asked_for(problem: str) -> None:
    assert asked_expression(problem) is None
