"""The vllm engine on a processor, and the openai engine before vLLM's own server.

Everything with one model and few starts: vLLM takes a minute for each.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from veridical.api.v1.sampling_pb2 import (
    ContentPart,
    GenerateRequest,
    Message,
    Messages,
    Sample,
    SamplingSettings,
    ScoreInput,
)
from veridical.client.errors import InvalidRequestError
from veridical.client.sampler import SamplerClient

pytestmark = [pytest.mark.system, pytest.mark.vllm, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[3]
VLLM_PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
START_SECONDS = 240.0
PROMPT = "What is 12 + 17? The answer is"
LONG = PROMPT * 20
"""Longer than the pieces of prompts that vLLM keeps for the next call."""
# What vLLM may differ by from Transformers, and from itself in another batch.
CLOSE = 5e-3


def wanted(n: int = 16, **fields: object) -> GenerateRequest:
    asked = SamplingSettings(max_tokens=24, seed=11, logprobs=True)
    return GenerateRequest(**{"prompt": PROMPT, "n": n, "settings": asked, **fields})


def by_index(samples: Iterator[Sample]) -> dict[int, Sample]:
    return {sample.sample_index: sample for sample in samples}


def texts(samples: dict[int, Sample]) -> dict[int, str]:
    return {index: sample.text for index, sample in samples.items()}


@pytest.fixture(scope="module")
def vllm_flags(models: Path) -> tuple[str, ...]:
    return (
        *("--engine", "vllm", "--engine-python", str(VLLM_PYTHON), "--max-model-tokens", "512"),
        *("--model", str(models / "first"), "--model-name", "tiny", "--weights", str(models)),
    )


@dataclass(frozen=True)
class Started:
    """A sampler process that serves."""

    address: str
    pid: int
    metrics_port: int


@pytest.fixture(scope="module")
def start_slowly(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Callable[..., Started]]:
    """Starts samplers whose engines take longer than those of other tests."""
    folder = tmp_path_factory.mktemp("samplers")
    running: list[subprocess.Popen[bytes]] = []

    def start(*flags: str) -> Started:
        address = f"unix:{folder}/{len(running)}"
        port = free_port()
        listen = ("--listen", address, "--metrics-port", str(port))
        command = [sys.executable, "-m", "veridical.sampling", *listen, *flags]
        log = folder / f"{len(running)}.log"
        with log.open("wb") as output:
            running.append(subprocess.Popen(command, stdout=output, stderr=output))
        deadline = time.monotonic() + START_SECONDS
        with SamplerClient(address) as client:
            while not client.list_models():
                assert running[-1].poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        return Started(address, running[-1].pid, port)

    yield start
    for process in running:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def vllm(start_slowly: Callable[..., Started], vllm_flags: tuple[str, ...]) -> Started:
    return start_slowly(*vllm_flags)


def test_vllm_draws_scores_replaces_weights_and_is_started_again(
    vllm: Started, models: Path
) -> None:
    with SamplerClient(vllm.address) as sampler:
        (model,) = sampler.list_models()
        assert (model.name, model.engine, model.max_tokens) == ("tiny", "vllm 0.32.0", 512)
        first = by_index(sampler.generate(wanted()))
        assert sorted(first) == list(range(16))
        assert len(set(texts(first).values())) > 8
        assert texts(by_index(sampler.generate(wanted()))) == texts(first)
        pairs = [
            ScoreInput(prompt=PROMPT, continuation_ids=first[index].token_ids) for index in range(4)
        ]
        for index, score in enumerate(sampler.score(pairs).scores):
            assert list(score.logprobs) == pytest.approx(list(first[index].logprobs), abs=CLOSE)
        with pytest.raises(InvalidRequestError, match=r"^prompt: .* leave no room"):
            list(sampler.generate(wanted(prompt="word " * 600)))
        with pytest.raises(InvalidRequestError, match=r"^path: .*another architecture"):
            sampler.update_weights(str(models / "wide"))

        assert sampler.update_weights(str(models / "second")).weight_version == 1
        second = by_index(sampler.generate(wanted()))
        assert {sample.model.weight_version for sample in second.values()} == {1}
        assert texts(second) != texts(first)

        drawn: list[Sample] = []
        for sample in sampler.generate(wanted(), timeout=400):
            drawn.append(sample)
            if len(drawn) == 3:
                psutil.Process(vllm.pid).children()[0].send_signal(signal.SIGKILL)
        assert texts(by_index(iter(drawn))) == texts(second)
        assert {sample.model.weight_version for sample in drawn} == {1}


def test_vllm_tells_how_full_its_cache_is(vllm: Started, metric: Callable[..., float]) -> None:
    settings = SamplingSettings(max_tokens=450, seed=11)
    share, deadline = "veridical_sampling_cache_share", time.monotonic() + 60
    with SamplerClient(vllm.address) as sampler:
        while not 0 < metric(vllm.metrics_port, share) < 1:
            assert time.monotonic() < deadline, "nothing was told"
            running = sampler.generate(wanted(settings=settings))
            next(running)


@dataclass(frozen=True)
class Both:
    """A sampler by vLLM and one by Transformers, over the same model."""

    started: Started
    vllm: SamplerClient
    cpu: SamplerClient

    def drawn(self, name: str) -> dict[int, Sample]:
        """What vLLM draws under this name."""
        return by_index(self.vllm.generate(wanted(8, prompt=LONG, model=name)))

    def agree(self, name: str, samples: dict[int, Sample]) -> bool:
        """Whether both find these samples as likely, under this name, as they were drawn."""
        ids = [samples[index].token_ids for index in range(8)]
        inputs = [ScoreInput(prompt=LONG, continuation_ids=each) for each in ids]
        by_cpu, by_vllm = (each.score(inputs, model=name).scores for each in (self.cpu, self.vllm))
        for one, other in zip(by_cpu, by_vllm, strict=True):
            assert list(one.logprobs) == pytest.approx(list(other.logprobs), abs=CLOSE)
        told = [list(samples[index].logprobs) for index in range(8)]
        return all(
            list(score.logprobs) == pytest.approx(drawn, abs=CLOSE)
            for score, drawn in zip(by_vllm, told, strict=True)
        )


@pytest.fixture(scope="module")
def both(
    start_slowly: Callable[..., Started], vllm_flags: tuple[str, ...], flags: Callable[..., Any]
) -> Iterator[Both]:
    by_vllm = start_slowly(*vllm_flags)
    by_torch = start_slowly(*flags("--max-model-tokens", "512"))
    with SamplerClient(by_vllm.address) as one, SamplerClient(by_torch.address) as other:
        yield Both(by_vllm, one, other)


def test_vllm_serves_adapters_as_the_cpu_engine_does(
    both: Both, models: Path, bad_adapters: list[Any]
) -> None:
    plain = both.drawn("tiny")
    folder = models / "replaced"
    shutil.copytree(models / "adapter", folder)
    loaded = both.vllm.load_adapter("tuned", str(folder))
    assert (loaded.name, loaded.base, loaded.weight_version) == ("tuned", "tiny", 0)
    assert [model.name for model in both.vllm.list_models()] == ["tiny", "tuned"]
    both.cpu.load_adapter("tuned", str(models / "adapter"))
    tuned = both.drawn("tuned")
    assert both.agree("tiny", plain)
    assert both.agree("tuned", tuned)
    assert not both.agree("tiny", tuned)
    assert texts(both.drawn("tiny")) == texts(plain)

    for bad in bad_adapters:
        with pytest.raises(InvalidRequestError, match=f"^path: .*{bad.problem}"):
            both.vllm.load_adapter("tuned", bad.path)
    with pytest.raises(InvalidRequestError, match=r"^model: must be one of tiny, tuned"):
        both.drawn("other")
    assert texts(both.drawn("tuned")) == texts(tuned)

    # Another adapter in the same folder, under the same name: nothing that was read before counts.
    shutil.copytree(models / "adapter-2", folder, dirs_exist_ok=True)
    both.vllm.load_adapter("tuned", str(folder))
    both.cpu.load_adapter("tuned", str(models / "adapter-2"))
    replaced = both.drawn("tuned")
    assert texts(replaced) != texts(tuned)
    assert both.agree("tuned", replaced)
    check_adapters_outlive_weights_and_engine(both, models)


def check_adapters_outlive_weights_and_engine(both: Both, models: Path) -> None:
    names = ("tiny", "tuned", "other")
    for sampler in (both.vllm, both.cpu):
        sampler.load_adapter("other", str(models / "adapter"))
        assert sampler.update_weights(str(models / "second")).weight_version == 1
    assert [model.weight_version for model in both.vllm.list_models()] == [1, 1, 1]
    after = {name: both.drawn(name) for name in names}
    assert all(both.agree(name, samples) for name, samples in after.items())
    assert len({str(texts(samples)) for samples in after.values()}) == 3

    psutil.Process(both.started.pid).children()[0].send_signal(signal.SIGKILL)
    again = {name: both.drawn(name) for name in names}
    assert {name: texts(each) for name, each in again.items()} == {
        name: texts(each) for name, each in after.items()
    }


@pytest.fixture(scope="module")
def endpoint(models: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """The address of vLLM's own server of the first model."""
    port = free_port()
    command = [VLLM_PYTHON, "-m", "vllm.entrypoints.openai.api_server", "--port", str(port)]
    command += ["--host", "127.0.0.1", "--model", models / "first", "--served-model-name", "tiny"]
    command += ["--max-model-len", "512", "--dtype", "float32", "--enforce-eager"]
    command += ["--max-num-batched-tokens", "32768", "--max-logprobs", "20"]
    environment = {
        **os.environ,
        "HF_HUB_OFFLINE": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        # To compile helpers takes a C++ compiler.
        "TORCH_COMPILE_DISABLE": "1",
    }
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    ) as process:
        url = f"http://127.0.0.1:{port}/v1"
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"{url}/models"):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield url
        os.killpg(process.pid, signal.SIGKILL)


