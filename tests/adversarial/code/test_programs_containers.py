"""Some attacks of every kind, and some unusual programs, with cells in containers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from code_attack_host import CodeServer, code_server
from code_attack_programs import Attack, read_attacks, read_honest, read_tasks, right_item
from engine_daemon import brokers, the_engine

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT
from veridical.client import (
    Client,
    ClientSettings,
    Item,
    RetrySettings,
    outcome_name,
    reason_name,
)

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

TASKS = read_tasks()
ATTACKS_A_KIND = 4
"""benchmarks/code_attacks.py runs all."""
HONEST_STEP = 4
SECONDS = 200.0
_ONCE = ClientSettings(retry=RetrySettings(items=False))
"""An item that came back undecided must be seen, not sent again."""


@pytest.fixture(scope="module", params=["docker", "gvisor"])
def server(request: pytest.FixtureRequest) -> Iterator[CodeServer]:
    with brokers(the_engine()) as start:
        flags = ("--workers", "2", "--backend", request.param)
        with code_server(*flags, broker=str(start().socket)) as started:
            yield started


def test_attacks_earn_nothing_and_leave_nothing(server: CodeServer) -> None:
    honest = [right_item(task) for task in TASKS.values()]
    with Client(server.address, settings=_ONCE) as client:
        client.verify_batch(honest, timeout=SECONDS)
        server.settle()
        found = client.verify_batch(_some_attacks(), timeout=SECONDS)
        after = client.verify_batch(honest, timeout=SECONDS)
    said = [
        (one.id, outcome_name(one.outcome), reason_name(one.reason), one.detail) for one in found
    ]
    assert [each for each in said if each[1] != outcome_name(OUTCOME_INCORRECT)] == []
    assert {verdict.outcome for verdict in after} == {OUTCOME_CORRECT}
    assert server.left() == []


def test_unusual_programs_are_correct(server: CodeServer) -> None:
    items = [each.item() for each in read_honest()[::HONEST_STEP]]
    with Client(server.address, settings=_ONCE) as client:
        found = client.verify_batch(items, timeout=SECONDS)
    said = [(one.id, outcome_name(one.outcome), one.detail) for one in found]
    assert [each for each in said if each[1] != outcome_name(OUTCOME_CORRECT)] == []


def _some_attacks() -> list[Item]:
    """Attacks from all over each kind, on one task each."""
    kinds: dict[str, list[Attack]] = defaultdict(list)
    for attack in read_attacks(TASKS):
        kinds[attack.kind].append(attack)
    chosen = [
        attack
        for attacks in kinds.values()
        for attack in attacks[:: max(1, len(attacks) // ATTACKS_A_KIND)]
    ]
    return [
        attack.item(TASKS[attack.tasks[place % len(attack.tasks)]])
        for place, attack in enumerate(chosen)
    ]
