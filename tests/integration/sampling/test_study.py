"""`veridical study` from problems to the report, over real samplers and services."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from veridical.client.jsonl import item_to_json
from veridical.evaluation.problems.arithmetic import arithmetic_problems
from veridical.evaluation.runs.store import read_run

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

PROBLEMS = 4
SAMPLES = 6
PATTERNS = ["(?s).*[aeiou].*", "(?s).{0,8}", "(?s)[a-m].*", "(?s).*"]
"""What some samples of a tiny random model match: its answers are never right."""


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "problems.jsonl"
    items = list(arithmetic_problems(PROBLEMS))
    for item, pattern in zip(items, PATTERNS, strict=True):
        item.task.format.full_match = pattern
    lines = map(item_to_json, items)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.fixture(scope="module")
def study(
    problems: Path,
    sampler_address: str,
    shared_services: Callable[..., Any],
    flags: Callable[..., tuple[str, ...]],
    reward_address: str,
) -> Callable[..., subprocess.CompletedProcess[str]]:
    other = shared_services("sampling", *flags("--slots", "8", model="second")).address

    def run(
        folder: Path, *more: str, file_bytes: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        limit = [] if file_bytes is None else ["prlimit", f"--fsize={file_bytes}", "--"]
        command = [
            *(*limit, sys.executable, "-m", "veridical.cli", "study", "--problems", str(problems)),
            *("--base", f"base@{sampler_address}", "--rl", f"tuned@{other}", "-o", str(folder)),
            *("-n", str(SAMPLES), "--max-tokens", "6", "--temperature", "1.5"),
            *("--address", reward_address, *more),
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)

    return run


def test_it_ends_with_the_report_and_is_resumed(
    tmp_path: Path, study: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    first = study(tmp_path)
    assert first.returncode == 0, first.stderr
    assert "pass@k" in first.stdout
    page = (tmp_path / "report.html").read_text()
    assert "base" in page
    assert "<script" not in page
    again = study(tmp_path)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    changed = study(tmp_path, "--top-p", "0.5")
    assert changed.returncode == 2
    assert "begun with sampling" in changed.stderr


def test_its_figures_are_those_of_its_verdicts(
    tmp_path: Path, study: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert study(tmp_path, "--parquet").returncode == 0
    rows = parquet.read_table(tmp_path / "samples.parquet").to_pylist()
    assert len(rows) == 2 * PROBLEMS * SAMPLES
    right: dict[tuple[str, str], int] = {}
    with read_run(tmp_path) as store:
        for each in store.drawn():
            assert each.verdict is not None
            key = each.model, each.item.group
            right[key] = right.get(key, 0) + (each.verdict.reward == 1.0)
    with (tmp_path / "tables" / "curves.csv").open() as file:
        figures = {
            (row["model"], int(row["k"])): float(row["pass_at_k"]) for row in csv.DictReader(file)
        }
    for (model, k), estimate in figures.items():
        counts = [c for (name, _), c in right.items() if name == model]
        exact = sum(1 - Fraction(comb(SAMPLES - c, k), comb(SAMPLES, k)) for c in counts) / len(
            counts
        )
        assert estimate == pytest.approx(float(exact), abs=1e-9)
    assert {model for model, _ in figures} == {"base", "tuned"}
    by_row = Counter((row["model"], row["group"]) for row in rows if row["outcome"] == "correct")
    assert by_row == {key: count for key, count in right.items() if count}
    assert json.loads((tmp_path / "tables.json").read_text())


def test_a_full_disk_is_told_and_the_same_command_goes_on(
    tmp_path: Path, study: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "full"
    assert study(whole).returncode == 0
    there = []
    for file_bytes in (100_000, 200_000):
        full = study(folder, file_bytes=file_bytes)
        assert full.returncode == 1
        assert "run.sqlite: " in full.stderr
        assert "the same command goes on" in full.stderr
        assert "Traceback" not in full.stderr
        with read_run(folder) as store:
            there.append(sum(store.sizes(model)[0] for model in store.models()))
    assert 0 < there[0] < there[1] <= 2 * PROBLEMS * SAMPLES
    assert study(folder).returncode == 0
    tables = [(each / "tables.json").read_text() for each in (whole, folder)]
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--seeds", "1,x"), "--seeds"),
        (("--rl", "base"), "base: no sampler"),
        (("--problems", "missing.jsonl"), "cannot read missing.jsonl"),
    ],
)
def test_bad_usage_is_named(
    tmp_path: Path,
    study: Callable[..., subprocess.CompletedProcess[str]],
    more: tuple[str, ...],
    message: str,
) -> None:
    done = study(tmp_path, *more)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_model_is_not_compared_with_itself(
    tmp_path: Path, study: Callable[..., subprocess.CompletedProcess[str]], sampler_address: str
) -> None:
    done = study(tmp_path, "--rl", f"typo@{sampler_address}")
    assert done.returncode == 2
    assert "base and typo are the same model" in done.stderr
    assert not list(tmp_path.iterdir())
