"""Swap puzzles: who holds what after which swap."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.proof import logic
from veridical.proof.model import ClaimVerdict, Examination, Method, Role, Segment

WRONG = {ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED}
PROBLEM = (
    "Nora, Omar, and Pia are on a stage. At the start of the show, they are each holding a hat: "
    "Nora has a red hat, Omar has a dark blue hat, and Pia has a green hat.\n"
    "As the show goes on, pairs of players trade hats. First, Nora and Omar swap hats. Then, Omar and "
    "Pia trade hats. Finally, Pia and Nora switch hats. At the end of the show, Omar has the\n"
    "Options:\n(A) red hat.\n(B) dark blue hat.\n(C) green hat."
)
TRACE = (
    "At the start: Nora: red, Omar: dark blue, Pia: green.",
    "Nora and Omar swap hats: Nora: dark blue, Omar: red, Pia: green.",
    "Omar and Pia trade: Nora: dark blue, Omar: green, Pia: red.",
    "Pia and Nora swap hats: Nora: red, Omar: green, Pia: dark blue.",
    "At the end of the show, Omar has the green hat. So the answer is (C)",
)


def examined(*steps: str, problem: str = PROBLEM) -> Examination:
    found = logic.examine(problem, [Segment(step) for step in steps])
    assert found is not None
    return found


def own_errors(found: Examination) -> list[int]:
    return [at for at, s in enumerate(found.steps) if s.verdict in WRONG and not s.inherits]


def replaced(at: int, step: str) -> list[str]:
    return [*TRACE[:at], step, *TRACE[at + 1 :]]


def test_a_right_trace_is_entailed() -> None:
    found = examined(*TRACE)
    assert {step.verdict for step in found.steps} == {ClaimVerdict.ENTAILED}
    assert {step.pair for step in found.steps} == {ClaimVerdict.ENTAILED}
    assert found.conclusion is True
    assert found.steps[0].claims[0].claim.role is Role.GIVEN
    assert found.steps[4].claims[-1].claim.role is Role.ANSWER
    assert found.steps[1].claims[0].finding.method is Method.SIMULATION


@pytest.mark.parametrize(
    ("at", "step"),
    [
        (0, "At the start: Nora: red, Omar: green, Pia: dark blue."),
        (1, "Nora and Omar swap hats: Nora: red, Omar: dark blue, Pia: green."),
        (2, "Omar and Pia trade hats, so now Omar has the red hat and Pia has the green hat."),
        (3, "Nora swaps hats with Pia: N: dark blue, O: green, P: red"),
        (4, "In the end Omar holds the red hat. So the answer is (A)"),
    ],
)
def test_a_wrong_state_is_found_with_the_right_one(at: int, step: str) -> None:
    found = examined(*replaced(at, step))
    assert own_errors(found)[0] == at
    wrong = [one for one in found.steps[at].claims if one.finding.verdict in WRONG]
    assert all(one.finding.counterexample for one in wrong)


def test_an_error_that_is_carried_on_is_inherited() -> None:
    found = examined(
        TRACE[0],
        "Nora and Omar swap hats: Nora: dark blue, Omar: green, Pia: red.",
        "Omar and Pia trade: Nora: dark blue, Omar: red, Pia: green.",
        "Pia and Nora swap: Nora: green, Omar: red, Pia: dark blue.",
        "So the answer is (A)",
    )
    assert own_errors(found) == [1]
    assert [step.inherits for step in found.steps] == [False, False, True, True, True]
    assert found.steps[3].pair is ClaimVerdict.ENTAILED
    assert found.conclusion is False


@pytest.mark.parametrize(
    ("last", "conclusion", "answers"),
    [
        ("At the end Omar has the green hat.", True, ("C",)),
        ("At the end Omar has the red hat.", False, ("A",)),
    ],
)
def test_a_conclusion_without_a_letter(
    last: str, conclusion: bool, answers: tuple[str, ...]
) -> None:
    found = examined(*TRACE[:4], last)
    assert (found.conclusion, found.answers) == (conclusion, answers)


def test_bare_lists_may_leave_out_moments_of_a_right_trace() -> None:
    found = examined("N: red, O: dark blue, P: green", "N: red, O: green, P: dark blue", TRACE[4])
    assert own_errors(found) == []


def test_bare_lists_of_a_wrong_trace_count_one_swap_each() -> None:
    found = examined(
        "N: red, O: dark blue, P: green",
        "N: red, O: dark blue, P: green",
        "N: green, O: red, P: dark blue",
    )
    assert own_errors(found)[0] == 1


def test_a_partial_list_that_fits_no_moment_is_left_open() -> None:
    found = examined(TRACE[0], "O: red, P: dark blue")
    assert found.steps[1].verdict is ClaimVerdict.UNVERIFIED


def test_a_swap_that_is_not_the_next_leaves_the_state_open() -> None:
    found = examined(TRACE[0], "Omar and Pia swap hats: Nora: red, Omar: green, Pia: dark blue.")
    assert found.steps[1].verdict is ClaimVerdict.UNVERIFIED


def test_values_that_a_text_does_not_tell_apart_are_unread() -> None:
    problem = PROBLEM.replace("red hat", "dark red hat")
    found = examined("At the start: Nora: dark, Omar: dark blue, Pia: green.", problem=problem)
    assert found.steps[0].unread == ("Nora: dark",)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_playing_at_random(data: st.DataObject) -> None:
    people = data.draw(
        st.lists(
            st.sampled_from(["Ann", "Ben", "Cat", "Dov", "Eli", "Fay", "Gus", "Hal"]),
            min_size=3,
            max_size=7,
            unique=True,
        )
    )
    books = [f"{word} book" for word in ["tall", "red", "old", "blue", "thin", "grey", "new"]][
        : len(people)
    ]
    swaps = data.draw(
        st.lists(st.permutations(people).map(lambda p: (p[0], p[1])), min_size=1, max_size=9)
    )
    held = dict(zip(people, books, strict=True))
    begin = ", and ".join(
        [
            ", ".join(f"{p} has the {b}" for p, b in [*held.items()][:-1]),
            f"{people[-1]} has the {books[-1]}",
        ]
    )
    moves = " ".join(f"Then, {one} and {other} swap books." for one, other in swaps)
    names = f"{', '.join(people[:-1])}, and {people[-1]}"
    problem = f"{names} are friends. At the start, each holds a book: {begin}. {moves}"
    steps = []
    for one, other in swaps:
        held[one], held[other] = held[other], held[one]
        steps.append(f"{one} and {other} swap: " + ", ".join(f"{p}: {b}" for p, b in held.items()))
    assert own_errors(examined(*steps, problem=problem)) == []
    at = data.draw(st.integers(0, len(steps) - 1))
    first, last = (held_in(steps[at])[name] for name in (people[0], people[-1]))
    steps[at] = swapped_words(steps[at], first, last)
    assert own_errors(examined(*steps, problem=problem))[0] == at


def held_in(step: str) -> dict[str, str]:
    return dict(entry.split(": ") for entry in step.partition(": ")[2].split(", "))


def swapped_words(step: str, first: str, last: str) -> str:
    return step.replace(first, "\0").replace(last, first).replace("\0", last)


@pytest.mark.parametrize(
    "step", ["A: " * 50_000, "Nora has " * 30_000, " " * 200_000, "Nora" * 50_000]
)
def test_hostile_steps_are_read_in_linear_time(step: str) -> None:
    assert own_errors(examined(step)) == []


def test_long_traces() -> None:
    assert own_errors(examined(*(TRACE * 400)))
