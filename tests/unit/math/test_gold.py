from __future__ import annotations

import pytest

from veridical.math import Decision, MathPolicy, MathReason, Outcome, decide
from veridical.math.gold import gold_fault

BROKEN = r"""
\frac{
\frac{1}{
(((
x +
\left(
\left(1,2
-
the cat)
\badcmd{3}
18\n
1/0
\frac{x}{0.00}
nan
None
null
N/A
???
...
\frac{}{2}
\frac12 +
\frac1
\sqrt{}
x^
(x+)
2\times
\{1,2
[1,2\}
\begin{pmatrix}1
A: 18
The answer is 18
She has 18 eggs
18 or 17
maybe 3
""".strip().splitlines()
SOUND = r"""
no solution
the cat
Evelyn
(C)
A-
[0,1)
]0,1[
[0,1[
(-\infty, 2]\cup(3,4)
\left[0,1\right)
\left\{\begin{array}{l}x=1\\y=2\end{array}\right.
\begin{pmatrix}1\\2\end{pmatrix}
\{\}
>
\emptyset
H^+
\text{Ca}^{2+}
x=1 or x=2
x<1 \text{ or } x>3
1/0.5
\frac12
\frac\pi2
\text{None}
\{x|x<3\}
x^*
50 km/h
2 hours and 5 minutes
x \equiv 1 \pmod{5}
infinitely many
1 = \zzz = x = 0
""".strip().splitlines()


@pytest.mark.parametrize("gold", BROKEN)
@pytest.mark.parametrize("response", ["A: 1", r"\boxed{\frac{}", "", "same"])
def test_a_broken_gold_has_no_reward_whatever_the_response(gold: str, response: str) -> None:
    response = rf"\boxed{{{gold}}}" if response == "same" else response
    found = decide(gold, response, MathPolicy(), truncated=False)
    assert isinstance(found, Decision)
    assert (found.outcome, found.reason) == (Outcome.UNDECIDED, MathReason.GOLD_UNPARSABLE)
    assert found.detail.startswith("the gold is unsound: it")


@pytest.mark.parametrize("gold", SOUND)
def test_a_sound_gold_is_no_fault(gold: str) -> None:
    assert gold_fault(gold) == ""


@pytest.mark.parametrize("gold", SOUND)
def test_a_sound_gold_equals_itself(gold: str) -> None:
    found = decide(gold, rf"\boxed{{{gold}}}", MathPolicy(), truncated=False)
    assert isinstance(found, Decision)
    assert found.outcome is Outcome.CORRECT


def test_the_answer_of_a_whole_solution_is_the_gold() -> None:
    found = decide(r"First 3 eggs, then 4. So \boxed{12}.", "12", MathPolicy(), truncated=False)
    assert isinstance(found, Decision)
    assert (found.outcome, found.evidence.gold_normal) == (Outcome.CORRECT, "12")
