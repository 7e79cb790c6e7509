"""GRPOTrainer trains on the rewards of real services."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from datasets import Dataset
from transformers import PreTrainedTokenizerFast, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer

from veridical.client import (
    Client,
    ConfigurationError,
    FormatTask,
    Task,
    Undecided,
    UndecidedError,
    math_item,
    math_task,
)
from veridical.integrations.tasks import Row, all_of, math_gold
from veridical.integrations.trl import AsyncVeridicalReward, VeridicalReward

# The trainer's libraries announce to each other what will change.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

STEPS = 3
SAMPLES = 16
ROWS = [("one plus one is", "2"), ("two plus one is", "3"), ("one is", "")]
TEXT = Dataset.from_list([{"prompt": prompt, "answer": gold} for prompt, gold in ROWS])
CHAT = Dataset.from_list(
    [{"prompt": [{"role": "user", "content": prompt}], "answer": gold} for prompt, gold in ROWS]
)
T = TypeVar("T")
Call = tuple[dict[str, Any], list[float | None]]
Train = Callable[..., Any]


class RecordingReward(VeridicalReward):
    """Keeps what it was given and what it gave."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.calls: list[Call] = []

    def __call__(self, *args: Any, **given: Any) -> list[float | None]:
        rewards = super().__call__(*args, **given)
        self.calls.append((given, rewards))
        return rewards


class RecordingAsyncReward(AsyncVeridicalReward):
    """Keeps what it was given and what it gave."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.calls: list[Call] = []

    async def __call__(self, *args: Any, **given: Any) -> list[float | None]:
        rewards = await super().__call__(*args, **given)
        self.calls.append((given, rewards))
        return rewards


@pytest.fixture
def train(model: Qwen2ForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path) -> Train:
    """Trains a few steps, each on every row, and returns the trainer."""

    def run(
        functions: Any,
        dataset: Dataset = TEXT,
        kind: type[Any] = GRPOTrainer,
        config: type[Any] = GRPOConfig,
    ) -> Any:
        args = config(
            str(tmp_path),
            per_device_train_batch_size=len(dataset) * SAMPLES,
            num_generations=SAMPLES,
            max_completion_length=2,
            max_steps=STEPS,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            bf16=False,
            seed=0,
            beta=0.0,
        )
        trainer = kind(
            model, functions, args=args, train_dataset=dataset, processing_class=tokenizer
        )
        trainer.train()
        return trainer

    return run


def texts(completions: Sequence[Any]) -> list[str]:
    return [c if isinstance(c, str) else c[0]["content"] for c in completions]


def direct(client: Client, golds: Sequence[str], responses: Sequence[str]) -> list[float | None]:
    """The rewards that the services give without the trainer and the adapter."""
    items = [
        math_item(str(i), gold, response)
        for i, (gold, response) in enumerate(zip(golds, responses, strict=True))
    ]
    return client.rewards(items, undecided=Undecided.NONE)


def normalised(rewards: Sequence[float]) -> list[float]:
    """GRPO's advantages within a group."""
    mean, spread = statistics.mean(rewards), statistics.stdev(rewards)
    return [(reward - mean) / (spread + 1e-4) for reward in rewards]


@pytest.mark.parametrize(
    ("kind", "dataset"),
    [(RecordingReward, TEXT), (RecordingAsyncReward, CHAT)],
    ids=["sync-text", "async-chat"],
)
def test_rewards_are_those_of_direct_verdicts(
    client: Client,
    train: Train,
    kind: type[RecordingReward | RecordingAsyncReward],
    dataset: Dataset,
) -> None:
    reward = kind(client)
    trainer = train(reward, dataset)
    assert len(reward.calls) == STEPS
    for given, rewards in reward.calls:
        assert rewards == direct(client, given["answer"], texts(given["completions"]))
        assert [r is None for r in rewards] == [gold == "" for gold in given["answer"]]
    assert {r for _, rewards in reward.calls for r in rewards} == {0.0, 1.0, None}
    logged = [entry for entry in trainer.state.log_history if "veridical/undecided" in entry]
    assert [entry["veridical/undecided"] for entry in logged] == [pytest.approx(1 / 3)] * STEPS
    for entry, (_, rewards) in zip(logged, reward.calls, strict=True):
        decided = [r for r in rewards if r is not None]
        assert entry["rewards/veridical/mean"] == pytest.approx(statistics.mean(decided))


