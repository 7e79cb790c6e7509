r"""Equations put forward as the one before, rewritten: only where the words say just that."""

from __future__ import annotations

import pytest

from veridical.proof.check import check_trace
from veridical.proof.model import ClaimVerdict
from veridical.proof.trace import TraceRequest, TraceResult

WRONG = {ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED}


def checked(*steps: str, problem: str = "") -> TraceResult:
    return check_trace(TraceRequest(problem, steps))


@pytest.mark.parametrize(
    "steps",
    [
        (r"We have \[ a + ar + a(r+1) = 79. \] Combine like terms: \[ a(2 + 2r^2) = 79. \]",),
        (r"Then $0.99B + 1.01B + B = 4500$.", "Combine like terms: $3.01B = 4500$."),
        (r"It follows that $2x + 6y = 10 \implies x + 3y = 10$.",),
        (
            r"Substitute into this equation: $3J + 10 = 100 - J - J$. This simplifies to $5J + 20 = 100$.",
        ),
        ("So\n\\[18 = -2 + 4 + c\\]\n\\[c = 18 - 2 + 4\\]",),
        ("The sum is $3 + r(2 + 3 + 6) = 3 + 2r + 3r + 6r = 3 + 15r$.",),
        ("We have $r^2 - 7r + b = 0$.", "From these equations we know $b = r^2 - 7r$."),
        ("Here $y = 40$.", "Now $4y = 260$, and thus $y = 40$."),
        (r"We have \[ x^2 - 5x + 3 = 0 \] Rearranging gives \[ x^2 - 5x = 3. \]",),
        (
            r"We have \[ 3x^4 + y^4 + x^2y^2 = 30. \] This is equivalent to \[ 3x^4 + y^4 - x^2y^2 = 30. \]",
        ),
        (
            r"\[ \frac{n}{2}(10 + \frac{90(n-1) - 360}{n-5}) = 700 \] \[ \frac{n}{2}(10 + \frac{90n - 450}{n-5}) = 700 \] \[ \frac{n}{2}(\frac{100n - 450}{n-5}) = 700 \]",
        ),
        (r"We find $\sqrt{x + 2} = x - 1$. Simplifying, $x + 2 = x^2 - 2x - 1$.",),
        (
            r"Then \[ \tan^2 a = \frac{(3 - \sqrt5)^2}{4}. \] After simplifying, \[ \tan^2 a = \frac{14 - 6\sqrt5}{8} + 1. \]",
        ),
        (r"So \[ A = 8 \cdot 2 + 1 \] \[ A = 18 \]",),
        (
            r"We have $(x + y)(x^2 + 1) = 5$. Expanding the left side, we get $x^3 + x^2y + x - y = 5$.",
        ),
        (r"Expanding, $(1 - 2x)(x - f(x)) + f(x) = x - f(x) - 2x^2 + 2x f(x) - f(x)$.",),
        (
            "So\n\\[\n24 - 9a = \\frac{9 + 3a + b - 10}{3}\n\\]\n\\[\n24 - 9a = \\frac{8 + 3a + b}{3}\n\\]",
        ),
    ],
)
def test_a_slip_in_rewriting_is_an_error_of_that_step(steps: tuple[str, ...]) -> None:
    result = checked(*steps)
    assert result.first_error == len(steps) - 1
    assert result.steps[-1].verdict in WRONG
    assert any(claim.counterexample for claim in result.steps[-1].claims)


@pytest.mark.parametrize(
    "steps",
    [
        ("We have $x + y = 3$.", "Subtracting the second equation, $x - y = 1$."),
        ("We have $y + z/x = 2$.", "Substituting for $z$ and simplifying, $y + x = 2$."),
        ("Substitute into the second: $y + z/x = 2 \\implies y + z^2 = 2$.",),
        ("The lines are\n\\[ x + y = 3 \\]\n\\[ x - y = 1 \\]",),
        ("Here $ab = 100$. Next, the pairs with $ab = 99$ remain.",),
        ("Then $y = 2x + 1 = x + 5$.", "Hence $x = 4$."),
        ("We solve $2(x + 1) = 2x + 2 = x + 7$.", "So $x = 5$."),
        ("We have $r^2 - 7r + b = 0$.", "Hence $b = 7r - r^2$."),
        ("The sum is $x^2 + y = 3$.", "The difference is $x^2 - y = 1$."),
        ("So\n\\[18 = -2 + 4 + c\\]\n\\[c = 18 + 2 - 4\\]",),
        ("Combining these, $x > 2$. Therefore, $x = 4$ is valid, but $x = -3$ is not.",),
        (r"We have \[ x^2 - 5x + 3 = 0 \] Rearranging gives \[ x^2 + 3 = 5x. \]",),
        (r"We find $\sqrt{x + 2} = x - 1$. Squaring, $x + 2 = x^2 - 2x + 1$.",),
        ("We have $(u - v)^2 - k^2 = 16$.", "For the factor pair $(1, 16)$, $u - v - k = 1$."),
        (
            r"Then $n^2 - mn = \pm 1$. There are two cases: first, $n^2 - mn = 1$ and second, $n^2 - mn = -1$.",
        ),
        (r"The roots are \[ x = 2 \] \[ x = 3 \]",),
        (r"The lines are \[ y = 2x + 1 \] \[ y = 3x - 4 \]",),
        (r"The circles are \[ x^2 + y^2 = 4 \] \[ x^2 - 2x + y^2 = 4 \]",),
        (r"First, $f(1) = 2 + 1$. For the other one, $f(1) = 4$.",),
        (r"So \[ A = 8 \cdot 2 + 1 \] \[ A = 17 \]",),
        (r"We have $x^2 + xy = 5$. Expanding the left side with $y = 2$, we get $x^2 + 2x = 5$.",),
        ("Let $z = 5$.", "So $x + z = 12$.", "Simplifying, $x + z = 7 + z$."),
    ],
)
def test_where_more_than_the_equation_before_may_be_meant_nothing_is_wrong(
    steps: tuple[str, ...],
) -> None:
    assert checked(*steps).first_error == -1
