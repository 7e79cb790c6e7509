"""The bounds on errors hold, and the algebra of regions is that of sets."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import libmp

from veridical.math.equality.arithmetic import NoValueError, UndefinedError, size
from veridical.math.equality.exact import fold
from veridical.math.equality.numeric import Evaluator
from veridical.math.equality.regions import End, Piece, complement, intersected, region_of, united
from veridical.math.equality.residues import PRIME, NoResidueError, Residues, residue
from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Apply, Constant, Number, Power, Product, Sum, Symbol

numbers = st.fractions(-20, 20, max_denominator=9).map(Number)
FUNCTIONS = [
    "sin",
    "cos",
    "tan",
    "exp",
    "ln",
    "arcsin",
    "arccos",
    "arctan",
    "sinh",
    "cosh",
    "tanh",
    "arcsinh",
    "arccosh",
    "arctanh",
    "root",
    "abs",
]


def _sums(parts):
    pairs = st.tuples(parts, parts)
    return st.one_of(pairs.map(Sum), pairs.map(Product))


values = st.recursive(
    st.one_of(numbers, st.sampled_from([Constant.PI, Constant.E, Constant.I])),
    lambda parts: st.one_of(
        _sums(parts),
        st.builds(Power, parts, st.one_of(parts, numbers)),
        st.builds(lambda name, part: Apply(name, (part,)), st.sampled_from(FUNCTIONS), parts),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(values)
def test_a_value_is_within_its_error(term) -> None:
    try:
        rough = Evaluator({}, 120, Work()).of(term)
        fine = Evaluator({}, 600, Work()).of(term)
    except (UndefinedError, NoValueError, WorkExceededError):
        return
    for left, right in ((rough.real, fine.real), (rough.imaginary, fine.imaginary)):
        assert size(libmp.mpf_sub(left, right)) <= max(rough.error, fine.error) + 1


rationals = st.recursive(
    st.one_of(numbers, st.just(Symbol("x"))),
    lambda parts: st.one_of(
        _sums(parts), st.builds(Power, parts, st.integers(-3, 3).map(Fraction).map(Number))
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(rationals, st.integers(2, 999))
def test_a_residue_is_that_of_the_exact_value(term, at) -> None:
    exact = fold(term, Work(), {"x": Fraction(at)})
    try:
        found = Residues({"x": at}, b"key", Work()).of(term)
    except NoResidueError:
        return
    if exact is not None:
        assert found == residue(exact)
    assert 0 <= found < PRIME


ends = st.tuples(st.integers(-5, 5), st.booleans())


def _region(pairs):
    pieces = []
    for (low, low_closed), (high, high_closed) in pairs:
        first, last = Fraction(low), Fraction(high)
        pieces.append(
            Piece(
                End(Number(first), low_closed, first, is_exact=True),
                End(Number(last), high_closed, last, is_exact=True),
            )
        )
    return region_of(pieces)


regions = st.lists(st.tuples(ends, ends), max_size=4).map(_region)
PLACES = [Fraction(at, 2) for at in range(-13, 14)]


def _holds(region, place) -> bool:
    for piece in region.pieces:
        above = piece.low.at is None or place > piece.low.at
        below = piece.high.at is None or place < piece.high.at
        at_low = place == piece.low.at and piece.low.closed
        at_high = place == piece.high.at and piece.high.closed
        if (above or at_low) and (below or at_high):
            return True
    return False


@settings(max_examples=150, deadline=None)
@given(regions, regions)
def test_regions_are_joined_as_sets_are(left, right) -> None:
    union, both, outside = united([left, right]), intersected([left, right]), complement(left)
    assert union is not None
    assert both is not None
    assert outside is not None
    for place in PLACES:
        holds = _holds(left, place), _holds(right, place)
        assert _holds(union, place) is any(holds)
        assert _holds(both, place) is all(holds)
        assert _holds(outside, place) is not holds[0]
    for first, second in zip(union.pieces, union.pieces[1:], strict=False):
        assert first.high.at is not None
        assert second.low.at is not None
        assert first.high.at <= second.low.at
        assert first.high.at < second.low.at or not (first.high.closed or second.low.closed)
