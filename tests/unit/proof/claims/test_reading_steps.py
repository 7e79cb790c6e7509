"""Claims of steps: what is read, as what, and what is not a claim."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math.terms import Apply, Logic, Relation, Term
from veridical.proof.claims import read_problem, read_steps
from veridical.proof.claims.reading import read_side
from veridical.proof.model import Claim, Role, Segment


def read(*steps: str, problem: str = "") -> list[Claim]:
    readings = read_steps(read_problem(problem), [Segment(step) for step in steps])
    return [claim for reading in readings for claim in reading.claims]


def side(text: str) -> Term:
    term = read_side(text, frozenset("ei"))
    assert term is not None
    return term


def links(*sides: str) -> list[Term]:
    """Return the equations of a chain."""
    return [Relation("=", side(a), side(b)) for a, b in pairwise(sides)]


CHAINS = [
    ("Total cost = Cost per gallon * gallons = $3.5 * 4000 = $14,000.", ["3.5*4000", "14000"]),
    (r"\[ \text{Total} = 5 \times \$30 = \$150 \]", ["5*30", "150"]),
    (r"so \(3 \times 4\) = 12 eggs, as said", ["3*4", "12"]),
    ("She sells 16-3-4 duck eggs, 16 - 3 - 4 = 9 a day.", ["16-3-4", "9"]),
    ("2 days * 2 hours/day = 4 hours of class", ["2*2", "4"]),
    (
        "(3 hours + 4 hours) * 5 days (since a week has 5 days) = 7 hours * 5 days",
        ["(3+4)*5", "7*5"],
    ),
    ("$3.00 (dishwasher) + $1.50 (trash) = $4.50", ["3.00+1.50", "4.50"]),
    ("30 x $10 = $300", ["30*10", "300"]),
    ("20% of 50 = 10", ["20%*50", "10"]),
    ("the area is 3 * 4 = 12 cm^2", ["3*4", "12"]),
    (r"$2 \cdot 400 \text{ ft.}^2 = 800$", ["2*400", "800"]),
    ("5 * 2 million = 10 million", ["5*2*10^6", "10*10^6"]),
    ("A = (-1 * 9 + 1) = -8", ["A", "(-1*9+1)", "-8"]),
    (r"$x(x+1) = x^2 + x$", ["x(x+1)", "x^2+x"]),
    (
        r"\begin{align*} 4x^2 - 1 &= (2x)^2 - 1 \\ &= (2x-1)(2x+1). \end{align*}",
        ["4x^2-1", "(2x)^2-1", "(2x-1)(2x+1)"],
    ),
    (r"\( 2x(5 - x) = 10x - 2x^2 \)", ["2x(5-x)", "10x-2x^2"]),
    (r"\(B_5 = 24 - 9A_4\)", ["B_5", "24 - 9 A_4"]),
    (r"$.\overline{2} = 2/9$", ["0.\\overline{2}", "2/9"]),
    (
        r"However, $3+4+5=12$, so the ones digit must be $0$, and that is impossible",
        ["3+4+5", "12"],
    ),
    (r"we get $3 \cdot 30 = \boxed{90}$ degrees", ["3*30", "90"]),
    ("2**3 = 8", ["2^3", "8"]),
    ("**Step 1:** 4 + 4 = 8", ["4+4", "8"]),
    ("- 3 + 4 = 7", ["3+4", "7"]),
    ("3 1/2 + 1/2 = 4", ["3 1/2+1/2", "4"]),
    (r"5! = 120 and all is well!", ["5!", "120"]),
]


@pytest.mark.parametrize(("text", "sides"), CHAINS)
def test_chains(text: str, sides: list[str]) -> None:
    claims = [claim for claim in read(text) if claim.role is not Role.ANSWER]
    assert [claim.statement for claim in claims] == links(*sides)
    assert {claim.role for claim in claims} == {Role.DERIVED}
    assert all(text[claim.start : claim.end] == claim.text for claim in claims)


@pytest.mark.parametrize(
    "text",
    [
        "a total of 8 boxes = 8*20",
        "40 tables = 160 legs",
        "1 inch = 20 miles",
        "half of 8 + 2 = 6",
        "the sum of 3 and 4*2 = 11",
        "1 hour + 30 minutes = 90 minutes",
        "5 feet * 2 = 120 inches",
        "$80 - 20% = $64",
        "12 = 3 more than 9",
        "3 + 4 = 2 times the cost",
        "x becomes -2 = 5",
        "0 = y + 4 -4 = y",
        r"In base 8 we have $5 + 5 = 12$.",
        r"Modulo 7, $10 = 3$.",
        "It is 9 a.m. now; 9 + 5 = 2 hours",
        "cost * 3 = 15",
        "the price + 3 = 15",
        r"\[ 1 = -3 + \boxed{\phantom{2}} + 4 \]",
        r"$\pi(2) = 2012$ for the permutation",
        "50 / 8 = 6 with some left over",
        "```\nx = 3 + 4 == 8\n```",
        r"$1\,000\,000 s = 714.2857\ldots$",
        "Day 3 - 4 + 5 = 9",
        "We use the quadratic formula, where $a = 1$, $b = -1$, and $c = -2$.",
    ],
)
def test_what_is_open_is_no_claim(text: str) -> None:
    assert read(text) == []


def test_a_relation_of_either_side_is_one_claim_each() -> None:
    found = [claim.statement for claim in read(r"$-2 < m \le 18$")]
    assert found == [Relation("<", side("-2"), side("m")), Relation("<=", side("m"), side("18"))]


def test_continuation_lines_and_steps_go_on_from_the_expression_before() -> None:
    assert [c.statement for c in read(r"\[ 3 + 4 \] \[ = 7 \]")] == links("3+4", "7")
    assert [c.statement for c in read("3 + 4 = 7", "= 5 + 2")] == links("3+4", "7", "5+2")
    assert read("3 + 4 = 7 apples in all.", "So = 5 + 3") == read("3 + 4 = 7 apples in all.")


def test_congruences_carry_their_modulus() -> None:
    for text in (r"$3^3 = 27 \equiv 2 \pmod{5}$", "3^3 = 27 = 2 (mod 5)"):
        assert [claim.statement for claim in read(text)] == [
            Relation("equiv", side("3^3"), Apply("mod", (side("27"), side("5")))),
            Relation("equiv", side("27"), Apply("mod", (side("2"), side("5")))),
        ]


def test_quotient_and_remainder() -> None:
    (claim,) = read("194 ÷ 11 = 17 with a remainder of 7")
    assert claim.statement == Relation("=", side("194"), side("11*17 + 7"))


def test_several_values_are_alternatives() -> None:
    roots = Logic("or", (Relation("=", side("x"), side("1")), Relation("=", side("x"), side("2"))))
    for text in (
        "$x = 1$ or $x = 2$",
        "$x=1, 2$",
        r"\[ x=1 \quad\text{or}\quad x = 2 \]",
        "the roots are x = 1 and x = 2.",
    ):
        assert [claim.statement for claim in read(text)] == [roots]
    (claim,) = read(r"$x = \pm 3$")
    assert isinstance(claim.statement, Logic)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Let $s = a + b$.", Role.DEFINITION),
        ("where A = 3, B = 4, and C = 5", Role.DEFINITION),
        ("Suppose that $x + 2 = 11$.", Role.ASSUMPTION),
        ("For $n = 3$ it holds.", Role.ASSUMPTION),
        ("Case 2: $x = 1$ is left.", Role.CASE),
        ("We get $x = 3$, which is impossible.", Role.NEGATED),
        ("Then $2 = 1$, a contradiction.", Role.NEGATED),
        ("Is $x = 3$?", Role.GOAL),
        ("So $x = 3$.", Role.DERIVED),
        ("We find $x = 3$.", Role.DERIVED),
        ("We want to find $x = 3$.", Role.GOAL),
        ("If we add $3 + 4 = 7$ apples, we have", Role.DERIVED),
    ],
)
def test_roles(text: str, role: Role) -> None:
    assert {claim.role for claim in read(text)} == {role}


def test_a_step_that_repeats_the_problem_restates_it() -> None:
    claims = read("We have $8x + 9 = 73$.", "So $8x = 64$.", problem="Solve $8x + 9 = 73$.")
    assert [claim.role for claim in claims] == [Role.GIVEN, Role.DERIVED]


def test_answers() -> None:
    for text in (
        r"it is \boxed{$8.00}",
        "#### 8",
        "The answer is $8$.",
        r"\boxed{8 \text{ hours}}",
    ):
        (claim,) = read(text)
        assert (claim.role, claim.statement in {side("8"), side("8.00")}) == (Role.ANSWER, True)


def test_about_and_rounding_are_told() -> None:
    assert [claim.approximate for claim in read("22/7 is about $22/7 = 3.1$", "3*3 = 9")] == [
        True,
        False,
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                "3",
                "+",
                "*",
                "(",
                ")",
                "=",
                "x",
                "apples",
                "of",
                ",",
                "$",
                "\\frac",
                "{",
                "}",
                "/",
                "-",
                " ",
            ]
        ),
        max_size=25,
    )
)
def test_any_text_is_read_and_claims_lie_within_it(parts: list[str]) -> None:
    text = " ".join(parts)
    for claim in read(text):
        assert text[claim.start : claim.end] == claim.text


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "{",
        "$",
        "1 ",
        "1+",
        "x=",
        "=",
        "9^",
        "a ",
        "1 apples ",
        "\\frac{",
        "1,",
        "\\text{",
        "of ",
        "<<",
        "1=1 ",
    ],
)
def test_cost_is_linear(piece: str) -> None:
    def cost(count: int) -> float:
        start = time.process_time()
        read("1 = 1 " + piece * count)
        return time.process_time() - start

    cost(50)
    # Now and then a run pays for a collection of all that the tests have made.
    assert min(cost(6_000) for _ in range(3)) < 40 * max(cost(600), 0.005)
