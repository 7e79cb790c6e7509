"""What holds for every text and every term."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.math.reader import ReadError, TooComplexError, read_term
from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Matrix,
    Number,
    Piecewise,
    Power,
    Product,
    Relation,
    Row,
    SetBuilder,
    SetOperation,
    Sum,
    Symbol,
    Term,
)

_FUNCTIONS = {"sin": r"\sin", "arctan": r"\arctan", "ln": r"\ln", "gcd": r"\gcd", "f": "f"}
_RELATIONS = {"=": "=", "!=": r"\neq", "<": "<", "<=": r"\leq", "in": r"\in"}
_BRACKETS = {"{": r"\{", "}": r"\}", "<": r"\langle ", ">": r"\rangle "}


def latex(term: Term) -> str:
    """Write a term so that it can be read in one way only."""
    match term:
        case Number(value, None, _):
            return str(value)
        case Number(value, Fraction() as step, _):
            places = len(str(step.denominator)) - 1
            return f"{float(value):.{places}f}"
        case Symbol(name):
            return name
        case Constant():
            return {"pi": r"\pi ", "infinity": r"\infty "}.get(term.value, term.value)
        case Sum(terms):
            return " + ".join(latex(part) if _is_tight(part) else _round(part) for part in terms)
        case Product(factors):
            return r" \cdot ".join(map(_factor, factors))
        case Power(base, exponent):
            return f"{_factor(base, signed=False)}^{{{latex(exponent)}}}"
        case Apply():
            return _application(term)
        case Matrix(rows):
            lines = r" \\ ".join(" & ".join(map(latex, row)) for row in rows)
            return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"
        case _:
            return _statement(term)


def _application(term: Apply) -> str:
    match term:
        case Apply("root", (radicand, index)):
            return rf"\sqrt[{latex(index)}]{{{latex(radicand)}}}"
        case Apply("abs", (argument,)):
            return rf"\left|{latex(argument)}\right|"
        case Apply("factorial", (argument,)):
            return f"{_round(argument)}!"
        case Apply(function, arguments):
            return f"{_FUNCTIONS[function]}({', '.join(map(latex, arguments))})"
    raise AssertionError(term)


def _statement(term: Term) -> str:
    match term:
        case Relation(operator, left, right):
            return f"{latex(left)} {_RELATIONS[operator]} {latex(right)}"
        case Logic(operator, parts):
            return rf" \text{{ {operator} }} ".join(map(latex, parts))
        case Row(opening, closing, members):
            inner = ", ".join(map(latex, members))
            return f"{_BRACKETS.get(opening, opening)}{inner}{_BRACKETS.get(closing, closing)}"
        case SetOperation(operator, parts):
            return {"union": r" \cup ", "difference": r" \setminus "}[operator].join(
                map(latex, parts)
            )
        case SetBuilder(element, condition):
            return rf"\{{{latex(element)} \mid {latex(condition)}\}}"
        case Piecewise(cases):
            lines = (
                rf"{latex(value)} & \text{{otherwise}}"
                if condition is None
                else rf"{latex(value)} & \text{{if }} {latex(condition)}"
                for value, condition in cases
            )
            joined = r" \\ ".join(lines)
            return rf"\begin{{cases}} {joined} \end{{cases}}"
    raise AssertionError(term)


def _round(term: Term) -> str:
    return f"({latex(term)})"


def _is_tight(term: Term) -> bool:
    return not isinstance(term, Sum)


def _factor(term: Term, *, signed: bool = True) -> str:
    is_negative = isinstance(term, Number) and term.value < 0
    is_loose = isinstance(term, Sum | Product) or (isinstance(term, Power) and not signed)
    is_applied = isinstance(term, Apply) and not signed
    return _round(term) if is_loose or is_applied or (is_negative and not signed) else latex(term)


_letters = st.sampled_from("abcmnpqtuvwxyz").map(Symbol)
_naturals = st.integers(0, 9).map(lambda value: Number(Fraction(value)))
_decimals = st.integers(-999, 999).map(lambda value: Number(Fraction(value, 100), Fraction(1, 100)))
_atoms = st.one_of(
    _letters,
    st.integers(-9, 9).map(lambda value: Number(Fraction(value))),
    _decimals,
    st.sampled_from([Constant.PI, Constant.E]),
)


def _several(terms: st.SearchStrategy[Term], least: int) -> st.SearchStrategy[tuple[Term, ...]]:
    return st.lists(terms, min_size=least, max_size=3).map(tuple)


def _applied(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    one = st.builds(
        lambda name, term: Apply(name, (term,)),
        st.sampled_from(["sin", "ln", "f", "abs", "factorial"]),
        terms,
    )
    two = st.builds(
        lambda name, *terms: Apply(name, terms), st.sampled_from(["gcd", "f"]), terms, terms
    )
    root = st.builds(lambda radicand, index: Apply("root", (radicand, index)), terms, _naturals)
    return one | two | root


def _grown(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        st.builds(Sum, _several(terms, 2)),
        st.builds(Product, _several(terms, 2)),
        st.builds(Power, terms, terms),
        _applied(terms),
    )


_expressions = st.recursive(_atoms, _grown, max_leaves=8)
_relations = st.builds(Relation, st.sampled_from(sorted(_RELATIONS)), _expressions, _expressions)
_rows = st.builds(
    lambda shape, members: Row(shape[0], shape[1], members),
    st.sampled_from(
        [("(", ")"), ("[", ")"), ("(", "]"), ("[", "]"), ("{", "}"), ("<", ">"), ("", "")]
    ),
    _several(_expressions, 2),
)
_sets = st.one_of(
    _rows.filter(lambda row: bool(row.opening)),
    st.builds(SetBuilder, _letters, _relations),
)
_terms = st.one_of(
    _expressions,
    _relations,
    _rows,
    st.builds(
        lambda operator, parts: Logic(operator, parts),
        st.sampled_from(["and", "or"]),
        _several(_relations, 2),
    ),
    st.builds(lambda *parts: SetOperation("union", parts), _sets, _sets, _sets),
    st.builds(lambda *parts: SetOperation("difference", parts), _sets, _sets),
    st.builds(lambda *row: Matrix((row, row)), _expressions, _expressions),
    st.builds(
        lambda value, condition, last: Piecewise(((value, condition), (last, None))),
        _expressions,
        _relations,
        _expressions,
    ),
)


@given(_terms)
def test_what_is_written_is_read_back(term: Term) -> None:
    assert read_term(latex(term)) == term


_WRITTEN = [
    lambda text: f"${text}$",
    lambda text: rf"\({text}\)",
    lambda text: rf"\[ {text} \].",
    lambda text: rf"\boxed{{{text}}}",
    lambda text: f"  {text} ",
    lambda text: rf"\displaystyle {text}",
    lambda text: text.replace("(", r"\left(").replace(")", r"\right)"),
    lambda text: text.replace(" ", r"\, "),
    lambda text: text.replace("+", "＋").replace("-", "−"),
]


@given(_expressions, st.sampled_from(_WRITTEN))
def test_typesetting_changes_nothing(term: Term, written: Callable[[str], str]) -> None:
    assert read_term(written(rf"\, {latex(term)}")) == read_term(rf"\, {latex(term)}")


_PIECES = r"""
    \frac \sqrt \left( \right) ( ) [ ] { } \{ \} | \| , ; : = < > \le 1 23 4.5 1,234 x y f e i \pi \sin
    \log _ ^ ! ' % ° $ \$ \text{ \text{cm} \text{and} and or not mod \pmod \begin{pmatrix} \\ & \cup \in
    \end{pmatrix} \mathbb{R} \int \sum \lim dx \infty √ ½ ² ₁ … \ldots \circ km/h apples + - \pm * / **
    \times \over \choose \angle \hat \overline \forall for if \begin{cases} \end{cases} \right. \left.
    \left| \right| \text \mathrm{m} \frac{d}{dx} because 0x1F 𝟙 ② \x00 \ufeff
