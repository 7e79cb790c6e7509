r"""Answers that hang any SymPy-based checker are INCORRECT at once."""

from __future__ import annotations

import time

import pytest

from veridical.math import (
    CompareRequest,
    Comparison,
    Decision,
    MathPolicy,
    MathReason,
    MathRule,
    Outcome,
    conclude,
    decide,
)
from veridical.math.limits import excess
from veridical.math.reader.limits import MAX_CHARACTERS
from veridical.math.worker import compare

HOSTILE = r"""
10^{10^{10}}
2^{10^{10}}
99999999!
9**9**9**9
9^9^9^9
9^{9^{9^{9}}}
\binom{10^9}{5\cdot 10^8}
\dbinom{1000000000}{500000000}
{1000000000 \choose 500000000}
((x+1)^{100})^{100}
(x+1)^{10000}
(x+y+z)^{200}
(1+\sqrt{2})^{100000}
10^{10^{100}}
2^{2^{2^{2^{2^2}}}}
1/99999999!
\frac{1}{10^{10^{10}}}
10^{-10^{10}}
2^{-10^{12}}
(((5!)!)!)!
((9!)!)!
100000!!
10⁹⁹⁹⁹⁹⁹
10^{９９９９９９９}
(10^{10})^{10^{10}}
\left(10^{10}\right)^{10^{10}}
2^{\frac{10^{10}}{3}}
2^{10^{10}+x-x}
e^{10^{10^{10}}}\cdot 2^{10^{9}}
e^{e^{e^{e^{e}}}}
\sin(e^{e^{e^{e}}})
x^{10^{10}}
x^{99999999}+x
\sum_{k=1}^{10^9} k
\sum_{k=1}^{100000} \frac{1}{k}
\prod_{k=1}^{10^6} k
\int_0^1 \sin(x^{x^x}) dx
\int e^{x^2}\sin(x) dx
\lim_{n\to\infty} (1+1/n)^n
\iint xy dx dy
∑_{k=1}^{10^9} k
\Gamma(10^{9})
\operatorname{eye}(10000)
\operatorname{zeros}(100000,100000)
2^{99999999}
(2^{1000})^{1000}
10^{5000000}
1234567890^{1234567890}
1.5^{10^{9}}
0.5^{10^{9}}
(-1)^{10^{30}}2^{10^{30}}
\sqrt[3]{10^{10^{10}}}
\log(10^{10^{10}})
|10^{10^{10}}|
x=10^{10^{10}}
\{10^{10^{10}}\}
(1,10^{10^{10}})
[10^{10^{10}}, \infty)
\begin{pmatrix}10^{10^{10}}\end{pmatrix}
\begin{pmatrix}1&1\\1&0\end{pmatrix}^{100000000}
\begin{pmatrix}x&1\\1&0\end{pmatrix}^{8000}
2**(10**10)
2^(10^10)
2^{10 000 000 000}
2^{10,000,000,000}
10\text{cm}^{10\text{cm}^{10}}
2^{99\text{cm}^{9}}
(a+b+c+d+e+f+g+h)^{12}
9^{9^9} - 9^{9^9}
10^{10^{10}} \bmod 7
42 \cdot 99999999! / 99999999!
""".strip().splitlines()
LONG = {
    "digits": "9" * 100_000,
    "many digits and a point": "1" * 1500 + ".5",
    "nested radicals": r"\sqrt{2+" * 30 + "2" + "}" * 30,
    "nested roots": r"\sqrt{" * 500 + "2" + "}" * 500,
    "nested parentheses": "(" * 900 + "1" + ")" * 900,
    "nested braces": "{" * 300 + "1" + "}" * 300,
    "nested fractions": r"\frac{1}{x+" * 20 + "2" + "}" * 20,
    "a long sum": "1+" * 5000 + "1",
    "many functions": "+".join(rf"\sin({number})" for number in range(40)),
    "a tower without braces": "2^" * 50 + "2",
    "a tower of letters": "x^" * 390 + "x",
    "a tower of braces": "2^{" * 30 + "2" + "}" * 30,
    "signs": "-" * 3000 + "1",
    "a product to expand": "*".join(f"(x+{number})" for number in range(20)),
    "letters": "x" * MAX_CHARACTERS + "+1",
}


@pytest.mark.parametrize("gold", ["42", r"\sqrt{2}", "x=1", "(1,2)"])
@pytest.mark.parametrize("answer", [*HOSTILE, *LONG.values()], ids=[*HOSTILE, *LONG])
def test_is_incorrect_by_counted_work(answer: str, gold: str) -> None:
    found = decide(gold, rf"The answer is \boxed{{{answer}}}.", MathPolicy(), truncated=False)
    if isinstance(found, Comparison):
        found = conclude(found, compare(found.request))
    assert found.outcome is Outcome.INCORRECT
    assert found.reason in {
        MathReason.ANSWER_TOO_COMPLEX,
        MathReason.ANSWER_UNPARSABLE,
        MathReason.NOT_EQUAL,
    }


