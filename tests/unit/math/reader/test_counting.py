"""What words behind a number count, and words there that may say something else."""

from __future__ import annotations

import pytest

from veridical.math.reader import ReadError, read_term
from veridical.math.reader.counting import match_counted
from veridical.math.reader.vocabulary import spelt_out
from veridical.math.terms import Quantity

COUNTED = [
    ("apples", "apple"),
    ("small green apples", "small green apple"),
    ("boys and girls", "boy"),
    ("people in the room", "people"),
    ("gallons of water", "gal"),
    ("bags of red apples", "bag"),
    ("apples per day", "apple/day"),
    ("apples a day", "apple/day"),
    ("dollars each week", "dollar/week"),
    ("per person", "/person"),
    ("years old", "year"),
    ("feet tall", "ft"),
    ("tickets sold", "ticket"),
    ("in total", ""),
    ("exactly", ""),
    ("minutes in all", "min"),
]
OTHER = [
    "doubled", "tenths", "thousand", "dozen eggs", "pairs of apples", "fewer apples", "apples doubled",
    "apples too many", "kg inverted", "octal", "in binary", "on average not", "of a hundred", "apples per dozen",
    "less", "plus", "thus", "perhaps", "apple", "small green apple", "boys and twice",
]  # fmt: skip


def written(unit: tuple[tuple[str, int], ...]) -> str:
    return "".join(name if exponent > 0 else f"/{name}" for name, exponent in unit)


@pytest.mark.parametrize(("words", "unit"), COUNTED)
def test_words_that_count(words: str, unit: str) -> None:
    found = match_counted(words, 0)
    assert found is not None
    assert found.end == len(words)
    assert written(found.unit) == unit


@pytest.mark.parametrize("words", OTHER)
def test_words_that_may_say_something_else(words: str) -> None:
    found = match_counted(words, 0)
    assert found is None or found.end < len(words)


@pytest.mark.parametrize("number", ["1", "0.5", ".5", r"\frac{1}{2}"])
def test_no_more_than_one_needs_no_plural(number: str) -> None:
    for text in (f"{number} apple", rf"{number}\text{{ apple}}"):
        assert isinstance(read_term(text), Quantity)


@pytest.mark.parametrize("number", ["2", "10", "1.5"])
def test_more_than_one_needs_a_plural_in_an_answer(number: str) -> None:
    text = rf"{number}\text{{ apple}}"
    assert isinstance(read_term(text, trusted=True), Quantity)
    with pytest.raises(ReadError):
        read_term(text)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (14, "fourteen"),
        (42, "forty two"),
        (60, "sixty"),
        (105, "one hundred five"),
        (2000, "two thousand"),
        (999_999, "nine hundred ninety nine thousand nine hundred ninety nine"),
        (1_000_000, ""),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert spelt_out(number) == words
