"""Format, control and all-of tasks: what is refused, and how verdicts are put together."""

from __future__ import annotations

import itertools

import pytest

from veridical.api.v1.format_pb2 import FormatTask
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    AllTask,
    ControlTask,
    Outcome,
    RandomControl,
    Task,
)
from veridical.api.v1.verdict_pb2 import (
    REASON_CONTROL,
    REASON_VERIFIER_TIMEOUT,
    Reason,
    Verdict,
    VerifierInfo,
)
from veridical.reward.special import Party, check, judge, leaf_tasks
from veridical.serving.errors import InvalidArgument
from veridical.serving.verifier import Work

INFO = VerifierInfo(name="reward")
MATH = Task(math=MathTask(gold="1"))
BOX = Task(format=FormatTask(boxed_answer=True))
ITEM = Item(id="i", response=r"\boxed{1}")


def everything(*parts: Task) -> Task:
    return Task(all=AllTask(tasks=parts))


def inverse(task: Task) -> Task:
    return Task(control=ControlTask(inverse=task))


def leaf(outcome: Outcome.ValueType) -> Verdict:
    return Verdict(id="0", outcome=outcome, reason=REASON_VERIFIER_TIMEOUT)


@pytest.mark.parametrize(
    ("task", "field"),
    [
        (Task(format=FormatTask()), "task.format"),
        (Task(format=FormatTask(full_match="(")), "task.format.full_match"),
        (Task(format=FormatTask(full_match="a" * 4097)), "task.format.full_match"),
        (Task(control=ControlTask()), "task.control"),
        (Task(control=ControlTask(random=RandomControl())), "task.control.random.probability"),
        (
            Task(control=ControlTask(random=RandomControl(probability=1.5))),
            "task.control.random.probability",
        ),
        (
            Task(control=ControlTask(random=RandomControl(probability=float("nan")))),
            "task.control.random.probability",
        ),
        (Task(control=ControlTask(constant=OUTCOME_UNDECIDED)), "task.control.constant"),
        (everything(MATH, Task(format=FormatTask())), "task.all.tasks[1].format"),
        (
            inverse(everything(Task(control=ControlTask()))),
            "task.control.inverse.all.tasks[0].control",
        ),
    ],
)
def test_a_bad_field_is_named_by_its_path(task: Task, field: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check(task)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "outcomes",
    list(itertools.product((OUTCOME_CORRECT, OUTCOME_INCORRECT, OUTCOME_UNDECIDED), repeat=3)),
)
def test_all_of_is_the_worst_that_is_certain(outcomes: tuple[Outcome.ValueType, ...]) -> None:
    verdict = judge(ITEM, everything(MATH, MATH, MATH), iter(map(leaf, outcomes)), INFO)
    if OUTCOME_INCORRECT in outcomes:
        expected, reward = OUTCOME_INCORRECT, 0.0
    elif OUTCOME_UNDECIDED in outcomes:
        expected, reward = OUTCOME_UNDECIDED, None
    else:
        expected, reward = OUTCOME_CORRECT, 1.0
    assert verdict.outcome == expected
    assert (verdict.reward if verdict.HasField("reward") else None) == reward
    assert [part.outcome for part in verdict.all.parts] == list(outcomes)
    if expected != OUTCOME_CORRECT:
        assert verdict.detail.startswith(f"tasks[{outcomes.index(expected)}]: ")


@pytest.mark.parametrize(
    ("inner", "outer", "reason"),
    [
        (OUTCOME_CORRECT, OUTCOME_INCORRECT, REASON_CONTROL),
        (OUTCOME_INCORRECT, OUTCOME_CORRECT, REASON_CONTROL),
        (OUTCOME_UNDECIDED, OUTCOME_UNDECIDED, REASON_VERIFIER_TIMEOUT),
    ],
)
def test_an_inverse_turns_what_was_decided(
    inner: Outcome.ValueType, outer: Outcome.ValueType, reason: Reason.ValueType
) -> None:
    verdict = judge(ITEM, inverse(MATH), iter([leaf(inner)]), INFO)
    assert (verdict.outcome, verdict.reason) == (outer, reason)
    assert verdict.control.inverted.outcome == inner


def test_a_constant_is_what_it_says_and_a_random_one_keeps_its_probability() -> None:
    constant = Task(control=ControlTask(constant=OUTCOME_CORRECT))
    assert judge(ITEM, constant, iter(()), INFO).reward == 1.0
    random = Task(control=ControlTask(random=RandomControl(probability=0.25, seed=1)))
    items = [Item(id=str(number)) for number in range(4_000)]
    verdicts = [judge(item, random, iter(()), INFO) for item in items]
    assert 900 < sum(verdict.reward for verdict in verdicts) < 1_100
    assert all((v.control.draw < 0.25) == (v.reward == 1.0) for v in verdicts)


@pytest.mark.parametrize(("probability", "reward"), [(0.0, 0.0), (1.0, 1.0)])
def test_certain_controls_are_certain(probability: float, reward: float) -> None:
    task = Task(control=ControlTask(random=RandomControl(probability=probability)))
    check(task)
    assert {judge(Item(id=str(n)), task, iter(()), INFO).reward for n in range(500)} == {reward}


def test_leaves_come_in_the_order_of_the_tree() -> None:
    golds = [Task(math=MathTask(gold=str(number))) for number in range(4)]
    tree = everything(golds[0], inverse(everything(golds[1], BOX, golds[2])), golds[3], BOX)
    assert [task.math.gold for task in leaf_tasks(tree)] == ["0", "1", "2", "3"]


def test_a_party_is_judged_when_its_last_leaf_arrives_in_any_order() -> None:
    settled: list[Verdict] = []
    work = Work(ITEM, everything(MATH, BOX, inverse(MATH)), "all")
    party = Party(work, 2, INFO, settled.append)
    party.arrive(1, leaf(OUTCOME_INCORRECT))
    assert settled == []
    party.arrive(0, leaf(OUTCOME_CORRECT))
    assert [verdict.outcome for verdict in settled] == [OUTCOME_CORRECT]
    assert [part.id for part in settled[0].all.parts] == ["i", "i", "i"]
