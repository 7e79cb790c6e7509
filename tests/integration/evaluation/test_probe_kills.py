"""A sampler and verifiers that are killed in the middle of a probe: nothing is lost or counted twice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from veridical.client import math_item

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

WORDS = "Tom buys pens and gives some of them away so that now he has fewer than before"
FLAGS = ("-n", "6", "--max-tokens", "200")
PROBLEMS = 4
PROBES: dict[str, Callable[[str], bool]] = {
    "perplexity": lambda prompt: prompt == "score",
    "guessing": lambda prompt: prompt.endswith("\\boxed{"),
    "memorisation": lambda prompt: "box the answer" not in prompt and prompt != "score",
}
"""By which prompts a model meets a probe."""
ROWS = {
    "perplexity": ("probe_score", 2 * 2 * 4 * PROBLEMS),
    "guessing": ("probe_answer WHERE probe = 'guessing'", 2 * 24 * PROBLEMS),
    "memorisation": ("probe_answer WHERE probe != 'guessing'", 2 * 2 * 3 * PROBLEMS),
    "coherence": ("probe_verdict WHERE probe = 'coherence'", 2 * 4 * PROBLEMS),
}


def say(model: str, prompt: str, seed: int) -> str:
    if prompt.endswith("\\boxed{"):
        return f"{seed % 3}}}"
    if "box the answer" not in prompt:
        return f" and {seed % 5} of them"
    number = prompt.split(": ")[1].split(" ")[0]
    answer = number if model == "rl" or seed % 2 else "none"
    return f"We have $2 + 2 = 4$. So the answer is \\boxed{{{answer}}}."


@pytest.fixture
def items(problems: Callable[..., Path]) -> Path:
    made = []
    for number in range(PROBLEMS):
        prompt = f"{number} pens. {WORDS}: {number} of {number}.\nThink, and box the answer."
        made.append(math_item("", str(number), "", group=f"p{number}", prompt=prompt))
    return problems(made)


def ended(folder: Path) -> tuple[Any, dict[str, int]]:
    """The tables, and how many rows each probe has."""
    tables = json.loads((folder / "tables.json").read_text())
    with closing(sqlite3.connect(folder / "run.sqlite")) as connection:
        rows = {
            probe: connection.execute(f"SELECT count(*) FROM {where}").fetchone()[0]
            for probe, (where, _) in ROWS.items()
        }
    return tables, rows


def test_a_study_whose_services_are_killed_within_a_probe_ends_the_same(
    tmp_path: Path,
    items: Path,
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    finished: Callable[..., Any],
    judges: Any,
) -> None:
    started = models(say, scores=True)

    def command(folder: Path) -> list[str]:
        return study(items, started, folder, *FLAGS, address=judges.address)

    finished(command(tmp_path / "whole"))
    end = ended(tmp_path / "whole")
    assert end[1] == {probe: count for probe, (_, count) in ROWS.items()}
    endpoint, sampler = started.endpoints["rl"], started.samplers["rl"]
    for probe, meets in PROBES.items():
        folder = tmp_path / probe
        endpoint.hold(meets)
        with subprocess.Popen(
            command(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert endpoint.heard.wait(60), probe
            sampler.kill()
            for each in judges.services:
                each.kill()
            endpoint.asked.clear()
            endpoint.open.set()
            sampler.start()
            # What it answers now is to be judged by services that are not there.
            if probe == "guessing":
                wait_for(lambda: len(endpoint.asked) >= 24 * PROBLEMS)
            for each in judges.services:
                each.start()
            _, told = process.communicate(timeout=150)
        assert process.returncode == 0, told
        assert ended(folder) == end, probe


def test_a_sampler_that_stays_away_is_told_of_and_the_same_command_goes_on(
    tmp_path: Path,
    items: Path,
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    finished: Callable[..., Any],
) -> None:
    started = models(say, scores=True)
    whole = study(items, started, tmp_path / "whole", *FLAGS, "--probes", "perplexity")
    finished(whole)
    command = study(items, started, tmp_path / "run", *FLAGS, "--probes", "perplexity")
    endpoint, sampler = started.endpoints["rl"], started.samplers["rl"]
    endpoint.hold(PROBES["perplexity"])
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert endpoint.heard.wait(60)
        sampler.kill()
        endpoint.open.set()
        _, told = process.communicate(timeout=150)
    assert process.returncode == 3, told
    assert "a service was out of reach; the same command" in told
    rest, rows = ended(tmp_path / "run")
    assert rows["perplexity"] == ROWS["perplexity"][1] // 2
    assert rest["curves"]
    sampler.start()
    finished(command)
    assert ended(tmp_path / "run") == ended(tmp_path / "whole")


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)
