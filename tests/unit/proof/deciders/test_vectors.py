r"""Vectors and matrices of constants, from the text of a step: decided entry by entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.proof.check import check_trace
from veridical.proof.model import ClaimVerdict
from veridical.proof.trace import TraceRequest

ENTRY = st.integers(-9, 9)
ENTAILED, CONTRADICTED = ClaimVerdict.ENTAILED, ClaimVerdict.CONTRADICTED
UNVERIFIED = ClaimVerdict.UNVERIFIED


def verdict(statement: str) -> ClaimVerdict:
    return check_trace(TraceRequest("", (f"${statement}$",))).steps[0].verdict


def matrix(*rows: tuple[object, ...], kind: str = "pmatrix") -> str:
    inside = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
    return rf"\begin{{{kind}}} {inside} \end{{{kind}}}"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (r"(1, \frac12, 0) - (\frac12, 0, 0) = (\frac12, \frac12, 0)", ENTAILED),
        (r"(1, \frac12, 0) - (\frac12, 0, 0) = (\frac12, \frac12, 1)", CONTRADICTED),
        (f"{matrix((1, 2), (3, 4))}^2 = {matrix((7, 10), (15, 22))}", ENTAILED),
        (f"{matrix((1, 2), (3, 4))}^2 = {matrix((1, 4), (9, 16))}", CONTRADICTED),
        (f"{matrix((1, 2), (3, 4))}^{{-1}} = {matrix((-2, 1), ('3/2', '-1/2'))}", ENTAILED),
        (f"{matrix((1, 2), (3, 4), kind='vmatrix')} = 4 - 6 = -2", ENTAILED),
        (f"{matrix((1, 2, 3), (0, 4, 5), (1, 0, 6), kind='vmatrix')} = 21", CONTRADICTED),
        (r"2 \langle 1, 3 \rangle = \langle 2, 6 \rangle", ENTAILED),
    ],
)
def test_entries_decide(statement: str, expected: ClaimVerdict) -> None:
    assert verdict(statement) is expected


@pytest.mark.parametrize(
    "statement",
    [
        "(252, 198) = (198, 54)",
        f"{matrix((5,), (2,))} = 10",
        f"{matrix((1,), (2,))} \\cdot {matrix((3,), (4,))} = 12",
        f"{matrix((1, 2), (3, 4))} = {matrix((1, 2))}",
    ],
)
def test_what_may_be_no_vector_is_left_open(statement: str) -> None:
    assert verdict(statement) is UNVERIFIED


@given(st.lists(ENTRY, min_size=8, max_size=8), st.integers(1, 5), st.integers(0, 3))
def test_products_of_two_by_two(entries: list[int], slip: int, at: int) -> None:
    a, b, c, d, e, f, g, h = entries
    right = [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
    product = matrix((a, b), (c, d)) + matrix((e, f), (g, h))
    assert verdict(f"{product} = {matrix((right[0], right[1]), (right[2], right[3]))}") is ENTAILED
    right[at] += slip
    wrong = matrix((right[0], right[1]), (right[2], right[3]))
    assert verdict(f"{product} = {wrong}") is CONTRADICTED
