"""Equalities that hold on a part of their domain are no identities."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.reader import read_term
from veridical.proof.deciders import decide
from veridical.proof.model import ClaimVerdict, Domain, Fact, Role

ENTAILED, UNVERIFIED = ClaimVerdict.ENTAILED, ClaimVerdict.UNVERIFIED
PARTIAL = [
    r"\sqrt{(L)^2} = L",
    r"|L| = L",
    r"|L| = -(L)",
    r"((L)^2)^{1/2} = L",
    r"\arcsin(\sin(L)) = L",
    r"\arccos(\cos(L)) = L",
    r"\lfloor L \rfloor = L",
    r"\lceil L \rceil = L",
    r"\cos(L) = \sqrt{1 - \sin^2(L)}",
    r"\sin(L) = \sqrt{1 - \cos^2(L)}",
    r"\ln((L)^2) = 2\ln(L)",
    r"\max(L, 2) = L",
]
WHOLE = [
    r"\sqrt{(L)^2} = |L|",
    r"|L|^2 = (L)^2",
    r"\sqrt[3]{(L)^3} = L",
    r"\ln(e^{L}) = L",
    r"\lfloor L + 1 \rfloor = \lfloor L \rfloor + 1",
    r"\sin^2(L) + \cos^2(L) = 1",
]


def verdict(text: str, domain: Domain = Domain.REAL, *facts: str) -> ClaimVerdict:
    given_ = [Fact(read_term(fact), -1, Role.GIVEN) for fact in facts]
    return decide(read_term(text), given_, domain).verdict


@st.composite
def linear(draw: st.DrawFn) -> str:
    """A linear expression of x that takes both signs and non-integers."""
    factor = draw(st.sampled_from((1, 2, 3, -1, -2)))
    return f"{factor}x + ({draw(st.integers(-3, 3))})"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PARTIAL), linear())
def test_what_fails_on_a_branch_is_not_entailed(form: str, inner: str) -> None:
    assert verdict(form.replace("L", inner)) is not ENTAILED


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(WHOLE), linear())
def test_what_holds_on_all_branches_is(form: str, inner: str) -> None:
    assert verdict(form.replace("L", inner)) is ENTAILED


@pytest.mark.parametrize(
    "text",
    [
        r"\sqrt{xy} = \sqrt{x}\sqrt{y}",
        r"\ln(xy) = \ln x + \ln y",
        r"\ln(x^2) = 2\ln x",
        r"(\sqrt{x})^2 = x",
    ],
)
def test_the_domain_or_facts_may_leave_one_branch(text: str) -> None:
    assert verdict(text) is UNVERIFIED
    assert verdict(text, Domain.POSITIVE) is ENTAILED
    assert verdict(text, Domain.REAL, "x > 0", "y > 0") is ENTAILED
