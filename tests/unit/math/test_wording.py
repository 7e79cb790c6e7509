"""The one formula of an answer in words."""

from __future__ import annotations

import pytest

from veridical.math.wording import only_formula, without_brackets


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("We find that $x<3$.", "x<3"),
        (r"the matrix is \(A\)", "A"),
        ("Matrix with fractions: $M$", "M"),
        ("exactly 42", "42"),
        (r"\text{exactly } 42", "42"),
        ("the number 42", "42"),
        (r"\text{Answer: } 42 apples", "42 apples"),
    ],
)
def test_an_introduction_is_left_out(text: str, formula: str) -> None:
    assert only_formula(text) == formula


@pytest.mark.parametrize(
    "text",
    [
        "half of $x$",
        "less than 42",
        r"\text{twice } 42",
        "half of: 42",
        "not the total: $42$",
        "The number 42 is interesting",
        "$1$ and $2$",
        "42",
    ],
)
def test_other_words_are_no_introduction(text: str) -> None:
    assert only_formula(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("42 (forty-two)", "42"),
        (r"42 \text{ (forty-two)}", "42"),
        ("1,005 (one thousand and five)", "1,005"),
        ("42 (apples)", "42 apples"),
        ("42 (forty-one)", "42 (forty-one)"),
        ("42 (doubled)", "42 (doubled)"),
        ("2(x)", "2(x)"),
        ("f(x)", "f(x)"),
    ],
)
def test_a_bracket_that_repeats_its_number_is_left_out(text: str, rest: str) -> None:
    assert without_brackets(text) == rest
