"""Samplers over tiny random models; the engine's libraries stand in the trainer's environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from veridical.client.sampler import SamplerClient

ROOT = Path(__file__).parents[3]
ENGINE_PYTHON = ROOT / ".venv-trl" / "bin" / "python"
TINY_MODEL = Path(__file__).with_name("tiny_model.py")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the models and adapters that tiny_model.py makes."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([ENGINE_PYTHON, TINY_MODEL, folder], check=True, capture_output=True)
    return folder


@dataclass(frozen=True)
class BadAdapter:
    """A folder that is no adapter of first, and what is said of it."""

    path: str
    problem: str


@pytest.fixture(scope="session")
def bad_adapters(models: Path) -> list[BadAdapter]:
    """Every way in which a folder is no adapter that can be served."""
    good = models / "adapter"
    settings = json.loads((good / "adapter_config.json").read_text())
    tensors = (good / "adapter_model.safetensors").read_bytes()
    bad = [
        BadAdapter(str(models / "second"), "no LoRA adapter"),
        BadAdapter(str(models / "adapter-wide"), "down_proj has the shape of another model's"),
        BadAdapter(str(models / "adapter-deep"), "the model has no layer model.layers.2"),
    ]
    for number, (text, data, problem) in enumerate(
        [
            ("[]", tensors, "no LoRA adapter"),
            (json.dumps({"r": 4}), tensors, "no LoRA adapter"),
            (json.dumps({**settings, "r": 0}), tensors, "no LoRA adapter"),
            (json.dumps({**settings, "lora_alpha": "x"}), tensors, "no LoRA adapter"),
            (json.dumps(settings), tensors[:-4], "no LoRA adapter"),
            (json.dumps({**settings, "r": 5}), tensors, "not a pair of matrices of rank 5"),
            (json.dumps({**settings, "r": 65}), tensors, "its rank of 65 is above 64"),
            (json.dumps({**settings, "use_dora": True}), tensors, "use_dora are not served"),
            (json.dumps({**settings, "rank_pattern": {"q_proj": 2}}), tensors, "rank_pattern"),
            (json.dumps({**settings, "init_lora_weights": "pissa"}), tensors, "begun with pissa"),
        ]
    ):
        folder = models / f"adapter-bad-{number}"
        folder.mkdir()
        (folder / "adapter_config.json").write_text(text)
        (folder / "adapter_model.safetensors").write_bytes(data)
        bad.append(BadAdapter(str(folder), problem))
    return bad


@pytest.fixture(scope="session")
def flags(models: Path) -> Callable[..., tuple[str, ...]]:
    """The flags of a sampler with a tiny model."""

    def make(*more: str, model: str = "first") -> tuple[str, ...]:
        return (
            *("--engine-python", str(ENGINE_PYTHON), "--model", str(models / model)),
            *("--model-name", "tiny", "--weights", str(models), *more),
        )

    return make


@pytest.fixture(scope="session")
def sampler_address(shared_services: Any, flags: Callable[..., tuple[str, ...]]) -> str:
    """A sampler that tests share and leave as it is."""
    address: str = shared_services("sampling", *flags("--slots", "8")).address
    return address


@pytest.fixture
def sampler(sampler_address: str) -> Iterator[SamplerClient]:
    with SamplerClient(sampler_address) as client:
        yield client


@pytest.fixture(scope="session")
def metric() -> Callable[..., float]:
    """Reads a metric: the sum of the samples whose labels hold those given."""

    def read(port: int, name: str, **labels: str) -> float:
        with urlopen(f"http://127.0.0.1:{port}/metrics") as response:
            text = response.read().decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    return read


@pytest.fixture(scope="session")
def by_torch(models: Path) -> Callable[..., str]:
    """Runs a program in the engine's environment, in the folder of the models; gives what it prints."""

    def run(program: str, *arguments: str) -> str:
        command = [str(ENGINE_PYTHON), "-c", program, *arguments]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=models, env=environment
        )
        return done.stdout

    return run
