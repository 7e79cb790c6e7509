"""Tasks that the gateway judges itself: format, control, and all-of.

A task is a tree whose leaves are the tasks that verifiers behind the gateway judge. `check` looks
at the whole tree, `leaf_tasks` gives its leaves, and `judge` makes one verdict of theirs; the two
walk the tree in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from veridical.api.v1.format_pb2 import FormatEvidence, FormatTask
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import (
    OUTCOME_CORRECT,
    OUTCOME_INCORRECT,
    OUTCOME_UNDECIDED,
    AllTask,
    ControlTask,
    Outcome,
    Task,
)
from veridical.api.v1.verdict_pb2 import (
    REASON_ALL_CORRECT,
    REASON_CONTROL,
    REASON_FORMAT_MATCHED,
    REASON_FORMAT_MISMATCHED,
    REASON_PART_INCORRECT,
    REASON_PART_UNDECIDED,
    AllEvidence,
    ControlEvidence,
    Reason,
    Verdict,
    VerifierInfo,
)
from veridical.reward.control import draw
from veridical.reward.format import MAX_PATTERN_BYTES, BadPatternError, FormDemands, missed
from veridical.serving.errors import InvalidArgument
from veridical.serving.items import longer_than, response_text
from veridical.serving.verdicts import new_verdict
from veridical.serving.verifier import Work

KINDS = ("all", "control", "format")
"""The kinds of task that the gateway judges itself."""

_INVERSE: dict[Outcome.ValueType, Outcome.ValueType] = {
    OUTCOME_CORRECT: OUTCOME_INCORRECT,
    OUTCOME_INCORRECT: OUTCOME_CORRECT,
}


class Party:
    """The leaves of one special task, which is judged when the last of them has its verdict.

    Args:
        work: The item with the special task, as it passed `check`.
        leaves: Number of its leaves.
        info: Who judges.
        settle: Told of the verdict.
    """

    def __init__(
        self, work: Work, leaves: int, info: VerifierInfo, settle: Callable[[Verdict], None]
    ) -> None:
        self._work = work
        self._info = info
        self._settle = settle
        self._leaves = leaves
        self._verdicts: dict[int, Verdict] = {}

    def arrive(self, number: int, verdict: Verdict) -> None:
        """Takes the verdict on a leaf."""
        verdict.id = self._work.item.id
        self._verdicts[number] = verdict
        if len(self._verdicts) == self._leaves:
            self.judge()

    def judge(self) -> None:
        """Makes the verdict from those on all the leaves."""
        leaves = iter([self._verdicts[number] for number in range(self._leaves)])
        self._settle(judge(self._work.item, self._work.task, leaves, self._info))


def check(task: Task, path: str = "task") -> None:
    """Looks at the special tasks in a tree.

    Raises:
        InvalidArgument: A field is out of its bounds.
    """
    kind = task.WhichOneof("kind")
    if kind == "format":
        _check_format(task.format, f"{path}.format")
    elif kind == "control":
        _check_control(task.control, f"{path}.control")
    elif kind == "all":
        for place, part in enumerate(task.all.tasks):
            check(part, f"{path}.all.tasks[{place}]")


def leaf_tasks(task: Task) -> Iterator[Task]:
    """Gives the tasks in a tree that another verifier judges, in the order of the tree."""
    kind = task.WhichOneof("kind")
    if kind == "all":
        for part in task.all.tasks:
            yield from leaf_tasks(part)
    elif kind == "control":
        if task.control.WhichOneof("control") == "inverse":
            yield from leaf_tasks(task.control.inverse)
    elif kind != "format":
        yield task


def judge(item: Item, task: Task, leaves: Iterator[Verdict], info: VerifierInfo) -> Verdict:
    """Makes the verdict on a tree.

    Args:
        item: The item; its text is judged by format tasks, its id by random controls.
        task: The tree, as it passed `check`.
        leaves: The verdicts on the leaves, in the order of `leaf_tasks`.
        info: Who judges.
    """
    kind = task.WhichOneof("kind")
    if kind == "all":
        return _all(item, task.all, leaves, info)
    if kind == "control":
        return _control(item, task.control, leaves, info)
    if kind == "format":
        return _format(item, task.format, info)
    return next(leaves)


def _check_format(task: FormatTask, path: str) -> None:
    if not (task.think_tags or task.answer_tags or task.boxed_answer or task.full_match):
        raise InvalidArgument(path, "demands nothing")
    if longer_than(task.full_match, MAX_PATTERN_BYTES):
        raise InvalidArgument(f"{path}.full_match", f"longer than {MAX_PATTERN_BYTES} bytes")
    try:
        missed("", _demands(task))
    except BadPatternError as error:
        raise InvalidArgument(f"{path}.full_match", str(error)) from error


def _check_control(task: ControlTask, path: str) -> None:
    control = task.WhichOneof("control")
    if control is None:
        raise InvalidArgument(path, "one of random, inverse and constant is required")
    if control == "inverse":
        check(task.inverse, f"{path}.inverse")
    elif control == "random":
        if not task.random.HasField("probability") or not 0 <= task.random.probability <= 1:
            raise InvalidArgument(f"{path}.random.probability", "must be between 0 and 1")
    elif task.constant not in _INVERSE:
        raise InvalidArgument(f"{path}.constant", "must be OUTCOME_CORRECT or OUTCOME_INCORRECT")


def _format(item: Item, task: FormatTask, info: VerifierInfo) -> Verdict:
    misses = missed(response_text(item), _demands(task))
    evidence = FormatEvidence(missed=[miss.demand for miss in misses])
    if misses and misses[0].offset is not None:
        evidence.offset = misses[0].offset
    outcome = OUTCOME_INCORRECT if misses else OUTCOME_CORRECT
    reason = REASON_FORMAT_MISMATCHED if misses else REASON_FORMAT_MATCHED
    verdict = new_verdict(item, outcome, reason, verifier=info)
    verdict.format.CopyFrom(evidence)
    return verdict


def _control(
    item: Item, task: ControlTask, leaves: Iterator[Verdict], info: VerifierInfo
) -> Verdict:
    control = task.WhichOneof("control")
    reason: Reason.ValueType = REASON_CONTROL
    evidence = ControlEvidence()
    outcome = task.constant
    if control == "random":
        evidence.draw = draw(task.random.seed, item.id)
        hit = evidence.draw < task.random.probability
        outcome = OUTCOME_CORRECT if hit else OUTCOME_INCORRECT
    elif control == "inverse":
        inner = judge(item, task.inverse, leaves, info)
        evidence.inverted.CopyFrom(inner)
        outcome = _INVERSE.get(inner.outcome, OUTCOME_UNDECIDED)
        if outcome == OUTCOME_UNDECIDED:
            reason = inner.reason
    verdict = new_verdict(item, outcome, reason, verifier=info)
    verdict.control.CopyFrom(evidence)
    return verdict


def _all(item: Item, task: AllTask, leaves: Iterator[Verdict], info: VerifierInfo) -> Verdict:
    parts = [judge(item, part, leaves, info) for part in task.tasks]
    outcomes = [part.outcome for part in parts]
    outcome, reason, detail = OUTCOME_CORRECT, REASON_ALL_CORRECT, ""
    for worse, why in (
        (OUTCOME_INCORRECT, REASON_PART_INCORRECT),
        (OUTCOME_UNDECIDED, REASON_PART_UNDECIDED),
    ):
        if worse in outcomes:
            first = outcomes.index(worse)
            name = Reason.Name(parts[first].reason).removeprefix("REASON_").lower()
            outcome, reason, detail = worse, why, f"tasks[{first}]: {name}"
            break
    verdict = new_verdict(item, outcome, reason, detail, verifier=info)
    verdict.all.CopyFrom(AllEvidence(parts=parts))
    verdict.cached = all(part.cached for part in parts)
    return verdict


def _demands(task: FormatTask) -> FormDemands:
    return FormDemands(task.think_tags, task.answer_tags, task.boxed_answer, task.full_match)
