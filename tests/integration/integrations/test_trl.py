"""The reward functions against a real gateway, called as TRL calls them but without it."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from veridical.client import Client, ClientSettings, UnavailableError, Undecided, UndecidedError
from veridical.integrations.tasks import task_column
from veridical.integrations.trl import AsyncVeridicalReward, VeridicalReward

BATCH: dict[str, Any] = {
    "prompts": ["1 + 1?", "1 + 1?", "2 + 2?"],
    "completions": [r"\boxed{2}", r"\boxed{3}", r"\boxed{4}"],
    "answer": ["2", "2", ""],
}
REWARDS = [1.0, 0.0, None]


@pytest.fixture(autouse=True)
def _address(reward_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIDICAL_ADDRESS", reward_address)


def test_the_address_comes_from_the_environment() -> None:
    reward = VeridicalReward(undecided=Undecided.NONE)
    assert reward(**BATCH) == REWARDS
    reward.close()
    assert reward(**BATCH) == REWARDS
    reward.close()


def test_a_given_client_stays_its_owners(reward_address: str) -> None:
    with Client(reward_address) as client:
        reward = VeridicalReward(client, undecided=Undecided.NONE)
        assert reward(**BATCH) == REWARDS
        reward.close()
        assert client.describe().kinds


async def test_many_calls_may_wait_at_once() -> None:
    reward = AsyncVeridicalReward(undecided=Undecided.NONE)
    assert await asyncio.gather(*(reward(**BATCH) for _ in range(20))) == [REWARDS] * 20
    reward.close()


def test_a_reward_function_travels_to_another_process() -> None:
    reward = VeridicalReward(undecided=Undecided.NONE)
    assert reward(**BATCH) == REWARDS
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as processes:
        assert processes.submit(reward, **BATCH).result() == REWARDS
    copy = pickle.loads(pickle.dumps(reward))
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(copy, **BATCH) for _ in range(8)]
        assert [call.result() for call in calls] == [REWARDS] * 8
    copy.close()
    reward.close()


def test_raise_names_the_undecided_items() -> None:
    reward = VeridicalReward(undecided=Undecided.RAISE)
    with pytest.raises(UndecidedError) as caught:
        reward(**BATCH)
    assert [verdict.detail for verdict in caught.value.verdicts] == ["the gold is empty"]
    reward.close()


def test_the_trainer_is_told_the_undecided_share_and_the_reasons() -> None:
    metrics: dict[str, float] = {}
    columns: dict[str, list[str]] = {}
    reward = VeridicalReward(undecided=Undecided.NONE, name="sums")
    reward(**BATCH, log_metric=metrics.__setitem__, log_extra=columns.__setitem__)
    assert metrics == {"sums/undecided": pytest.approx(1 / 3)}
    assert columns["sums/reason"] == ["equal", "not_equal", "gold_unparsable"]
    assert columns["sums/detail"] == ["", "", "the gold is empty"]
    reward.close()


def test_a_cut_off_answer_does_not_count() -> None:
    reward = VeridicalReward(undecided=Undecided.NONE, end_token_ids=[0])
    batch: dict[str, Any] = {
        "prompts": ["7 + 5?"] * 2,
        "completions": ["The answer is 1"] * 2,
        "completion_ids": [[3, 0], [3, 4]],
        "answer": [1, 1],
    }
    assert reward(**batch) == [1.0, 0.0]
    reward.close()


def test_a_broken_task_in_a_column_is_undecided() -> None:
    reward = VeridicalReward(task=task_column(), undecided=Undecided.NONE)
    tasks = ['{"math": {"gold": "2"}}', '{"math": {"gold": "2"}}', '{"math": {"golf": "4"}}']
    assert reward(**BATCH, task=tasks) == REWARDS
    reward.close()


def test_a_failure_of_the_services_is_no_reward() -> None:
    with Client("127.0.0.1:1", settings=ClientSettings(timeout_seconds=1)) as client:
        reward = VeridicalReward(client, undecided=Undecided.NONE)
        with pytest.raises(UnavailableError):
            reward(**BATCH)


OWN_SERVICES = """
import json, sys, psutil
from veridical.client import Undecided
from veridical.integrations.trl import VeridicalReward

reward = VeridicalReward(undecided=Undecided.NONE)
rewards = reward(**json.loads(sys.argv[1]))
started = [process.pid for process in psutil.Process().children(recursive=True)]
print(json.dumps([rewards, started]))
"""


def test_services_of_its_own_end_with_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERIDICAL_ADDRESS")
    command = [sys.executable, "-c", OWN_SERVICES, json.dumps(BATCH)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rewards, started = json.loads(done.stdout)
    assert rewards == REWARDS
    assert len(started) >= 3  # the supervisor, math and the gateway
    assert not [pid for pid in started if psutil.pid_exists(pid)]
    assert done.stderr == ""
