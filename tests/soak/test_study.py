"""A study whose sampler, verifiers and evaluator are killed: it goes on to the same end."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from soaking.servers import Server, Servers, wait_for

from veridical.cli.exits import ExitCode
from veridical.client.jsonl import item_to_json
from veridical.evaluation.errors import RunError
from veridical.evaluation.problems.arithmetic import arithmetic_problems
from veridical.evaluation.runs.store import read_run

ROOT = Path(__file__).parents[2]
ENGINE_PYTHON = ROOT / ".venv-trl" / "bin" / "python"
TINY_MODEL = ROOT / "tests" / "integration" / "sampling" / "tiny_model.py"
PROBLEMS = 12
SAMPLES = 128
STUDY_SECONDS = 300.0
PATTERNS = ["(?s).*[aeiou].*", "(?s).{0,8}", "(?s)[a-m].*"]
"""What some samples of a tiny random model match: its answers to sums are never right."""
VICTIMS = ["sampler", "evaluator", "gateway", "engine", "verifier", "worker"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny random models `first` and `second`."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([ENGINE_PYTHON, TINY_MODEL, folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """Sums for the math verifier, and as many patterns for the gateway."""
    items = list(arithmetic_problems(PROBLEMS))
    for number, item in enumerate(items[::2]):
        item.task.format.full_match = PATTERNS[number % len(PATTERNS)]
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(f"{item_to_json(item)}\n" for item in items))
    return path


@dataclass
class Study:
    """All processes of a study, any of which can be killed and started again."""

    servers: Servers
    models: Path
    problems: Path
    running: dict[str, tuple[Server, Callable[[], Server]]] = field(default_factory=dict)

    def start(self) -> None:
        """Starts the servers."""
        for name, model in (("sampler", "first"), ("other", "second")):
            flags = ("--engine-python", str(ENGINE_PYTHON), "--model", str(self.models / model))
            self._serve(name, "sampling", *flags)
        math = self._serve("verifier", "math", "--workers", "1")
        self._serve("gateway", "reward", "--backends", math.address, "--cache-entries", "0")

    def evaluator(self, folder: Path) -> subprocess.Popen[str]:
        """Starts the command, or goes on with what it left in the folder."""
        at = {name: server.address for name, (server, _) in self.running.items()}
        command = [
            *(sys.executable, "-m", "veridical.cli", "study", "--problems", str(self.problems)),
            *("--base", f"base@{at['sampler']}", "--rl", f"tuned@{at['other']}"),
            *("-n", str(SAMPLES), "--max-tokens", "8", "--temperature", "1.5", "--top-p", "1"),
            *("--probes", "perplexity", "--address", at["gateway"], "-o", str(folder)),
        ]
        return subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def kill(self, victim: str) -> None:
        """Kills a process of the servers, and starts again what nobody else would."""
        if victim == "engine":
            self._child("sampler", "veridical.sampling.engines.process").kill()
        elif victim == "worker":
            self._child("verifier", "veridical.serving.pool.worker").kill()
        else:
            server, again = self.running[victim]
            server.process.kill()
            server.process.wait()
            self.running[victim] = (again(), again)

    def _serve(self, name: str, module: str, *flags: str) -> Server:
        address = f"unix:{self.servers.folder}/{name}"

        def start() -> Server:
            return self.servers.start(module, *flags, address=address)

        server = start()
        self.running[name] = (server, start)
        return server

    def _child(self, name: str, module: str) -> Any:
        def found() -> list[Any]:
            children = self.running[name][0].workers()
            return [child for child in children if module in child.cmdline()]

        wait_for(lambda: bool(found()), f"{name} has no {module}")
        return found()[0]


@pytest.fixture
def study(servers: Servers, models: Path, problems: Path) -> Study:
    study = Study(servers, models, problems)
    study.start()
    return study


def test_a_study_whose_processes_are_killed_ends_the_same(
    study: Study, tmp_path: Path, share: Callable[[float], int]
) -> None:
    whole = tmp_path / "undisturbed"
    finish(study.evaluator(whole))
    expected = contents(whole)
    keys = [row[:3] for row in expected]
    assert len(set(keys)) == len(keys) == 2 * PROBLEMS * SAMPLES
    assert len({row[3:] for row in expected}) > PROBLEMS * SAMPLES

    chance = random.Random(20)
    victims = cycle(VICTIMS)
    kills, run, folder = 0, 0, tmp_path / "killed-0"
    evaluator = study.evaluator(folder)
    while kills < share(20):
        time.sleep(chance.uniform(0, 3))
        if evaluator.poll() == ExitCode.SERVICES:
            # It came while a server was away; whoever keeps a study going starts the command again.
            evaluator.communicate()
            evaluator = study.evaluator(folder)
            continue
        if evaluator.poll() is not None:
            finish(evaluator)
            assert same_end(folder, whole)
            run += 1
            folder = tmp_path / f"killed-{run}"
            evaluator = study.evaluator(folder)
            continue
        victim = next(victims)
        print(f"{samples_there(folder):5} samples there: {victim} killed")
        if victim == "evaluator":
            evaluator.kill()
            evaluator.communicate()
            evaluator = study.evaluator(folder)
        else:
            study.kill(victim)
        kills += 1
    evaluator.wait(STUDY_SECONDS)
    finish(study.evaluator(folder) if evaluator.returncode == ExitCode.SERVICES else evaluator)
    assert same_end(folder, whole)


def finish(evaluator: subprocess.Popen[str]) -> None:
    _, log = evaluator.communicate(timeout=STUDY_SECONDS)
    assert evaluator.returncode == 0, log


def samples_there(folder: Path) -> int:
    """How many the run holds by now; none where it has not begun."""
    try:
        with read_run(folder) as store:
            return sum(store.sizes(model)[0] for model in store.models())
    except RunError:
        return 0


def contents(folder: Path) -> list[tuple[object, ...]]:
    with read_run(folder) as store:
        return [
            (
                each.model,
                each.item.group,
                each.sample.sample_index,
                each.sample.seed,
                each.sample.text,
                tuple(each.sample.token_ids.ids),
                each.sample.finish_reason,
                each.verdict and (each.verdict.outcome, each.verdict.reason, each.verdict.reward),
            )
            for each in store.drawn()
        ]


def same_end(folder: Path, whole: Path) -> bool:
    tables = [(each / "tables.json").read_text() for each in (folder, whole)]
    return contents(folder) == contents(whole) and tables[0] == tables[1]
