"""A run over a real sampler and verifier: filled, interrupted, and the same in the end."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from veridical.api.v1.sampling_pb2 import SamplingSettings
from veridical.client import AsyncClient
from veridical.client.async_sampler import AsyncSamplerClient
from veridical.evaluation.problems.arithmetic import arithmetic_problems
from veridical.evaluation.runs.filling import Filling
from veridical.evaluation.runs.plan import Plan, Policy
from veridical.evaluation.runs.store import open_run, read_run

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

PROBLEMS = list(arithmetic_problems(6))
PLAN = Plan(4, seeds=(5, 9), sampling=SamplingSettings(max_tokens=12, temperature=1.1))
MODELS = ("base", "rl")
KILLS = 5
FILL = """
import sys
sys.path.insert(0, sys.argv[1])
import asyncio
from pathlib import Path
from test_runs import fill
asyncio.run(fill(Path(sys.argv[2]), sys.argv[3], sys.argv[4], lambda *told: print("going", flush=True)))
"""


async def fill(folder: Path, sampler: str, verifier: str, on_progress: Any = None) -> int:
    """Fills a run, or goes on with it; returns what is left to judge."""
    async with AsyncSamplerClient(sampler) as drawing, AsyncClient(verifier) as judging:
        policies = [Policy(name, drawing) for name in MODELS]
        with open_run(folder, PLAN.settings(), PROBLEMS) as store:
            return await Filling(store, policies, PLAN, judging, on_progress).run()


def _contents(folder: Path) -> list[tuple[Any, ...]]:
    with read_run(folder) as store:
        return [
            (
                each.model,
                each.item.group,
                each.sample.sample_index,
                each.sample.text,
                each.verdict.outcome if each.verdict else None,
            )
            for each in store.drawn()
        ]


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, sampler_address: str, math_address: str
) -> list[tuple[Any, ...]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert asyncio.run(fill(folder, sampler_address, math_address)) == 0
    return _contents(folder)


def test_every_sample_is_drawn_once_and_judged(undisturbed: list[tuple[Any, ...]]) -> None:
    keys = [row[:3] for row in undisturbed]
    wanted = {(m, p.group, i) for m in MODELS for p in PROBLEMS for i in range(PLAN.total)}
    assert len(keys) == len(set(keys))
    assert set(keys) == wanted
    assert all(row[4] for row in undisturbed)
    by_model = [[row[1:] for row in undisturbed if row[0] == model] for model in MODELS]
    assert by_model[0] == by_model[1], "the same model under the same seeds"
    texts = {row[3] for row in undisturbed if row[1] == PROBLEMS[0].group}
    assert len(texts) > PLAN.samples, "seeds and indices draw different samples"


def test_what_is_there_is_not_drawn_again(
    tmp_path: Path, sampler_address: str, math_address: str
) -> None:
    told: list[tuple[str, int, int]] = []

    def note(model: str, samples: int, judged: int) -> None:
        told.append((model, samples, judged))

    asyncio.run(fill(tmp_path, sampler_address, math_address, note))
    whole = PLAN.total * len(PROBLEMS)
    assert {each for each in told if each[1:] == (whole, whole)} == {
        (model, whole, whole) for model in MODELS
    }
    told.clear()
    assert asyncio.run(fill(tmp_path, sampler_address, math_address, note)) == 0
    assert told == []


def test_a_killed_run_goes_on_to_the_same_end(
    tmp_path: Path,
    sampler_address: str,
    math_address: str,
    undisturbed: list[tuple[Any, ...]],
) -> None:
    chance = random.Random(11)
    addresses = (sampler_address, math_address)
    command = [sys.executable, "-c", FILL, str(Path(__file__).parent), str(tmp_path), *addresses]
    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.15))
            process.kill()
    assert asyncio.run(fill(tmp_path, *addresses)) == 0
    assert _contents(tmp_path) == undisturbed
