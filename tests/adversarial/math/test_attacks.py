"""No wrong answer of the attack file earns a reward or an UNDECIDED, and none takes long."""

from __future__ import annotations

import asyncio
import time

import pytest
from math_attack_rows import COMPARE, Attack, read_attacks

from veridical.math import (
    CompareResult,
    Comparison,
    Decision,
    MathPolicy,
    Outcome,
    conclude,
    decide,
)
from veridical.math.settings import MathSettings
from veridical.math.workers import worker_spec
from veridical.serving.pool import Answered, Fault, WorkerPool

MAX_CPU_SECONDS = 2.0
ATTACKS = read_attacks(COMPARE)
GROUPS = list(dict.fromkeys(attack.group for attack in ATTACKS))


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    """What became of each attack, by id: an outcome's name and the reason, or what went wrong."""
    found = {attack.id: _decided(attack) for attack in ATTACKS}
    pending = {key: each for key, each in found.items() if isinstance(each, Comparison)}
    results = asyncio.run(_compared(list(pending.values())))
    concluded = dict(zip(pending, results, strict=True))
    return {key: _said(concluded.get(key, each)) for key, each in found.items()}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("group", GROUPS)
def test_every_attack_is_incorrect(group: str, outcomes: dict[str, str]) -> None:
    attacks = [attack for attack in ATTACKS if attack.group == group]
    got_through = {
        attack.id: (attack.gold, attack.response[:100], outcomes[attack.id])
        for attack in attacks
        if not outcomes[attack.id].startswith(Outcome.INCORRECT.name)
    }
    assert not got_through


def test_there_are_enough_and_each_has_its_own_id() -> None:
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS) >= 300


def _decided(attack: Attack) -> Decision | Comparison | str:
    start = time.process_time()
    try:
        found = decide(attack.gold, attack.response, MathPolicy(), truncated=False)
    except Exception as error:
        return f"raised {error!r:.200}"
    seconds = time.process_time() - start
    return found if seconds <= MAX_CPU_SECONDS else f"took {seconds:.1f} s in the server"


async def _compared(comparisons: list[Comparison]) -> list[Decision | str]:
    """Compares as the server does; what needs more than `MAX_CPU_SECONDS` is a fault."""
    limits = MathSettings(cpu_seconds=MAX_CPU_SECONDS, wall_seconds=100, workers=2).pool_limits()
    pool: WorkerPool = WorkerPool(worker_spec(), limits)
    await pool.start()
    try:
        outcomes = await pool.run([comparison.request for comparison in comparisons])
    finally:
        await pool.close()
    return [_concluded(*pair) for pair in zip(comparisons, outcomes, strict=True)]


def _concluded(comparison: Comparison, outcome: Answered[CompareResult] | Fault) -> Decision | str:
    if isinstance(outcome, Fault):
        return f"{outcome.kind.name}: {outcome.detail}"
    return conclude(comparison, outcome.value)


def _said(found: Decision | Comparison | str) -> str:
    if isinstance(found, Decision):
        return f"{found.outcome.name} {found.reason.name}"
    return str(found)
