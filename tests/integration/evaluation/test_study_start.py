"""What a study finds out before it samples, and what it shows where nothing is solved."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)

FLAGS = ("-n", "2", "--max-tokens", "200", "--probes", "none")


def line(group: str, task: dict[str, Any]) -> str:
    return json.dumps({"group": group, "prompt": "What is it?", "task": task})


def math(gold: str) -> dict[str, Any]:
    return {"math": {"gold": gold}}


def never_right(_model: str, _prompt: str, seed: int) -> str:
    return f"I do not know {seed}"


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)


def test_both_models_are_asked_the_same_in_the_paper_s_way(
    tmp_path: Path, models: Callable[..., Any], study: Callable[..., list[str]]
) -> None:
    """Zero-shot, with temperature 0.6, top-p 0.95 and at most 16,384 tokens, as arXiv 2504.13837 has it."""
    started = models(never_right, scores=True)
    file = tmp_path / "problems.jsonl"
    file.write_text(line("a", math("7")) + "\n" + line("b", math("8")))
    done = run(study(file, started, tmp_path / "run", "-n", "3", "--probes", "none"))
    assert done.returncode == 0, done.stderr
    asked = {
        name: sorted((body["seed"], bytes(body["prompt"]).decode()) for body in endpoint.bodies)
        for name, endpoint in started.endpoints.items()
    }
    assert asked["base"] == asked["rl"]
    assert len(asked["base"]) == 6
    assert len(set(asked["base"])) == 3, "seeds follow from the index of a sample alone"
    for endpoint in started.endpoints.values():
        for body in endpoint.bodies:
            assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.6, 0.95, 16_384)


FAULTS = [
    ({"proof": {"problem": "x", "min_coverage": 3}}, "task.proof.min_coverage: must be between"),
    ({"math": {"gold": "1", "rtol": -1}}, "task.math.rtol: must be between"),
    (
        {"code": {"language": "python", "asserts": {"test_code": "f()"}}},
        "task: no verifier of code",
    ),
    ({"format": {"full_match": "("}}, "task.format.full_match: "),
    (
        {"all": {"tasks": [math("1"), {"math": {"gold": "1", "atol": -1}}]}},
        "task.math.atol: must be",
    ),
]


def test_problems_that_nobody_judges_are_named_before_anything_is_sampled(
    tmp_path: Path, models: Callable[..., Any], study: Callable[..., list[str]]
) -> None:
    started = models(never_right)
    lines = [line("good", math("7")), ""]
    lines += [line(f"bad-{place}", task) for place, (task, _) in enumerate(FAULTS)]
    file = tmp_path / "problems.jsonl"
    file.write_text("\n".join(lines))
    done = run(study(file, started, tmp_path / "run", *FLAGS))
    assert done.returncode == 2, done.stderr
    told = done.stderr.splitlines()
    for number, (found, (_, fault)) in enumerate(zip(told, FAULTS, strict=True), 3):
        assert f"{file}, line {number}: {fault}" in found
    file.write_text(line("g" * 257, math("7")))
    done = run(study(file, started, tmp_path / "run", *FLAGS))
    assert (done.returncode, f"{file}, line 1: group: " in done.stderr) == (2, True)
    assert started.asked() == 0
    assert not (tmp_path / "run").exists()


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, models: Callable[..., Any], study: Callable[..., list[str]]
) -> None:
    file = tmp_path / "problems.jsonl"
    file.write_text(line("a", math("7")))
    done = run(study(file, models(never_right), file / "run", *FLAGS))
    assert done.returncode == 2
    assert done.stderr == f"veridical: cannot write {file / 'run'}: Not a directory\n"


def test_a_language_that_nobody_runs_is_named(
    tmp_path: Path,
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    shared_services: Any,
) -> None:
    code = shared_services("code", "--workers", "1").address
    file = tmp_path / "problems.jsonl"
    task = {"code": {"language": "cobol", "asserts": {"entry_point": "f", "test_code": "f()"}}}
    file.write_text(line("a", task))
    done = run(study(file, models(never_right), tmp_path / "run", *FLAGS, address=code))
    assert done.returncode == 2
    assert "line 1: task.code.language: " in done.stderr
    assert "cobol" in done.stderr


def test_where_nothing_is_solved_some_responses_are_shown(
    tmp_path: Path, models: Callable[..., Any], study: Callable[..., list[str]]
) -> None:
    """And a gold that cannot be read is told of and does not stop the rest."""
    file = tmp_path / "problems.jsonl"
    golds = [math(gold) for gold in ("7", "8", "9", "")]
    file.write_text("\n".join(line(f"p{n}", task) for n, task in enumerate(golds)))
    done = run(study(file, models(never_right), tmp_path / "run", *FLAGS))
    assert done.returncode == 0, done.stderr
    assert "1 of 4 problems stay UNDECIDED" in done.stderr
    assert "line 4: the gold is empty" in done.stderr
    page = (tmp_path / "run" / "report.html").read_text()
    assert "Solved by neither <bdi>base</bdi> nor <bdi>rl</bdi>" in page
    assert page.count("I do not know") >= 4
