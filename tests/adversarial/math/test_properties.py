r"""What holds for every answer: dress does not count, and a digit, a sign or a unit does."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math import Comparison, MathPolicy, MathReason, Outcome, conclude, decide
from veridical.math.worker import compare
from veridical.math.workers import worker_spec
from veridical.serving.pool import Answered, PoolLimits, WorkerPool

# The same examples on every run: benchmarks/math_fuzz.py is what looks for new ones.
PROPERTY = settings(max_examples=300, deadline=None, derandomize=True, database=None)
POLICY = MathPolicy()

positive = st.integers(1, 9999).map(str)
integers = st.integers(-9999, 9999).map(str)
small = st.integers(2, 30).map(str)
squarefree = st.sampled_from(["2", "3", "5", "6", "7", "10", "11", "13", "30"])
letters = st.sampled_from(["x", "y", "n"])
decimals = st.builds("{}.{}".format, st.integers(0, 99), st.integers(1, 99))
fractions = st.builds(r"\frac{{{}}}{{{}}}".format, positive, small)
surds = st.builds(r"{}\sqrt{{{}}}".format, small, squarefree)
closed = st.one_of(fractions, surds, st.builds(r"\frac{{{}\pi}}{{{}}}".format, small, small))
polynomials = st.builds("{0}{1}^2+{2}{1}+{3}".format, small, letters, small, small)
rationals = st.builds(r"\frac{{{0}+{1}}}{{{0}^2+{2}}}".format, letters, small, small)
single = st.one_of(positive, closed, polynomials, rationals)
points = st.builds("({},{})".format, closed, integers)
intervals = st.builds(
    "{}{},{}{}".format, st.sampled_from("(["), integers, st.just("10000"), st.sampled_from(")]")
)
equations = st.builds("{}={}".format, letters, closed)
sets = st.lists(closed, min_size=2, max_size=4, unique=True).map(
    lambda members: r"\{" + ",".join(members) + r"\}"
)
exact = st.one_of(integers, single, points, intervals, sets, equations)
answers = st.one_of(exact, decimals, st.sampled_from([r"\text{Tuesday}", r"12\text{ km}", "30\\%"]))

UNITS = ["mm", "cm", "m", "km", "s", "kg", "g", "dollars", "m^2", "km/h"]
SPACES = ["", " ", r"\,", r"\ ", r"\;", r"\quad "]


def outcome(gold: str, response: str, policy: MathPolicy = POLICY) -> Outcome:
    """The outcome in-process."""
    found = decide(gold, response, policy, truncated=False)
    if isinstance(found, Comparison):
        found = conclude(found, compare(found.request))
    return found.outcome


def box(answer: str) -> str:
    return rf"\boxed{{{answer}}}"


@PROPERTY
@given(answers)
def test_every_answer_equals_itself(answer: str) -> None:
    assert outcome(answer, box(answer)) is Outcome.CORRECT


# A decimal gold is matched to its digits by design, so decimals are left out here.
@PROPERTY
@given(exact, exact)
def test_equality_is_symmetric(first: str, second: str) -> None:
    assert outcome(first, box(second)) is outcome(second, box(first))


def spaced(answer: str, space: str) -> str:
    return re.sub(r"[+=,]", lambda mark: f"{space}{mark[0]}{space}", answer)


def resized(answer: str) -> str:
    r"""The answer with `\left` and `\right` before its brackets, where they come in pairs."""
    opening, closing = answer[0], answer[-1]
    if opening not in "([" or closing not in ")]":
        return answer
    return rf"\left{opening}{answer[1:-1]}\right{closing}"


DRESSES = {
    "spaces": lambda answer: spaced(answer, " "),
    "thin spaces": lambda answer: spaced(answer, r"\,"),
    "quads": lambda answer: spaced(answer, r"\quad "),
    "newlines": lambda answer: spaced(answer, "\n"),
    "left and right": resized,
    "dfrac": lambda answer: answer.replace(r"\frac", r"\dfrac"),
    "tfrac": lambda answer: answer.replace(r"\frac", r"\tfrac"),
    "dollars": lambda answer: f"${answer}$",
    "double dollars": lambda answer: f"$${answer}$$",
    "display style": lambda answer: rf"\displaystyle {answer}",
    "outer space": lambda answer: f"  {answer} \n",
}


@PROPERTY
@given(answers, answers, st.booleans(), st.sampled_from(sorted(DRESSES)))
def test_dress_does_not_count(gold: str, other: str, same: bool, name: str) -> None:
    answer = gold if same else other
    dress = DRESSES[name]
    plain = outcome(gold, box(answer))
    assert outcome(gold, box(dress(answer))) is plain
    assert outcome(dress(gold), box(answer)) is plain
    assert outcome(gold, f"So ${box(answer)}$.") is plain
    assert outcome(gold, rf"\[ {box(answer)} \]") is plain


@PROPERTY
@given(st.lists(closed, min_size=2, max_size=5, unique=True), st.randoms(use_true_random=False))
def test_order_counts_in_a_tuple_only(members: list[str], source: random.Random) -> None:
    other = source.sample(members, len(members))
    for opening, closing in ((r"\{", r"\}"), ("", "")):
        gold, answer = (opening + ",".join(each) + closing for each in (members, other))
        assert outcome(gold, box(answer)) is Outcome.CORRECT
    first, second = f"({','.join(members)})", f"({','.join(reversed(members))})"
    mirrored = all(
        outcome(one, box(two)) is Outcome.CORRECT
        for one, two in zip(members, reversed(members), strict=True)
    )
    expected = Outcome.CORRECT if mirrored else Outcome.INCORRECT
    assert outcome(first, box(second)) is expected


@PROPERTY
@given(single)
def test_a_sign_flips_the_verdict(answer: str) -> None:
    assert outcome(answer, box(f"-({answer})")) is Outcome.INCORRECT
    assert outcome(f"-({answer})", box(answer)) is Outcome.INCORRECT


@PROPERTY
@given(st.one_of(positive, decimals), st.integers(1, 9))
def test_a_digit_flips_the_verdict(number: str, digit: int) -> None:
    assert outcome(number, box(f"{number}{digit}")) is Outcome.INCORRECT
    assert outcome(number, box(f"{digit}{number}")) is Outcome.INCORRECT


@PROPERTY
@given(small, squarefree, st.integers(1, 9))
def test_a_digit_in_an_expression_flips_the_verdict(factor: str, root: str, digit: int) -> None:
    gold = rf"{factor}\sqrt{{{root}}}+x"
    assert outcome(gold, box(rf"{factor}{digit}\sqrt{{{root}}}+x")) is Outcome.INCORRECT
    assert outcome(gold, box(rf"{factor}\sqrt{{{root}{digit}}}+x")) is Outcome.INCORRECT
    assert outcome(gold, box(rf"{factor}\sqrt{{{root}}}+{digit}x+x")) is Outcome.INCORRECT


@PROPERTY
@given(positive, st.permutations(UNITS), st.sampled_from(SPACES))
def test_another_unit_flips_the_verdict(number: str, units: list[str], space: str) -> None:
    gold, right, wrong = (rf"{number}{space}\text{{{unit}}}" for unit in (*units[:1] * 2, units[1]))
    assert outcome(gold, box(right)) is Outcome.CORRECT
    assert outcome(gold, box(wrong)) is Outcome.INCORRECT


@PROPERTY
@given(single)
def test_a_variable_added_flips_the_verdict(answer: str) -> None:
    assert outcome(answer, box(f"{answer}+z")) is Outcome.INCORRECT


async def reasons(comparisons: Sequence[Comparison], *, together: bool) -> list[MathReason]:
    pool: WorkerPool = WorkerPool(worker_spec(), PoolLimits(workers=2))
    await pool.start()
    try:
        calls = [comparisons] if together else [[each] for each in comparisons]
        found = [await pool.run([each.request for each in call]) for call in calls]
    finally:
        await pool.close()
    values = [each.value for outcomes in found for each in outcomes if isinstance(each, Answered)]
    return [conclude(*pair).reason for pair in zip(comparisons, values, strict=True)]


def test_a_batch_equals_its_singles_in_any_order() -> None:
    source = random.Random(4)
    golds = [f"{a}{x}^2+{b}" for a in range(2, 6) for b in range(2, 5) for x in "xy"]
    pairs = [(gold, box(source.choice([gold, f"({gold})*2/2", f"{gold}+1"]))) for gold in golds]
    found = [decide(gold, response, POLICY, truncated=False) for gold, response in pairs]
    comparisons = [each for each in found if isinstance(each, Comparison)]
    batch = asyncio.run(reasons(comparisons, together=True))
    assert asyncio.run(reasons(comparisons, together=False)) == batch
    backwards = asyncio.run(reasons(comparisons[::-1], together=True))
    assert backwards[::-1] == batch
    assert set(batch) <= {MathReason.EQUAL, MathReason.NOT_EQUAL}
