"""Order puzzles: objects in a row, told by comparisons and places."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from veridical.proof import logic
from veridical.proof.logic.orders.constraints import At, Before, Constraint, Solver, negated
from veridical.proof.logic.orders.reading import read_puzzle
from veridical.proof.model import ClaimVerdict, Examination, Segment

WRONG = {ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED}
STATEMENTS = (
    "The bus is newer than the van.",
    "The cart is the second-oldest.",
    "The van is newer than the tram.",
    "The sedan is the newest.",
)
"""From oldest to newest: tram, cart, van, bus, sedan."""


def problem(statements: tuple[str, ...] | list[str] = STATEMENTS) -> str:
    lines = "\n".join(f"- {one}" for one in statements)
    return (
        "The following statements describe five objects in a fixed order.\n- At a show, there are five "
        f"vehicles: a bus, a van, a cart, a tram, and a sedan.\n{lines}\nQ: Given the above statements, "
        "which of the following is correct?\nOptions:\n(A) The van is the third-newest.\n"
        "(B) The tram is the second-newest."
    )


def examined(*steps: str, text: str = "") -> Examination:
    found = logic.examine(text or problem(), [Segment(step) for step in steps])
    assert found is not None
    return found


def own_errors(found: Examination) -> list[int]:
    return [at for at, s in enumerate(found.steps) if s.verdict in WRONG and not s.inherits]


def test_a_right_trace_is_entailed() -> None:
    found = examined(
        "The sedan is the newest. So from oldest to newest: first, second, third, and fourth can be "
        "any vehicle, then fifth is the sedan.",
        "The cart is the second-oldest. So from oldest to newest: first can be any vehicle, then second is "
        "the cart, then third and fourth can be any vehicle, then fifth is the sedan.",
        "The bus is newer than the van, so the van cannot be the newest.",
        "The van is newer than the tram. By process of elimination, the tram must be the oldest.",
        "So from oldest to newest: tram, cart, van, bus, sedan.",
        "According to this ordering, the third-newest vehicle is the van. So the answer is (A)",
    )
    assert {step.verdict for step in found.steps} == {ClaimVerdict.ENTAILED}
    assert found.conclusion is True


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("So from newest to oldest: first is the bus.", ClaimVerdict.CONTRADICTED),
        ("So from oldest to newest: sixth is the sedan.", ClaimVerdict.CONTRADICTED),
        (
            "From oldest to newest: third to fifth can be any vehicle except the van.",
            ClaimVerdict.CONTRADICTED,
        ),
        ("From oldest to newest: third can be the tram or the bus.", ClaimVerdict.CONTRADICTED),
        ("From oldest to newest: third can be the tram or the van.", ClaimVerdict.UNVERIFIED),
        ("The cart is newer than the van.", ClaimVerdict.CONTRADICTED),
        (
            "The bus is newer than the van, so it cannot be the second-newest.",
            ClaimVerdict.CONTRADICTED,
        ),
        ("The only vehicle that can be the oldest is the bus.", ClaimVerdict.CONTRADICTED),
        ("The fourth vehicle is the bus.", ClaimVerdict.NO_CLAIM),
        ("The bus is heavier than the van.", ClaimVerdict.NO_CLAIM),
        ("The bus is twice as new as the van.", ClaimVerdict.NO_CLAIM),
        ("So the answer is (B)", ClaimVerdict.CONTRADICTED),
    ],
)
def test_one_step(step: str, verdict: ClaimVerdict) -> None:
    assert examined(step).steps[0].verdict in {verdict, ClaimVerdict.ENTAILED} - (
        {ClaimVerdict.ENTAILED} if verdict is not ClaimVerdict.UNVERIFIED else set()
    )


def test_the_order_that_fits_is_the_counterexample() -> None:
    finding = examined("The cart is the oldest.").steps[0].claims[0].finding
    places = [("tram", "1"), ("cart", "2"), ("van", "3"), ("bus", "4"), ("sedan", "5")]
    assert finding.counterexample == tuple(places)


def test_what_is_true_but_does_not_follow_yet_is_no_step() -> None:
    found = examined(
        "The sedan is the newest. So from oldest to newest: first is the tram, then second, third, "
        "and fourth can be any vehicle, then fifth is the sedan."
    )
    claims = {one.normal: one.finding for one in found.steps[0].claims}
    assert claims["tram at place 1"].verdict is ClaimVerdict.NOT_ENTAILED
    assert claims["tram at place 1"].note == "follows, but not from what it cites"


@pytest.mark.parametrize(
    ("last", "conclusion", "answers"),
    [
        ("So the van is the third-newest.", True, ("A",)),
        ("The tram is the second-newest.", False, ("B",)),
    ],
)
def test_a_conclusion_without_a_letter(
    last: str, conclusion: bool, answers: tuple[str, ...]
) -> None:
    found = examined(last)
    assert (found.conclusion, found.answers) == (conclusion, answers)


def test_a_repeated_error_is_inherited() -> None:
    found = examined(
        "The cart is the oldest.", "So the cart is the oldest.", "The bus is the oldest."
    )
    assert own_errors(found) == [0, 2]
    assert found.steps[1].pair is ClaimVerdict.ENTAILED


@pytest.mark.parametrize(
    ("header", "statement", "expected"),
    [
        ("In a race, there were three cars: Kit, Herbie, and Luigi.", "Kit finished above Luigi.", ("kit", "luigi")),
        ("A stall sells three fruits: figs, limes, and pears.", "The figs are less expensive than the limes.", ("figs", "limes")),
        ("A stall sells three fruits: figs, limes, and pears.", "The figs are cheaper than the limes.", ("figs", "limes")),
        ("On a sill, there are three pots: a jug, a mug, and a jar.", "The jug is to the right of the mug.", ("mug", "jug")),
        ("In a club, there are three boys: Al, Bo, and Cy.", "Al is taller than Bo.", ("bo", "al")),
        ("In a club, there are three boys: Al, Bo, and Cy.", "Al is more grumpy than Bo.", ("bo", "al")),
    ],
)  # fmt: skip
def test_scales(header: str, statement: str, expected: tuple[str, str]) -> None:
    puzzle = read_puzzle(f"{header} {statement}")
    assert puzzle is not None
    assert puzzle.statements == (Before(*expected),)


@pytest.mark.parametrize(
    ("header", "statement", "place"),
    [
        ("In a race, there were three cars: Kit, Herbie, and Luigi.", "Kit finished second-to-last.", 2),
        ("In a race, there were three cars: Kit, Herbie, and Luigi.", "Kit finished last.", 3),
        ("A stall sells three fruits: figs, limes, and kit.", "The kit is the most expensive.", 3),
        ("A stall sells three fruits: figs, limes, and kit.", "The kit is the second-cheapest.", 2),
        ("On a sill, there are three pots: a jug, a mug, and a kit.", "The kit is the third from the right.", 1),
        ("In a club, there are three boys: Al, Bo, and Kit.", "Kit is the tallest.", 3),
    ],
)  # fmt: skip
def test_places(header: str, statement: str, place: int) -> None:
    puzzle = read_puzzle(f"{header} {statement}")
    assert puzzle is not None
    assert puzzle.statements == (At(place, frozenset({"kit"})),)


@pytest.mark.parametrize(
    "text",
    [
        "There are three numbers: 1, 2, and 3. What is their sum?",
        problem([*STATEMENTS, "The bus stands two places behind the van."]),
        problem([*STATEMENTS, "The bus is heavier than the van."]),
        problem([*STATEMENTS, "The van is newer than the bus."]),
        problem().replace("five vehicles", "six vehicles"),
    ],
)
def test_what_is_not_understood_in_full_is_left_alone(text: str) -> None:
    assert logic.examine(text, [Segment("The bus is the newest.")]) is None


OBJECTS = ("a", "b", "c", "d")
CONSTRAINTS = st.one_of(
    st.permutations(OBJECTS).map(lambda p: Before(p[0], p[1])),
    st.builds(
        At, st.integers(0, 5), st.frozensets(st.sampled_from(OBJECTS), min_size=1), st.booleans()
    ),
)


def holds(constraint: Constraint, order: tuple[str, ...]) -> bool:
    if isinstance(constraint, Before):
        return order.index(constraint.first) < order.index(constraint.second)
    inside = 1 <= constraint.place <= len(order)
    return (inside and order[constraint.place - 1] in constraint.objects) is constraint.holds


@settings(max_examples=200, deadline=None)
@given(st.lists(CONSTRAINTS, max_size=5))
def test_the_solver_agrees_with_trying_all_orders(constraints: list[Constraint]) -> None:
    fitting = [p for p in permutations(OBJECTS) if all(holds(c, p) for c in constraints)]
    found = Solver(OBJECTS).order(constraints)
    assert found in fitting if fitting else found is None
    assert all(
        holds(negated(c), p) is not holds(c, p) for c in constraints for p in permutations(OBJECTS)
    )


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_no_verdict(order: random.Random) -> None:
    steps = [
        "The cart is the oldest.",
        "The tram is the oldest.",
        "The bus is newer than the cart.",
    ]
    statements = list(STATEMENTS)
    order.shuffle(statements)
    order.shuffle(steps)
    found = examined(*steps, text=problem(statements))
    verdicts = {step.segment.text: step.verdict for step in found.steps}
    assert verdicts["The cart is the oldest."] is ClaimVerdict.CONTRADICTED
    assert verdicts["The tram is the oldest."] is ClaimVerdict.ENTAILED
    assert verdicts["The bus is newer than the cart."] is ClaimVerdict.ENTAILED


@pytest.mark.parametrize(
    "step",
    [
        "from a to b: " + "first, " * 30_000,
        "The bus is newer than the van, " * 10_000,
        " " * 200_000,
        "first and " * 30_000,
        "a" * 200_000,
    ],
)
def test_hostile_steps_are_read_in_linear_time(step: str) -> None:
    assert own_errors(examined(step)) == []


def test_long_traces() -> None:
    steps = [
        "The cart is the oldest.",
        "The bus is newer than the tram, so the tram is not the newest.",
    ]
    assert own_errors(examined(*steps * 1000)) == [0]


ROW = ("tram", "cart", "van", "bus", "sedan")
ORDINALS = ("first", "second", "third", "fourth", "fifth")


@st.composite
def puzzles(draw: st.DrawFn) -> tuple[list[str], list[Constraint]]:
    """True statements on a row of objects, in words and as constraints."""
    order = draw(st.permutations(ROW))
    words: list[str] = []
    constraints: list[Constraint] = []
    for low, high in draw(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6)
    ):
        if low == high:
            words.append(f"The {order[low]} is the {ORDINALS[low]}-oldest.".replace("first-", ""))
            constraints.append(At(low + 1, frozenset({order[low]})))
        else:
            first, last = order[min(low, high)], order[max(low, high)]
            older = draw(st.booleans())
            words.append(
                f"The {first} is older than the {last}."
                if older
                else f"The {last} is newer than the {first}."
            )
            constraints.append(Before(first, last))
    return words, constraints


def known(constraints: list[Constraint]) -> list[str | None]:
    """Of each place, the object that all fitting orders have there."""
    fitting = [p for p in permutations(ROW) if all(holds(c, p) for c in constraints)]
    return [column[0] if len(set(column)) == 1 else None for column in zip(*fitting, strict=True)]


def listed(places: list[str | None]) -> str:
    said = [
        f"{o} is the {p}" if p else f"{o} can be any vehicle"
        for o, p in zip(ORDINALS, places, strict=True)
    ]
    return "So from oldest to newest: " + ", then ".join(said) + "."


@settings(max_examples=60, deadline=None)
@given(puzzles(), st.data())
def test_lists_of_what_is_known_so_far(
    puzzle: tuple[list[str], list[Constraint]], data: st.DataObject
) -> None:
    words, constraints = puzzle
    lists = [known(constraints[: at + 1]) for at in range(len(words))]
    steps = [f"{said} {listed(places)}" for said, places in zip(words, lists, strict=True)]
    assert own_errors(examined(*steps, text=problem(words))) == []
    at = data.draw(st.integers(0, len(steps) - 1))
    place = data.draw(st.integers(0, 4))
    wrong = data.draw(st.sampled_from([one for one in ROW if one != lists[at][place]]))
    assume(At(place + 1, frozenset({wrong})) not in constraints)
    places = [wrong if spot == place else one for spot, one in enumerate(lists[at])]
    steps[at] = f"{words[at]} {listed(places)}"
    assert own_errors(examined(*steps, text=problem(words)))[:1] == [at]
