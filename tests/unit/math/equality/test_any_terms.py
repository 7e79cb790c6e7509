"""What holds for any two terms: symmetry, reflexivity, and no error but one."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.equality import Finding, TooMuchWorkError, compare_terms
from veridical.math.policy import MathPolicy
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Matrix,
    Number,
    Piecewise,
    Power,
    Product,
    Quantity,
    Relation,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Words,
)

FUNCTIONS = [
    "sin",
    "cos",
    "tan",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "tanh",
    "exp",
    "ln",
    "log",
    "root",
    "abs",
    "floor",
    "ceil",
    "factorial",
    "binomial",
    "mod",
    "percent",
    "plus_minus",
    "minus_plus",
    "ratio",
    "gcd",
    "max",
    "re",
    "im",
    "conj",
    "arg",
    "sign",
    "f",
    "sum",
    "integral",
    "given",
    "choice",
    "time",
]
RELATIONS = ["=", "!=", "<", "<=", ">", ">=", "in", "notin", "subset", "approx", "equiv", "to"]
BRACKETS = ["()", "[]", "{}", "(]", "[)", "][", "<>", ("", "")]

exact = st.fractions(-50, 50, max_denominator=12)
numbers = exact.map(Number)
symbols = st.sampled_from(["x", "y", "n", "C", "reals", "AB"]).map(Symbol)
leaves = st.one_of(
    numbers,
    symbols,
    st.sampled_from(list(Constant)),
    st.sampled_from(["no solution", "even", "c"]).map(Words),
)


def _some(parts, least=1, most=3):
    return st.lists(parts, min_size=least, max_size=most).map(tuple)


def _compound(parts):
    return st.one_of(
        _some(parts, 2).map(Sum),
        _some(parts, 2).map(Product),
        st.builds(Power, parts, parts),
        st.builds(Apply, st.sampled_from(FUNCTIONS), _some(parts, 0)),
        st.builds(Relation, st.sampled_from(RELATIONS), parts, parts),
        st.builds(Logic, st.sampled_from(["and", "or", "not"]), _some(parts)),
        st.builds(
            lambda pair, members: Row(*pair, members), st.sampled_from(BRACKETS), _some(parts, 0)
        ),
        st.builds(
            SetOperation, st.sampled_from(["union", "intersection", "difference"]), _some(parts, 2)
        ),
        st.builds(SetBuilder, parts, parts),
        st.builds(lambda a, b, c, d: Matrix(((a, b), (c, d))), parts, parts, parts, parts),
        st.builds(lambda a, b, c: Piecewise(((a, b), (c, None))), parts, parts, parts),
        st.builds(
            Quantity, parts, st.sampled_from([(("km", 1),), (("degree", 1),), (("apple", 1),)])
        ),
    )


terms = st.recursive(leaves, _compound, max_leaves=10)
plain_functions = [*FUNCTIONS[:18], "max", "re", "im", "conj", "arg", "sign", "f"]
scalars = st.recursive(
    st.one_of(numbers, st.sampled_from(["x", "y", "n"]).map(Symbol), st.just(Constant.PI)),
    lambda parts: st.one_of(
        _some(parts, 2).map(Sum),
        _some(parts, 2).map(Product),
        st.builds(Power, parts, numbers),
        st.builds(Apply, st.sampled_from(plain_functions), _some(parts, 1, 2)),
    ),
    max_leaves=8,
)
POLICY = MathPolicy()


def _found(gold, answer) -> Finding | str:
    try:
        return compare_terms(gold, answer, POLICY)
    except TooMuchWorkError as error:
        return error.problem


def _equal(gold, answer) -> bool | None:
    found = _found(gold, answer)
    # What is too much work either way round is equal to nothing.
    return False if isinstance(found, str) else found.equal


@settings(max_examples=200, deadline=None)
@given(terms, terms)
def test_equality_is_symmetric(gold, answer) -> None:
    assert _equal(gold, answer) is _equal(answer, gold)


@settings(max_examples=100, deadline=None)
@given(terms)
def test_a_term_equals_itself(term) -> None:
    assert compare_terms(term, term, POLICY).equal is True


@settings(max_examples=120, deadline=None)
@given(scalars)
def test_an_expression_never_differs_from_itself_written_otherwise(term) -> None:
    for other in (
        Sum((term, Number(Fraction(0)))),
        Product((Number(Fraction(1, 3)), term, Number(Fraction(3)))),
        Sum((Product((Number(Fraction(2)), term)), Product((Number(Fraction(-1)), term)))),
    ):
        found = _found(term, other)
        assert isinstance(found, str) or found.equal is not False


@settings(max_examples=120, deadline=None)
@given(scalars)
def test_an_expression_never_equals_itself_and_one(term) -> None:
    found = _found(term, Sum((term, Number(Fraction(1)))))
    assert isinstance(found, str) or found.equal is not True


@settings(max_examples=60, deadline=None)
@given(terms, terms)
def test_the_same_pair_gets_the_same_finding(gold, answer) -> None:
    assert _found(gold, answer) == _found(gold, answer)