def test_the_table_of_completions_has_the_reasons(client: Client, train: Train) -> None:
    reward = RecordingReward(client)
    table = train(reward)._logs
    _, rewards = reward.calls[-1]
    by_reason = {"equal": 1.0, "gold_unparsable": None}
    reasons = table["extra"]["veridical/reason"]
    assert [by_reason.get(reason, 0.0) for reason in reasons] == rewards
    details = zip(rewards, table["extra"]["veridical/detail"], strict=True)
    assert {detail for r, detail in details if r is None} == {"the gold is empty"}


class OneWithoutGold:
    """The tasks of a run in which the first sample of every group has an empty gold."""

    def __init__(self) -> None:
        self.golds: list[str] = []

    def __call__(self, row: Row) -> Task:
        first = len(self.golds) % SAMPLES == 0
        self.golds.append("" if first else row["answer"] or "1")
        return math_task(self.golds[-1])


def groups(values: Iterable[T]) -> Iterator[list[T]]:
    members = iter(values)
    while group := list(itertools.islice(members, SAMPLES)):
        yield group


def test_an_undecided_item_is_masked_in_its_group(client: Client, train: Train) -> None:
    task = OneWithoutGold()
    reward = RecordingReward(client, task=task)
    table = train(reward)._logs
    given, rewards = reward.calls[-1]
    assert rewards == direct(client, task.golds[-len(rewards) :], given["completions"])
    assert [None if math.isnan(r) else r for r in table["rewards"]["veridical"]] == rewards
    assert any(table["advantages"])
    for group, advantages in zip(groups(rewards), groups(table["advantages"]), strict=True):
        assert group[0] is None
        decided = [r for r in group if r is not None]
        assert advantages == pytest.approx([0.0, *normalised(decided)], abs=1e-5)


def test_gold_and_format_are_one_function(client: Client, train: Train) -> None:
    ends_in_a_box = r".*\\boxed\{\d\}"
    form = Task(format=FormatTask(full_match=ends_in_a_box))
    reward = RecordingReward(client, task=all_of(math_gold("answer"), form))
    train(reward)
    for given, rewards in reward.calls:
        responses = given["completions"]
        kept = [re.fullmatch(ends_in_a_box, response) for response in responses]
        right = direct(client, given["answer"], responses)
        assert rewards == [r if k else 0.0 for k, r in zip(kept, right, strict=True)]
    assert {r for _, rewards in reward.calls for r in rewards} == {0.0, 1.0, None}


def test_beside_another_function_undecided_must_be_said(client: Client, train: Train) -> None:
    with pytest.raises(ConfigurationError, match="one of 2 reward functions"):
        train([VeridicalReward(client), one])


def test_beside_another_function_trl_counts_none_as_zero(client: Client, train: Train) -> None:
    """The reason for the rule above."""
    reward = RecordingReward(client, task=OneWithoutGold(), undecided=Undecided.NONE)
    table = train([reward, one])._logs
    _, rewards = reward.calls[-1]
    pairs = list(zip(rewards, table["advantages"], strict=True))
    for group in groups(pairs):
        counted = normalised([r or 0.0 for r, _ in group])
        assert [advantage for _, advantage in group] == pytest.approx(counted, abs=1e-5)
    assert any(advantage for r, advantage in pairs if r is None)


def test_raise_ends_the_run(client: Client, train: Train) -> None:
    with pytest.raises(UndecidedError, match=rf"^{SAMPLES} items are undecided.*the gold is empty"):
        train([VeridicalReward(client, undecided=Undecided.RAISE), one])


def test_rloo_takes_the_same_function(client: Client, train: Train) -> None:
    reward = RecordingReward(client)
    trainer = train(reward, kind=RLOOTrainer, config=RLOOConfig)
    given, rewards = reward.calls[-1]
    assert rewards == direct(client, given["answer"], given["completions"])
    pairs = zip(rewards, trainer._logs["advantages"], strict=True)
    assert {advantage for r, advantage in pairs if r is None} == {0.0}


def test_two_ranks(
    client: Client,
    address: str,
    model: Qwen2ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    tmp_path: Path,
) -> None:
    """Each process makes its own client of the address in the environment."""
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    script = Path(__file__).with_name("two_ranks.py")
    environment = {**os.environ, "VERIDICAL_ADDRESS": address}
    subprocess.run([*command, script, tmp_path], env=environment, check=True)
    ranks = [json.loads((tmp_path / f"rank-{rank}.json").read_text()) for rank in range(2)]
    for seen in ranks:
        golds, responses, rewards = zip(*seen, strict=True)
        assert list(rewards) == direct(client, golds, responses)
    assert {gold for seen in ranks for gold, _, _ in seen} == {"", "2"}


def one(completions: Sequence[str], **_: Any) -> list[float]:
    return [1.0] * len(completions)