"""
_texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(_PIECES.split()), max_size=25).map("".join),
    st.lists(st.sampled_from(_PIECES.split()), max_size=25).map(" ".join),
    st.builds(
        lambda piece, count: piece * count, st.sampled_from(_PIECES.split()), st.integers(1, 900)
    ),
)


@given(_texts)
def test_any_text_is_read_or_refused_the_same_way(text: str) -> None:
    assert _outcome(text) == _outcome(text)


def _outcome(text: str) -> Term | str:
    try:
        return read_term(text)
    except (ReadError, TooComplexError) as error:
        return str(error)


@pytest.mark.parametrize(
    "piece",
    [
        "1,",
        "x+",
        "(1,2),",
        "1 234 ",
        "2^{x}+",
        "a_{1}",
        r"\sin x",
        "5 km, ",
        r"\text{a}",
        "f(x)=",
        "x y ",
        "|x|",
        "$x$, ",
        "1,234,",
    ],
)
def test_work_grows_with_the_length(piece: str) -> None:
    assert _calls(piece * 80) <= 2.3 * _calls(piece * 40) + 200


def _calls(text: str) -> int:
    """Count the Python and C calls that reading takes."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        with contextlib.suppress(ReadError, TooComplexError):
            read_term(text)
    finally:
        sys.setprofile(None)
    return calls
