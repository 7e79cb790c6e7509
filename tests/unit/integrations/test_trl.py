"""What the adapter asks and when it refuses; a real trainer calls it in `tests/trl`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from veridical.client import ConfigurationError, FinishReason, Item, Task, Undecided, math_task
from veridical.integrations import trl
from veridical.integrations.conversation import Text
from veridical.integrations.tasks import Row
from veridical.integrations.trl import AsyncVeridicalReward, VeridicalReward

STATE = SimpleNamespace(global_step=7)


def asked(reward: VeridicalReward, completions: Sequence[Text], **given: Any) -> list[Item]:
    """The items of a call."""
    given.setdefault("prompts", ["1 + 1?"] * len(completions))
    given.setdefault("answer", ["2"] * len(completions))
    call = trl._Call.of(completions=completions, trainer_state=STATE, **given)
    return [reward._item(call, position) for position in range(len(completions))]


def test_items_say_where_they_come_from() -> None:
    first, second, third = asked(
        VeridicalReward(name="sums"), ["2", "2", "3"], prompts=["1 + 1?", "1 + 1?", "0 + 2?"]
    )
    assert first.id.startswith("7-0-")
    assert second.id.startswith("7-1-")
    assert first.id.split("-")[2] == second.id.split("-")[2] != third.id.split("-")[2]
    assert first.group == second.group != third.group
    assert dict(first.labels) == {"step": "7", "function": "sums"}
    assert (first.task, first.response, first.prompt) == (math_task("2"), "2", "1 + 1?")


def test_the_group_may_stand_in_a_column() -> None:
    reward = VeridicalReward(group="problem")
    assert [item.group for item in asked(reward, ["2", "2"], problem=[4, 5])] == ["4", "5"]


def test_a_task_sees_the_whole_row() -> None:
    def task(row: Row) -> Task:
        return math_task(f"{row['prompt']}{row['answer']}{row['extra']}")

    (item,) = asked(VeridicalReward(task=task), ["2"], extra=[3], environments=None)
    assert item.task == math_task("1 + 1?23")


def test_lone_surrogates_are_replaced() -> None:
    (item,) = asked(VeridicalReward(group="g"), ["a\ud800"], prompts=["b\udc00"], g=["\ud801"])
    assert (item.response, item.prompt, item.group) == ("a\ufffd", "b\ufffd", "\ufffd")


@pytest.mark.parametrize(
    ("end_token_ids", "completion_ids", "expected"),
    [
        ([], [5, 6], FinishReason.FINISH_REASON_UNSPECIFIED),
        ([0, 1], None, FinishReason.FINISH_REASON_UNSPECIFIED),
        ([0, 1], [5, 6], FinishReason.FINISH_REASON_LENGTH),
        ([0, 1], [1, 6], FinishReason.FINISH_REASON_LENGTH),
        ([0, 1], [5, 1], FinishReason.FINISH_REASON_STOP),
        ([0, 1], [], FinishReason.FINISH_REASON_LENGTH),
    ],
)
def test_a_completion_without_an_end_token_was_cut_off(
    end_token_ids: list[int],
    completion_ids: list[int] | None,
    expected: FinishReason.ValueType,
) -> None:
    given = None if completion_ids is None else [completion_ids]
    (item,) = asked(VeridicalReward(end_token_ids=end_token_ids), ["2"], completion_ids=given)
    assert item.finish_reason == expected


class Trainer:
    """What the adapter can see of one."""

    def __init__(self, functions: int) -> None:
        self.reward_funcs = [object()] * functions

    def log_metric(self, name: str, value: float) -> None:
        raise AssertionError(f"{name} = {value}: nothing was verified")


def refusal(log_metric: Callable[[str, float], None] | None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        VeridicalReward()(["1 + 1?"], ["2"], answer=["2"], log_metric=log_metric)
    return str(caught.value)


def test_without_a_choice_the_function_must_be_seen_to_be_the_sole_one() -> None:
    assert "one of 2 reward functions" in refusal(Trainer(2).log_metric)
    assert "no trainer is in sight" in refusal(None)
    assert "no trainer is in sight" in refusal(lambda *_: None)


@pytest.mark.parametrize("kind", [VeridicalReward, AsyncVeridicalReward])
def test_other_choices_are_refused_before_the_run(
    kind: type[VeridicalReward | AsyncVeridicalReward],
) -> None:
    with pytest.raises(TypeError, match=r"undecided must be one of Undecided\.RAISE"):
        kind(undecided="none")  # type: ignore[arg-type]


@pytest.mark.parametrize("installed", ["0.29.1", "1.5.1", "1.5.0.dev0"])
def test_trl_that_counts_none_as_zero_is_refused(
    installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trl, "version", lambda _: installed)
    assert f"TRL {installed} counts None as 0" in refusal(Trainer(1).log_metric)


@pytest.mark.parametrize("installed", ["1.6.0", "1.16.0", "2.0rc1"])
def test_trl_that_masks_is_trusted(installed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trl, "version", lambda _: installed)
    call = trl._Call.of([], [], log_metric=Trainer(1).log_metric)
    assert trl._left_out(call) is Undecided.NONE


def test_trl_logs_the_function_by_its_name() -> None:
    assert VeridicalReward().__name__ == "veridical"
    assert AsyncVeridicalReward(name="both").__name__ == "both"
