"""Both clients against the real services."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    InvalidRequestError,
    Item,
    Outcome,
    Reason,
    Undecided,
    math_item,
    math_task,
    reason_name,
)

SMALL = ClientSettings(batch_items=8)


@pytest.fixture(params=["math_address", "reward_address"])
def address(request):
    return request.getfixturevalue(request.param)


def items(count):
    return [math_item(f"i{n}", f"{n % 7}", rf"\boxed{{{n % 5}}}") for n in range(count)]


def expected_rewards(count):
    return [1.0 if n % 7 == n % 5 else 0.0 for n in range(count)]


def test_one_item(connect, address):
    item = math_item("7", "1/2", r"\boxed{0.5}", group="g", sample_index=0, labels={"model": "m"})
    verdict = connect(address).verify(item, timeout=60)
    assert (verdict.id, verdict.outcome, verdict.reward) == ("7", Outcome.OUTCOME_CORRECT, 1.0)
    assert (verdict.group, verdict.sample_index, dict(verdict.labels)) == ("g", 0, {"model": "m"})


def test_rewards_of_many_items(connect, address):
    client = connect(address, settings=SMALL)
    assert client.rewards(items(100), undecided=Undecided.RAISE) == expected_rewards(100)


def test_shared_tasks(connect, address):
    named = [Item(id=f"{n}", task_id="t", response=str(n)) for n in range(20)]
    client = connect(address, settings=SMALL)
    rewards = client.rewards(named, undecided=Undecided.RAISE, tasks={"t": math_task("7")})
    assert [n for n, reward in enumerate(rewards) if reward] == [7]


def test_a_malformed_item_spoils_only_itself(connect, address):
    client = connect(address)
    bad = Item(id="bad", response="1")
    with pytest.raises(InvalidRequestError, match="task"):
        client.verify(bad)
    *good, undecided = client.verify_many([*items(5), bad])
    assert [verdict.reward for verdict in good] == expected_rewards(5)
    assert reason_name(undecided.reason) == "invalid_item"
    assert client.rewards([bad], undecided=Undecided.NONE) == [None]


def test_a_response_beyond_the_bound_is_incorrect(connect, address):
    verdict = connect(address).verify(math_item("a", "1", "ä" * 2_000_000))
    assert (verdict.outcome, verdict.reward) == (Outcome.OUTCOME_INCORRECT, 0.0)
    assert verdict.reason == Reason.REASON_RESPONSE_TOO_LARGE


def test_describe(connect, address):
    description = connect(address).describe()
    assert "math" in description.kinds
    assert description.verifier.name in ("math", "reward")


def test_many_threads_share_a_client(math_address):
    with Client(math_address, settings=SMALL) as client, ThreadPoolExecutor(8) as threads:
        calls = [
            threads.submit(client.rewards, items(50), undecided=Undecided.RAISE) for _ in range(16)
        ]
        assert all(call.result() == expected_rewards(50) for call in calls)


async def test_the_ordinary_client_works_inside_a_running_loop(math_address):
    with Client(math_address, settings=SMALL) as client:
        assert client.rewards(items(50), undecided=Undecided.RAISE) == expected_rewards(50)


async def test_verdicts_come_one_by_one_in_a_running_loop(reward_address):
    async with AsyncClient(reward_address) as client:
        verdicts = [verdict async for verdict in client.verify_iter(items(20))]
    assert [verdict.reward for verdict in verdicts] == expected_rewards(20)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_two_servers_are_taken_in_turns_and_one_may_die(start_service, connect):
    servers = [
        start_service("math", "--workers", "1", address=f"localhost:{free_port()}")
        for _ in range(2)
    ]
    client = connect([server.address for server in servers], settings=ClientSettings(batch_items=5))
    wait_for_instances(client, 2)
    # Batches larger than what gRPC keeps for a repeat by default.
    large = [math_item(f"{n}", "1", "x" * 100_000 + r"\boxed{1}") for n in range(200)]
    progress = []

    def kill_one(step):
        if not progress:
            servers[0].process.kill()
        progress.append(step)

    verdicts = client.verify_many(large, on_progress=kill_one)
    assert [verdict.reward for verdict in verdicts] == [1.0] * 200
    wait_for_instances(client, 1)


def wait_for_instances(client, count):
    for _ in range(200):
        instances = {client.describe().verifier.instance for _ in range(10)}
        if len(instances) == count:
            return
    pytest.fail(f"calls reach {instances}")
