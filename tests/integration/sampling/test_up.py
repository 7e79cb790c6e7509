"""`veridical up --sampler`: a sampler beside the verifiers, where it can be had."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from veridical.api.v1.sampling_pb2 import GenerateRequest, SamplingSettings
from veridical.client import Client, math_item
from veridical.client.sampler import SamplerClient

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

ENGINE_PYTHON = Path(__file__).parents[3] / ".venv-trl" / "bin" / "python"
STOP_SECONDS = 60.0
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the suite with a settings file for its sampler, in a folder of its own."""
    config = tmp_path / "settings.toml"
    started: list[subprocess.Popen[str]] = []

    def run(python: Path, *flags: str) -> subprocess.Popen[str]:
        config.write_text(f"[sampling]\nengine_python = '{python}'\nmodel_name = 'tiny'\n")
        command = [sys.executable, "-m", "veridical.suite", "--json", "--workers", "1"]
        command += ["--config", str(config), "--owner-pid", str(os.getpid()), *flags]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(command, text=True, cwd=tmp_path, **pipes))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_it_serves_beside_the_gateway(start: Start, models: Path, tmp_path: Path) -> None:
    addresses = [f"unix:{tmp_path}/gateway", f"unix:{tmp_path}/sampler"]
    flags = ("--listen", addresses[0], "--sampler-listen", addresses[1])
    suite = start(ENGINE_PYTHON, *flags, "--sampler", str(models / "first"))
    assert suite.stdout is not None
    told = {}
    for line in suite.stdout:
        event = json.loads(line)
        told[event.get("service")] = event
        if event["state"] == "ready":
            break
    assert told["sampling"]["address"] == addresses[1]
    assert {told[name]["state"] for name in ("sampling", "reward", "math")} == {"serving"}
    request = GenerateRequest(
        prompt="What is 2 + 3?", settings=SamplingSettings(max_tokens=4, seed=1)
    )
    with SamplerClient(addresses[1]) as sampler, Client(addresses[0]) as client:
        (sample,) = sampler.generate(request)
        assert sample.model.name == "tiny"
        # What a tiny model says in four tokens may be the beginning of a formula.
        response = f"{sample.text}\n\nThe answer is \\boxed{{5}}."
        assert client.verify(math_item("1", "5", response)).reward == 1.0
    suite.send_signal(signal.SIGTERM)
    suite.communicate(timeout=STOP_SECONDS)
    assert suite.returncode == 0


def test_a_missing_extra_is_named(start: Start, tmp_path: Path) -> None:
    suite = start(
        Path(sys.executable), "--listen", f"unix:{tmp_path}/g", "--sampler", "smollm2-135m"
    )
    _, log = suite.communicate(timeout=STOP_SECONDS)
    assert suite.returncode == 2
    assert "has no torch" in log
    assert "install veridical[sampling-cpu]" in log