def answers(url: str) -> bool:
    try:
        with urlopen(url) as response:
            return bool(response.status == 200)
    except URLError:
        return False


@pytest.fixture(scope="module")
def over_http(start_slowly: Callable[..., Started], endpoint: str, models: Path) -> str:
    flags = ("--engine", "openai", "--openai-urls", endpoint, "--model", "tiny")
    return start_slowly(*flags, "--weights", str(models)).address


def test_an_openai_compatible_server_gives_what_it_has(over_http: str, models: Path) -> None:
    with SamplerClient(over_http) as sampler:
        (model,) = sampler.list_models()
        assert (model.name, model.engine, model.max_tokens) == ("tiny", "openai vllm", 512)
        assert not model.HasField("weight_version")
        samples = by_index(sampler.generate(wanted()))
        assert sorted(samples) == list(range(16))
        assert len(set(texts(samples).values())) > 8
        for sample in samples.values():
            assert len(sample.logprobs) == len(sample.token_ids.ids) > 0
        assert texts(by_index(sampler.generate(wanted()))) == texts(samples)
        pairs = [ScoreInput(prompt=PROMPT, continuation_ids=samples[3].token_ids)]
        (score,) = sampler.score(pairs).scores
        assert list(score.logprobs) == pytest.approx(list(samples[3].logprobs), abs=CLOSE)
        talk = Messages(messages=[Message(role="user", content=[ContentPart(text="Hi")])])
        chat = by_index(
            sampler.generate(GenerateRequest(messages=talk, settings=wanted().settings))
        )
        assert chat[0].prompt_tokens > 5
        with pytest.raises(InvalidRequestError, match=r"^prompt: .* leave no room"):
            list(sampler.generate(wanted(prompt="word " * 600)))
        with pytest.raises(InvalidRequestError, match="at the endpoint"):
            sampler.update_weights(str(models / "second"))


def test_the_engines_agree(
    over_http: str, start_slowly: Callable[..., Started], flags: Callable[..., Any]
) -> None:
    """The same continuations have the same log-probabilities by Transformers and by vLLM."""
    inputs = [ScoreInput(prompt=PROMPT, continuation=f" {number}.") for number in range(20, 30)]
    with (
        SamplerClient(over_http) as http,
        SamplerClient(start_slowly(*flags()).address) as cpu,
    ):
        for one, other in zip(http.score(inputs).scores, cpu.score(inputs).scores, strict=True):
            assert one.token_ids == other.token_ids
            assert list(one.logprobs) == pytest.approx(list(other.logprobs), abs=CLOSE)
