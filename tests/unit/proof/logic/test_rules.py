"""Proofs from rules on classes, in the English of PrOntoQA and ProofWriter."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veridical.math.terms import Relation, Symbol
from veridical.proof import logic
from veridical.proof.model import ClaimVerdict, ErrorKind, Examination, OpenReason, Segment

PROBLEM = (
    "Facts and rules: Jompuses are not shy. Jompuses are yumpuses. Each yumpus is a dumpus. "
    "Every dumpus is an impus. Impuses are not sour. Every wumpus is an impus. Max is a jompus. "
    "Query: Max is sour."
)
PROOF = (
    "Max is a jompus.",
    "Jompuses are yumpuses.",
    "Max is a yumpus.",
    "Each yumpus is a dumpus.",
    "Max is a dumpus.",
    "Every dumpus is an impus.",
    "Max is an impus.",
    "Impuses are not sour.",
    "Max is not sour.",
)
NAMES = ("jompus", "yumpus", "dumpus", "impus", "wumpus", "Max", "sour", "shy")


def examined(steps: tuple[str, ...] | list[str], problem: str = PROBLEM) -> Examination:
    found = logic.examine(problem, [Segment(step) for step in steps])
    assert found is not None
    return found


def replaced(at: int, step: str) -> list[str]:
    return [*PROOF[:at], step, *PROOF[at + 1 :]]


def own_errors(found: Examination) -> list[int]:
    wrong = {ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED}
    return [at for at, s in enumerate(found.steps) if s.verdict in wrong and not s.inherits]


def test_a_right_proof_is_entailed_step_by_step() -> None:
    found = examined(PROOF)
    assert {step.verdict for step in found.steps} == {ClaimVerdict.ENTAILED}
    assert {step.pair for step in found.steps} == {ClaimVerdict.ENTAILED}
    assert found.conclusion is True
    claim = found.steps[0].claims[0]
    assert claim.claim.statement == Relation("in", Symbol("Max"), Symbol("jompus"))


@pytest.mark.parametrize(
    ("at", "step", "verdict", "error"),
    [
        (4, "Max is not a dumpus.", ClaimVerdict.CONTRADICTED, ErrorKind.RULE),
        (4, "Max is a wumpus.", ClaimVerdict.NOT_ENTAILED, ErrorKind.RULE),
        (5, "Every impus is a wumpus.", ClaimVerdict.NOT_ENTAILED, ErrorKind.PREMISE),
        (5, "Dumpuses are shy.", ClaimVerdict.CONTRADICTED, ErrorKind.PREMISE),
        (5, "No dumpus is an impus.", ClaimVerdict.CONTRADICTED, ErrorKind.PREMISE),
        (8, "So Max is sour.", ClaimVerdict.CONTRADICTED, ErrorKind.RULE),
    ],
)
def test_a_wrong_step_is_found(at: int, step: str, verdict: ClaimVerdict, error: ErrorKind) -> None:
    found = examined(replaced(at, step))
    assert own_errors(found) == [at]
    finding = found.steps[at].claims[0].finding
    assert (finding.verdict, finding.error) == (verdict, error)
    assert finding.counterexample


def test_the_chain_that_refutes_is_the_certificate() -> None:
    note = examined(replaced(4, "Max is not a dumpus.")).steps[4].claims[0].finding.note
    assert note == "every jompus is yumpus; every yumpus is dumpus; so Max is dumpus"


def test_the_converse_is_named() -> None:
    finding = examined(replaced(5, "Every impus is a dumpus.")).steps[5].claims[0].finding
    assert finding.verdict is ClaimVerdict.NOT_ENTAILED
    assert "converse" in finding.note


def test_what_follows_from_a_made_up_rule_inherits_its_error() -> None:
    found = examined(["Max is a jompus.", "Jompuses are wumpuses.", "Max is a wumpus."])
    assert own_errors(found) == [1]
    assert found.steps[2].inherits
    assert found.steps[2].pair is ClaimVerdict.ENTAILED


def test_what_follows_from_elsewhere_is_told_apart() -> None:
    found = examined(["Max is a jompus.", "Jompuses are yumpuses.", "Max is an impus."])
    step = found.steps[2]
    assert (step.verdict, step.pair) == (ClaimVerdict.ENTAILED, ClaimVerdict.NOT_ENTAILED)
    assert step.claims[0].finding.note == "follows, but not from what it cites"


def test_premises_and_conclusion_may_stand_in_one_step() -> None:
    found = examined(["Since Max is a jompus and jompuses are yumpuses, Max is a yumpus."])
    assert [claim.normal for claim in found.steps[0].claims] == [
        "Max is jompus",
        "every jompus is yumpus",
        "Max is yumpus",
    ]
    assert found.steps[0].pair is ClaimVerdict.ENTAILED


def test_conditions_with_several_parts() -> None:
    problem = (
        "If someone is big and red then they are kind. All kind people are nice. "
        "Red things are not cold. Anne is big. Anne is red. Bob is red. Question: Anne is nice."
    )
    found = examined(["Anne is kind.", "Anne is nice and not cold.", "Bob is kind."], problem)
    assert own_errors(found) == [2]
    assert found.conclusion is True


def test_things_that_are_called_by_what_they_are() -> None:
    problem = (
        "The bald eagle is big. All big things are kind. Kind things are nice. The cow is kind."
    )
    found = examined(["The bald eagle is kind.", "The cow is nice.", "The cow is big."], problem)
    assert own_errors(found) == [2]


def test_an_unread_premise_forbids_to_say_that_something_does_not_follow() -> None:
    problem = PROBLEM.replace(
        "Max is a jompus.", "Max is a jompus. Whoever sings is a wumpus, mostly."
    )
    finding = examined(["Max is a wumpus."], problem).steps[0].claims[0].finding
    assert (finding.verdict, finding.open) == (ClaimVerdict.UNVERIFIED, OpenReason.UNREAD)


def test_nothing_follows_from_premises_that_contradict_each_other() -> None:
    problem = PROBLEM.replace("Max is a jompus.", "Max is a jompus. Max is shy.")
    found = examined(PROOF, problem)
    assert {step.verdict for step in found.steps} == {ClaimVerdict.UNVERIFIED}


@pytest.mark.parametrize(
    ("question", "last", "conclusion", "answers"),
    [
        ("Query: Max is sour.", "Max is not sour.", True, ("False",)),
        ("Query: Max is not sour.", "Max is not sour.", True, ("True",)),
        ("True or false: Max is sour.", "So the answer is False.", True, ()),
        ("Query: Max is sour.", "The query is true.", False, ()),
        ("Is the following statement true or false? Max is sour.", "False", True, ()),
        ("Query: Max is sour. Options: A) True B) False", "Max is not sour.", True, ("False", "B")),
        ("Query: Max is sour. Options: A) True B) False", "So the answer is (B).", True, ()),
        ("Query: Max is sour. Options: A) True B) False", "The answer is A", False, ()),
        (
            "Query: Max is a wumpus. Options: A) True B) False C) Unknown",
            "Answer: C) Unknown",
            True,
            (),
        ),
        ("Query: Max is a wumpus.", "So it is neither.", None, ()),
    ],
)
def test_the_answer_to_the_query(
    question: str, last: str, conclusion: bool | None, answers: tuple[str, ...]
) -> None:
    problem = PROBLEM.replace("Query: Max is sour.", question)
    found = examined([*PROOF[:8], last], problem)
    assert (found.conclusion, found.answers) == (conclusion, answers)
    assert own_errors(found) == ([8] if conclusion is False else [])


def test_other_problems_are_left_alone() -> None:
    assert logic.examine("Solve x + 2 = 3.", [Segment("x is 1.")]) is None
    assert logic.examine("Every even number is a sum. What is 2 + 2?", [Segment("4")]) is None


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(
        st.text("bcdfgklmnprt", min_size=3, max_size=6), min_size=8, max_size=8, unique=True
    ),
    at=st.integers(0, 8),
    step=st.sampled_from(["Max is not an impus.", "Max is a wumpus.", "Every impus is a dumpus."]),
)
def test_other_names_change_nothing(names: list[str], at: int, step: str) -> None:
    new = dict(zip(NAMES, [name + "o" for name in names], strict=True))
    new["Max"] = new["Max"].title()

    def renamed(text: str) -> str:
        text = re.sub(r"(\w+us)es\b", r"\1s", text)
        pattern = re.compile("|".join(NAMES) + "|" + "|".join(name.title() for name in NAMES))

        def other(match: re.Match[str]) -> str:
            word = match[0]
            return new[word] if word in new else new[word.lower()].title()

        return pattern.sub(other, text)

    steps = replaced(at, step)
    found = examined([renamed(one) for one in steps], renamed(PROBLEM))
    assert [s.verdict for s in found.steps] == [s.verdict for s in examined(steps).steps]


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 8))
def test_the_order_of_statements_changes_no_verdict(order: random.Random, at: int) -> None:
    head, _, query = PROBLEM.partition(" Query")
    premises = head.removeprefix("Facts and rules: ").split(". ")
    order.shuffle(premises)
    problem = f"Facts and rules: {'. '.join(one.rstrip('.') for one in premises)}. Query{query}"
    steps = replaced(at, "Max is a wumpus.")
    assert own_errors(examined(steps, problem)) == own_errors(examined(steps))
    order.shuffle(steps)
    verdicts = {s.segment.text: s.verdict for s in examined(steps, problem).steps}
    assert verdicts == {s.segment.text: s.verdict for s in examined(steps).steps}


def test_long_traces_and_chains_cost_counted_work() -> None:
    rules = " ".join(f"Every k{n} is a k{n + 1}." for n in range(3000))
    problem = f"{rules} Max is a k0. Query: Max is a k3000."
    found = examined(["Max is a k3000.", "Max is not a k2."] * 1000, problem)
    assert own_errors(found)[0] == 1
    assert found.steps[1].verdict is ClaimVerdict.CONTRADICTED
    assert max(len(claim.finding.note) for s in found.steps for claim in s.claims) < 5000


@pytest.mark.parametrize(
    "step", [" " * 100_000, "Max is a " * 20_000, ", and " * 20_000, "a" * 200_000]
)
def test_hostile_steps_are_read_in_linear_time(step: str) -> None:
    assert examined([step]).steps[0].verdict is not ClaimVerdict.CONTRADICTED


PREDICATES = ("big", "red", "kind", "nice", "cold")
LITERALS = st.tuples(st.sampled_from(PREDICATES), st.booleans())


@st.composite
def theories(draw: st.DrawFn) -> tuple[list[tuple[str, tuple[str, bool]]], set[tuple[str, bool]]]:
    """Rules with one condition, and what Ann is."""
    rules = draw(st.lists(st.tuples(st.sampled_from(PREDICATES), LITERALS), min_size=2, max_size=6))
    return rules, {(one, True) for one in draw(st.sets(st.sampled_from(PREDICATES), min_size=1))}


def said(literal: tuple[str, bool]) -> str:
    return literal[0] if literal[1] else f"not {literal[0]}"


@settings(max_examples=100, deadline=None)
@given(theories(), LITERALS)
def test_chaining_agrees_with_saturation(
    theory: tuple[list[tuple[str, tuple[str, bool]]], set[tuple[str, bool]]],
    claim: tuple[str, bool],
) -> None:
    rules, facts = theory
    text = [f"All {body} things are {said(head)}." for body, head in rules]
    text += [f"Ann is {said(fact)}." for fact in facts]
    holds = set(facts)
    for _ in rules:
        holds |= {head for body, head in rules if (body, True) in holds}
    step = examined([f"So Ann is {said(claim)}."], " ".join(text)).steps[0]
    if any((name, not sign) in holds for name, sign in holds):
        assert step.verdict is ClaimVerdict.UNVERIFIED
    elif claim in holds:
        assert step.verdict is ClaimVerdict.ENTAILED
    elif (claim[0], not claim[1]) in holds:
        assert step.verdict is ClaimVerdict.CONTRADICTED
    else:
        assert step.verdict is ClaimVerdict.NOT_ENTAILED
