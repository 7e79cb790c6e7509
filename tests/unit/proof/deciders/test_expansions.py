"""Equalities that expand a product."""

from __future__ import annotations

import pytest

from veridical.math.equality.work import Work
from veridical.math.reader import read_term
from veridical.math.terms import Relation
from veridical.proof.deciders.identities import is_expansion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x+1)(x+2)(x+3) = x^3+6x^2+11x+5", True),
        ("(m+n+p)(mn+mp) = m^2n+m^2p+mn^2+2mnp+mp^2+m^2np", True),
        ("(x+1)^2 = x^2+2x+1", True),
        ("(x+1)(x+2) = x^2", False),
        ("(x+1)(x+2) = (x+3)^2", False),
        ("x^2+2x+1 = x^2+2x+2", False),
        ("(x+1)(y+2) = xy+2x+y+2+z", False),
    ],
)
def test_is_told_by_what_the_sides_share(text: str, expected: bool) -> None:
    relation = read_term(text)
    assert isinstance(relation, Relation)
    assert is_expansion(relation, Work(5_000)) is expected
