from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.code import compare
from veridical.code.compare import compare_output
from veridical.code.submission import CompareMode, Comparison

EXACT, LINES, TOKENS, FLOATS, UNORDERED, _ = (Comparison(mode) for mode in CompareMode)

EQUAL = [
    (EXACT, "a\n", b"a\n"),
    (LINES, "a\nb", b"a \r\nb\t\n\n\n"),
    (LINES, "", b"\n \n"),
    (LINES, "a\n\nb\n", b"a\n \nb"),
    (TOKENS, "1 2\n3", b"1\n2 3\n"),
    (TOKENS, "", b" \n"),
    (FLOATS, "0.333333333333", b"3.333333333330e-01"),
    (FLOATS, "1 yes 2", b"1.0\nyes +2."),
    (FLOATS, "inf", b"inf"),
    (UNORDERED, "a\nb\nb\n", b"b\na \nb"),
]
UNEQUAL = [
    (EXACT, "a\n", b"a"),
    (EXACT, "a", b"a\0"),
    (LINES, "a\nb", b"a\n\nb"),
    (LINES, "a b", b"a  b"),
    (LINES, " a", b"a"),
    (LINES, "a\nb", b"a"),
    (TOKENS, "1 2 3", b"1 2"),
    (TOKENS, "1 2", b"1 2 3"),
    (TOKENS, "12", b"1 2"),
    (FLOATS, "1.5", b"nan"),
    (FLOATS, "1e400", b"inf"),
    (FLOATS, "inf", b"1e999"),
    (FLOATS, "1000", b"1_000"),
    (FLOATS, "3", "٣".encode()),
    (FLOATS, "1.0", b"1.00001"),
    (FLOATS, "1 2", b"1"),
    (UNORDERED, "a\nb\nb\n", b"a\na\nb"),
    (UNORDERED, "a\nb", b"a"),
    *((how, "a\ufffd", b"a\xff") for how in (EXACT, LINES, TOKENS, FLOATS, UNORDERED)),
]


@pytest.mark.parametrize(("how", "expected", "actual"), EQUAL)
def test_equal(how: Comparison, expected: str, actual: bytes) -> None:
    assert compare_output(expected, actual, how) is None


@pytest.mark.parametrize(("how", "expected", "actual"), UNEQUAL)
def test_unequal(how: Comparison, expected: str, actual: bytes) -> None:
    assert compare_output(expected, actual, how) is not None


def test_tolerances_are_those_of_the_task() -> None:
    wide = Comparison(CompareMode.FLOATS, rtol=0.01, atol=0.5)
    assert compare_output("100 0", b"101 0.5", wide) is None
    assert compare_output("100 0", b"101.1 0", wide) is not None
    assert compare_output("0", b"0.51", wide) is not None
    assert compare_output("0", b"1e-300", FLOATS) is not None


def test_a_difference_names_its_place() -> None:
    found = compare_output("1\n2\n3\n", b"1\n7\n3\n", LINES)
    assert found is not None
    assert (found.place, found.expected, found.actual) == ("line 2", "2", "7")


TEXT = st.text(alphabet="ab \t\n\r\x0b\u2003é", max_size=60)


@given(TEXT, TEXT, st.integers(1, 8))
def test_pieces_of_any_size_say_what_splitting_the_whole_says(a: str, b: str, piece: int) -> None:
    plain = {
        TOKENS: a.split() == b.split(),
        LINES: whole_lines(a) == whole_lines(b),
        UNORDERED: sorted(filter(None, every_line(a))) == sorted(filter(None, every_line(b))),
        EXACT: a == b,
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "_PIECE", piece)
        for how, is_equal in plain.items():
            assert (compare_output(a, b.encode(), how) is None) == is_equal, how


def every_line(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]


def whole_lines(text: str) -> list[str]:
    lines = every_line(text)
    while lines and not lines[-1]:
        lines.pop()
    return lines
