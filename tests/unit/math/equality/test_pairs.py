"""Pairs of texts that are equal (`==`) or not (`<>`), each compared both ways round."""

from __future__ import annotations

from pathlib import Path

import pytest

from veridical.math.equality import compare_terms
from veridical.math.policy import MathPolicy
from veridical.math.reader import read_term

PAIRS = Path(__file__).with_name("pairs.txt")


def _sections() -> dict[str, list[tuple[str, str, bool]]]:
    sections: dict[str, list[tuple[str, str, bool]]] = {}
    name = ""
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            name = line[2:]
        elif line:
            mark = " == " if " == " in line else " <> "
            left, right = line.split(mark)
            sections.setdefault(name, []).append((left, right, mark == " == "))
    return sections


SECTIONS = _sections()


@pytest.mark.parametrize("section", SECTIONS)
def test_pairs_are_told_apart(section: str) -> None:
    wrong = []
    for left, right, equal in SECTIONS[section]:
        for gold, answer in ((left, right), (right, left)):
            found = compare_terms(read_term(gold), read_term(answer), MathPolicy())
            if found.equal is not equal:
                wrong.append((gold, answer, found))
    assert not wrong