@pytest.mark.parametrize(
    "answer",
    [
        "2024^{4046}",
        "10^{100}",
        r"\binom{2024}{1012}",
        r"\frac{1}{2004!}",
        "x^{2024}+1",
        r"(x-1)(x-2)(x-3)(x-4)(x-5)",
        r"\sqrt{2+\sqrt{2+\sqrt{2+\sqrt{2}}}}",
        r"e^{-\frac{(x-12)^2}{2\cdot 15^2}}",
        r"x(t) = -\frac{1}{18} e^{-t} + \frac{25}{54} e^{5t} - \frac{11}{27} e^{-4t}",
        r"\begin{pmatrix} 1/5 & 2 \\ -18/5 & x^2 \end{pmatrix}",
        r"\left(1+\frac{0.05}{12}\right)^{120}",
        r"\text{the population doubles every five years}",
        r"(-\infty, -1 - \sqrt{3}] \cup [\sqrt{3} - 1, 1)",
    ],
)
def test_ordinary_answers_are_within_the_limits(answer: str) -> None:
    assert excess(answer, gold="1") == ""


def test_a_sum_is_measured_by_the_gold() -> None:
    assert excess(r"\sum_{k=1}^{n} k", gold=r"\sum_{k=1}^{n} k^2") == ""
    assert excess(r"\sum_{k=1}^{n} k", gold="n") != ""


HIDDEN = [  # found by fuzzing; the gold or the answer is read by math-verify alone
    ("boxed{1 L}", "2^{2^{2^{2\n2}}}"),
    ("boxed{1 L}", r"2^{2^{2^{2\text{}2}}}"),
    ("boxed{1 L}", "2^{2^{2^{2'2}}}"),
    ("boxed{1 L}", r"2^{2^{2^{2\Big 2}}}"),
    # What stands in braces that may be dropped is measured all the same.
    ("boxed{1 L}", r"2\mathbf{9^9^9^9}2"),
    ("boxed{1 L}", r"2\foo{99999999!}!"),
    ("boxed{1 L}", r"3\sin{9^9^9}^2"),
    ("boxed{1 L}", "1E4567891"),
    (r"\binom{0}{\int_0^{A} 3 dx}\text{ km}", "y^{2147483x6}"),
    ("1234567no:t 1E4567891", r"|\pm \infty|"),
    (f"x+{'9' * 140}'!{'9' * 500}", r"\text{rew!\ text{d=1.0;y}"),
    ("2ed{}" + r"\boxed{}" * 490, r"\boxed{1}"),
    ("2 or E,\u00b0,\\infty!", r"\frac{d^{1000}}{y7^{1000}} \tan x"),
    # Read there as the factorial of a factorial.
    (r"\frac{n^2}{2}cases", r"\\pid{20!!}"),
    (r"\boxed{9cases9E" + "9" * 500 + '"9x}', r"\{y\}-3!"),
    ("0." + "9" * 300 + "e" + "9" * 700 + "i`9", r"\{y\}-3!"),
]


@pytest.mark.parametrize(("gold", "answer"), HIDDEN)
def test_what_math_verify_joins_is_measured_as_joined(gold: str, answer: str) -> None:
    start = time.process_time()
    found = compare(CompareRequest(gold, answer, MathPolicy()))
    assert found.rule is MathRule.LIMITS
    assert time.process_time() - start < 1


MEBIBYTE = 1 << 20
FLOODS = [
    r"\boxed{", r"\boxed{}", r"\boxed{1}", r"\boxed{1} and ", r"\fbox{", "{", "}", "{}", "$", "\\",
    "<think>", "</think>", "<think></think>", "<think>a</think>A: 1\n", "<", "<|", "[THINK]", ":",
    ":\n", "A: ", "answer is ", "answer", "#", "\n", " ", "<answer>", "</answer>", "box ", "9", "a",
]  # fmt: skip


@pytest.mark.parametrize("prefix", ["", r"\boxed{", "The answer is the ", "<think>"])
@pytest.mark.parametrize("flood", FLOODS, ids=ascii)
def test_floods_take_linear_time(flood: str, prefix: str) -> None:
    def seconds(size: int) -> float:
        response = prefix + flood * (size // len(flood))
        start = time.process_time()
        found = decide("42", response, MathPolicy(), truncated=False)
        assert isinstance(found, Decision | Comparison)
        assert isinstance(found, Comparison) or found.outcome is Outcome.INCORRECT
        return time.process_time() - start

    # Quadratic time would take 64 times as long for 8 times the text; the floor is for the clock.
    small = max(min(seconds(MEBIBYTE // 32) for _ in range(3)), 0.002)
    assert min(seconds(MEBIBYTE // 4) for _ in range(3)) < 24 * small
