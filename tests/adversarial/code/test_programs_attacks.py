"""No attack earns a reward or an UNDECIDED, none leaves a trace, and the next verdict is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from code_attack_host import CodeServer, health_seconds
from code_attack_programs import Attack, Task, read_attacks, read_tasks, right_item

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT
from veridical.client import (
    Client,
    ClientSettings,
    Item,
    RetrySettings,
    Verdict,
    outcome_name,
    reason_name,
)

TASKS = read_tasks()
ATTACKS = read_attacks(TASKS)
TASKS_EACH = 2
"""Tasks that each attack is run on; benchmarks/code_attacks.py runs it on all."""
HEALTH_SECONDS = 0.1
CALL_SECONDS = 120.0


@pytest.fixture(scope="module")
def client(server: CodeServer) -> Iterator[Client]:
    # An item that came back undecided must be seen, not sent again.
    settings = ClientSettings(retry=RetrySettings(items=False))
    with Client(server.address, settings=settings) as opened:
        yield opened


@pytest.mark.timeout(300)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: f"{each.kind}/{each.name}")
def test_an_attack_earns_nothing_and_leaves_nothing(
    attack: Attack, server: CodeServer, client: Client
) -> None:
    tasks = _some_tasks(attack)
    verdicts = client.verify_batch([attack.item(task) for task in tasks], timeout=CALL_SECONDS)
    assert [_said(each) for each in verdicts if each.outcome != OUTCOME_INCORRECT] == []
    # The shortest of several: a machine that is busy delays one.
    assert health_seconds(server.address, tries=3) < HEALTH_SECONDS
    after = client.verify_batch(
        [item for task in tasks for item in (right_item(task), _wrong_item(task))],
        timeout=CALL_SECONDS,
    )
    wanted = [OUTCOME_CORRECT, OUTCOME_INCORRECT] * len(tasks)
    assert [each.outcome for each in after] == wanted, [*map(_said, after)]
    assert server.left() == []


def _some_tasks(attack: Attack) -> list[Task]:
    """Tasks of as many styles as there are, others for the next attack."""
    by_style: dict[str, list[Task]] = {}
    for name in attack.tasks:
        by_style.setdefault(TASKS[name].style, []).append(TASKS[name])
    place = ATTACKS.index(attack)
    turned = [
        tasks[place % len(tasks) :] + tasks[: place % len(tasks)] for tasks in by_style.values()
    ]
    longest = max(map(len, turned))
    mixed = [tasks[row] for row in range(longest) for tasks in turned if row < len(tasks)]
    return mixed[:TASKS_EACH]


def _wrong_item(task: Task) -> Item:
    item = right_item(task)
    item.id = f"wrong/{task.name}"
    if task.entry:
        item.response += f"\n\n{task.entry} = lambda *args: 'wrong'\n"
    else:
        item.response = "print('wrong')\n"
    return item


def _said(verdict: Verdict) -> str:
    said = f"{verdict.id}: {outcome_name(verdict.outcome)}, {reason_name(verdict.reason)}"
    return f"{said}: {verdict.detail[:300]} {[*map(str, verdict.code.results)][:1]}"
