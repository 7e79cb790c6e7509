"""Numbers of a text: digits, fractions, percents, number words and words such as dozen or half."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

MAX_DIGITS = 18
"""Longest number that is read, in digits."""
MAX_TOKENS = 5_000
"""Words and numbers of one text that are looked at."""

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "billion": 10**9}
_PARTS = {
    "half": 2, "halves": 2, "halved": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5,
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20,
}  # fmt: skip
_COUNTS = {
    "once": 1, "single": 1, "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2,
    "pair": 2, "couple": 2, "both": 2, "twin": 2, "thrice": 3, "triple": 3, "tripled": 3,
    "triples": 3, "triplet": 3, "trio": 3, "quadruple": 4, "quadrupled": 4, "quintuple": 5, "dozen": 12,
    "score": 20, "decade": 10, "century": 100, "fortnight": 14, "weekend": 2, "weekday": 5,
}  # fmt: skip

_TOKEN = re.compile(
    r"(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s*/\s*(?P<below>\d+))?"
    r"(?P<percent>\s*(?:\\?%|percent\b|per cent\b))?|(?P<word>[A-Za-z]+)"
)


def numbers(text: str) -> frozenset[Fraction]:
    """The numbers that a text gives, with what it says of them.

    A percentage gives itself, its fraction, and what is left or made by it (20 %: 20, 1/5, 80, 4/5,
    120, 6/5); a fraction gives its parts and its complement; `half` gives 2 and 1/2.
    """
    found: set[Fraction] = set()
    run: list[Fraction] = []
    for match in islice(_TOKEN.finditer(text), MAX_TOKENS):
        if match["word"]:
            found.update(_parts_of(run, match["word"].lower()))
            run = _extended(run, match["word"].lower())
            found.update(run)
            found.update(_part(match["word"].lower()))
        else:
            value = _value(match["digits"])
            run = [value]
            found.update(_written(match, value))
    return frozenset(found)


def _value(digits: str) -> Fraction:
    return Fraction(digits.replace(",", "")[:MAX_DIGITS].rstrip(".") or "0")


def _written(match: re.Match[str], value: Fraction) -> Iterator[Fraction]:
    yield value
    below = _value(match["below"]) if match["below"] else Fraction(0)
    if below:
        yield from (below, *_share(value / below))
    if match["percent"]:
        yield from (100 - value, 100 + value, *_share(value / 100))


def _share(part: Fraction) -> tuple[Fraction, ...]:
    """A share, what is left without it, and what is made by adding it."""
    return part, 1 - part, 1 + part


def _extended(run: list[Fraction], word: str) -> list[Fraction]:
    """The values of a run of number words as it stands after one more word; the last is the whole."""
    if word == "and":
        return run
    if word in _SCALES:
        scaled = (run[-1] if run else Fraction(1)) * _SCALES[word]
        return [scaled]
    value = _UNITS.get(word)
    if value is None:
        return []
    # "twenty-five" and "two hundred five" add up; "five, six" does not.
    joins = bool(run) and run[-1] >= 20 and run[-1] % 10 == 0 and value < run[-1]
    return [Fraction(value), run[-1] + value] if joins else [Fraction(value)]


def _parts_of(run: list[Fraction], word: str) -> Iterator[Fraction]:
    """What `three fifths` gives: three fifths, and what is left."""
    below = _PARTS.get(word.removesuffix("s"))
    if below and run and 0 < run[-1] < below:
        yield from _share(run[-1] / below)


def _part(word: str) -> Iterator[Fraction]:
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in _PARTS:
            yield from (Fraction(_PARTS[form]), *_share(Fraction(1, _PARTS[form])))
        if form in _COUNTS:
            yield Fraction(_COUNTS[form])


_LIST = re.compile(
    r"((?:\b[\w'-]+(?: [\w'-]+){0,3}, ){1,20})(?:and |or )?[\w'-]+(?: [\w'-]+){0,3}( and [\w'-]+)?"
)


def listed(text: str) -> frozenset[Fraction]:
    """How many members the lists of a text have: `Nick, Richard, Jason and DJ` gives 3 and 4."""
    found: set[Fraction] = set()
    for match in _LIST.finditer(text):
        members = match[1].count(",") + 1
        found |= {Fraction(members), Fraction(members + 1)}
    return frozenset(found)
