"""Probes of a study: what they find of models whose ways are known, and that a kill changes nothing."""

from __future__ import annotations

import json
import math
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from veridical.client import Item, math_item

pytestmark = pytest.mark.timeout(240)

WORDS = "Tom buys pens and gives some of them away so that now he has fewer than before"
PROBLEMS = 6
SAMPLES = 8
FLAGS = ("-n", str(SAMPLES), "--max-tokens", "200")


def problem(number: int) -> Item:
    prompt = f"{number} pens. {WORDS}: {number} of {number}.\nThink, and box the answer."
    return math_item("", str(number), "", group=f"p{number}", prompt=prompt)


def say(model: str, prompt: str, seed: int) -> str:
    """`base` knows the problems by heart, guesses the last of them, and boxes one answer in four; `rl` all."""
    if prompt.endswith("\\boxed{"):
        return "5}" if f"{PROBLEMS - 1} of" in prompt and seed % 2 else "nothing}"
    if "box the answer" not in prompt:
        whole = next((p for p in map(_text, range(PROBLEMS)) if p.startswith(prompt)), prompt)
        return whole[len(prompt) :] if model == "base" else " and so on"
    number = prompt.split(": ")[1].split(" ")[0]
    if model == "base" and seed % 4:
        return f"I think {number}"
    return f"We have $2 + 2 = 4$. So the answer is \\boxed{{{number}}}."


def _text(number: int) -> str:
    return problem(number).prompt.splitlines()[0]


def tables(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "tables.json").read_text())
    return found


@pytest.fixture
def items(problems: Callable[..., Path]) -> Path:
    return problems([problem(number) for number in range(PROBLEMS)])


@pytest.mark.slow
def test_what_probes_find_is_what_the_models_do(
    tmp_path: Path,
    items: Path,
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    finished: Callable[..., Any],
) -> None:
    started = models(say, scores=True)
    done = finished(study(items, started, tmp_path / "run", *FLAGS))
    found = tables(tmp_path / "run")
    memory = {(r["model"], r["control"], r["share_shown"]): r for r in found["memorisation"]}
    assert len(memory) == 2 * 2 * 3
    for share in (0.8, 0.6, 0.4):
        assert memory["base", False, share]["exact"] == 1.0
        assert memory["rl", False, share]["exact"] == 0.0
        assert memory["base", True, share]["exact"] == 0.0
    kinds = {row["group"]: row["kind"] for row in found["guessable"]}
    assert kinds == {f"p{n}": "known" if n == PROBLEMS - 1 else "sound" for n in range(PROBLEMS)}
    for row in found["perplexity"]:
        assert row["responses"] == 4 * PROBLEMS
        assert row["median"] == pytest.approx(math.e)
    rewards = {(row["reward"], row["model"]): row for row in found["spurious"]}
    for model in ("base", "rl"):
        own = rewards["verifier", model]
        assert rewards["inverse", model]["mean"] == pytest.approx(1 - own["mean"])
        assert rewards["inverse", model]["agreement"] == 0.0
        assert 0.2 < rewards["random", model]["mean"] < 0.8
    assert rewards["boxed", "rl"]["mean"] == 1.0
    assert rewards["boxed", "base"]["mean"] < 0.6
    assert {row["model"] for row in found["coherence"]} == {"base", "rl"}
    text = done.stdout.decode()
    assert "base, shown 60 % of a problem, goes on word by word in 100.0 %" in " ".join(
        text.split()
    )


@pytest.mark.slow
def test_a_killed_probe_goes_on_to_the_same_end(
    tmp_path: Path,
    items: Path,
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    finished: Callable[..., Any],
) -> None:
    started = models(say)
    finished(study(items, started, tmp_path / "whole", *FLAGS))
    asked = started.asked()
    command = study(items, started, tmp_path / "run", *FLAGS)
    finished([*command, "--probes", "none"])
    drawn = started.asked() - asked
    assert drawn == 2 * PROBLEMS * SAMPLES
    for endpoint in started.endpoints.values():
        endpoint.hold(lambda _: True)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert started.endpoints["base"].heard.wait(60)
        process.send_signal(signal.SIGKILL)
    for endpoint in started.endpoints.values():
        endpoint.open.set()
    finished(command)
    assert tables(tmp_path / "run") == tables(tmp_path / "whole")
    before = started.asked()
    finished(command)
    assert started.asked() == before, "what is there is not asked for again"
    page = (tmp_path / "run" / "report.html").read_text()
    assert "no log-probabilities of prompts" in page
    assert "perplexity" not in {n for n, rows in tables(tmp_path / "run").items() if rows}


def test_what_no_server_judges_is_told(
    tmp_path: Path,
    items: Path,
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    finished: Callable[..., Any],
    reward_address: str,
) -> None:
    flags = ("-n", "2", "--max-tokens", "200", "--probes", "coherence")
    done = finished(study(items, models(say), tmp_path / "run", *flags, address=reward_address))
    told = " ".join(done.stdout.decode().split())
    assert f"{2 * 2 * PROBLEMS} responses, since no server judges this kind of task" in told
    assert "No response was examined step by step." in told
    assert "Perplexity" not in (tmp_path / "run" / "report.html").read_text()


def test_unknown_probes_are_refused(
    tmp_path: Path, items: Path, models: Callable[..., Any], study: Callable[..., list[str]]
) -> None:
    command = study(items, models(say), tmp_path / "run", "--probes", "perplexity,luck")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "'luck' is none" in done.stderr
