"""The default model: a real one, read from its package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    GenerateRequest,
    Message,
    Messages,
    SamplingSettings,
)
from veridical.client.sampler import SamplerClient

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]

READ = """
import sys
from veridical.sampling.engines.cpu.smollm2 import smollm2_folder
print(smollm2_folder())
"""


@pytest.fixture
def address(
    start_service: Any,
    by_torch: Callable[..., str],
    flags: Callable[..., tuple[str, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = Path(by_torch(READ).splitlines()[-1])
    assert folder.is_relative_to(tmp_path)
    assert [path for path in folder.parent.iterdir() if path != folder] == []
    service = start_service("sampling", *flags("--model", "smollm2-135m"))
    return str(service.address)


def test_it_adds_small_numbers(address: str) -> None:
    question = Message(role="user", content=[ContentPart(text="What is 2+3?")])
    request = GenerateRequest(
        messages=Messages(messages=[question]),
        n=32,
        settings=SamplingSettings(temperature=0.6, top_p=0.95, max_tokens=16, seed=7),
    )
    with SamplerClient(address) as sampler:
        texts = [sample.text for sample in sampler.generate(request)]
    # About two in five are right; of 32, fewer than four would be once in ten thousand times.
    assert sum("5" in text for text in texts) >= 4
    assert len(set(texts)) > 1
