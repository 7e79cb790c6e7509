"""The sampling service over the cpu engine: many callers, changed weights, a killed engine."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from veridical.api.v1.sampling_pb2 import GenerateRequest, Sample, SamplingSettings, ScoreInput
from veridical.api.v1.sampling_pb2_grpc import SamplerServiceStub
from veridical.client.async_sampler import AsyncSamplerClient
from veridical.client.errors import DeadlineError, InvalidRequestError, OverloadedError
from veridical.client.sampler import SamplerClient

# An engine imports torch each time it starts.
pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

Flags = Callable[..., tuple[str, ...]]
Metric = Callable[..., float]
LONG = SamplingSettings(max_tokens=1_500, seed=3, temperature=1.2)


def settings(**fields: object) -> SamplingSettings:
    return SamplingSettings(**{"max_tokens": 16, "seed": 11, "logprobs": True, **fields})


def wanted(n: int = 1, **fields: object) -> GenerateRequest:
    return GenerateRequest(**{"prompt": "2 + 2 =", "n": n, "settings": settings(), **fields})


def contents(samples: Iterator[Sample]) -> dict[int, tuple[object, ...]]:
    return {s.sample_index: (s.text, tuple(s.token_ids.ids), s.seed) for s in samples}


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def engines_of(service: Any) -> list[psutil.Process]:
    return psutil.Process(service.process.pid).children()


def stub_for(address: str) -> SamplerServiceStub:
    return SamplerServiceStub(grpc.insecure_channel(address))


# --- many callers ---


def test_a_caller_with_little_is_not_behind_one_with_much(sampler_address: str) -> None:
    """Callers are told apart by the name that each says, as a gateway does for them."""
    stub = stub_for(sampler_address)
    many = stub.Generate(wanted(400), metadata=[("veridical-caller", "many")])
    got_many = 0
    for _ in range(8):
        next(many)
        got_many += 1
    few = list(stub.Generate(wanted(8), metadata=[("veridical-caller", "few")]))
    assert len(few) == 8
    rest = sum(1 for _ in many)
    assert got_many + rest == 400
    assert rest > 200


@pytest.fixture
def metered(start_service: Any, flags: Flags, free_port: Callable[[], int]) -> tuple[Any, int]:
    """A sampler of one's own, and the port of its metrics."""
    port = free_port()
    more = ("--slots", "4", "--max-items-in-flight", "100", "--metrics-port", str(port))
    return start_service("sampling", *flags(*more)), port


def test_bounds_of_calls_hold(metered: tuple[Any, int], metric: Metric) -> None:
    """Overload and deadline are told, and who leaves gives back the engine's places."""
    service, port = metered
    stub = stub_for(service.address)
    running = stub.Generate(wanted(90, settings=LONG))
    wait_for(lambda: metric(port, "veridical_sampling_running") == 4)
    with pytest.raises(grpc.RpcError) as refused:
        list(stub.Generate(wanted(20)))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    (detail,) = rpc_status.from_call(refused.value).details
    retry = error_details_pb2.RetryInfo()
    assert detail.Unpack(retry)
    assert retry.retry_delay.ToMilliseconds() > 0
    running.cancel()
    wait_for(lambda: metric(port, "veridical_sampling_running") == 0)
    assert metric(port, "veridical_sampling_waiting") == 0
    assert metric(port, "veridical_items_in_flight") == 0

    with SamplerClient(service.address) as sampler:
        with pytest.raises(DeadlineError):
            list(sampler.generate(wanted(4, settings=LONG), timeout=0.5))
        wait_for(lambda: metric(port, "veridical_sampling_running") == 0)
        before = metric(port, "veridical_sampling_tokens_total")
        samples = list(sampler.generate(wanted(8)))
    tokens = sum(len(sample.token_ids.ids) for sample in samples)
    assert metric(port, "veridical_sampling_tokens_total") - before == tokens
    assert metric(port, "veridical_sampling_first_token_seconds_count") >= 8
    assert metric(port, "veridical_sampling_samples_total") >= 8


def test_overload_ends_in_an_error_where_there_is_no_time_to_wait(metered: tuple[Any, int]) -> None:
    service, _ = metered
    running = stub_for(service.address).Generate(wanted(100, settings=LONG))
    next(running)
    with SamplerClient(service.address) as sampler, pytest.raises(OverloadedError):
        list(sampler.generate(wanted(20), timeout=0.5))
    running.cancel()


async def test_the_asynchronous_client_gives_the_same(
    sampler_address: str, sampler: SamplerClient
) -> None:
    expected = contents(sampler.generate(wanted(6)))
    pair = ScoreInput(prompt="2 + 2 =", continuation=" 4")
    async with AsyncSamplerClient(sampler_address) as client:
        drawn = [sample async for sample in client.generate(wanted(6))]
        assert contents(iter(drawn)) == expected
        assert await client.score([pair]) == sampler.score([pair])
        assert await client.list_models() == sampler.list_models()
        with pytest.raises(InvalidRequestError, match=r"^n: "):
            _ = [sample async for sample in client.generate(wanted(70_000))]


# --- weights ---


@pytest.fixture
def own(start_service: Any, flags: Flags) -> Iterator[SamplerClient]:
    """A client of a sampler that a test may change."""
    with SamplerClient(start_service("sampling", *flags("--slots", "4")).address) as client:
        yield client


def test_weights_are_replaced_between_samples(
    own: SamplerClient, models: Path, start_service: Any, flags: Flags
) -> None:
    """Each sample is of one version whole, and those of the new one are the new model's."""
    old = contents(own.generate(wanted(24)))
    drawn: list[Sample] = []
    thread = threading.Thread(target=lambda: drawn.extend(own.generate(wanted(24))))
    thread.start()
    wait_for(lambda: len(drawn) > 3)
    updated = own.update_weights(str(models / "second"))
    thread.join()
    assert updated.weight_version == 1
    assert own.list_models() == [updated]
    other = start_service("sampling", *flags("--slots", "4", model="second")).address
    with SamplerClient(other) as second:
        new = contents(second.generate(wanted(24)))
    versions = {sample.model.weight_version for sample in drawn}
    assert versions == {0, 1}
    for index, (sample, content) in enumerate(
        zip(drawn, contents(iter(drawn)).items(), strict=True)
    ):
        expected = new if sample.model.weight_version else old
        assert content[1] == expected[content[0]], index


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("wide", "another architecture"),
        ("adapter", "no checkpoint"),
        ("none", "no folder"),
        ("..", "opened for weights"),
    ],
)
def test_weights_that_cannot_be_used_change_nothing(
    own: SamplerClient, models: Path, path: str, problem: str
) -> None:
    before = contents(own.generate(wanted(4)))
    with pytest.raises(InvalidRequestError, match=f"^path: .*{problem}"):
        own.update_weights(str(models / path))
    assert own.list_models()[0].weight_version == 0
    assert contents(own.generate(wanted(4))) == before


def test_an_adapter_is_served_beside_its_model(
    own: SamplerClient, models: Path, start_service: Any, flags: Flags
) -> None:
    plain = contents(own.generate(wanted(12)))
    loaded = own.load_adapter("tuned", str(models / "adapter"))
    assert (loaded.name, loaded.base) == ("tuned", "tiny")
    assert [model.name for model in own.list_models()] == ["tiny", "tuned"]
    other = start_service("sampling", *flags("--slots", "4", model="merged")).address
    with SamplerClient(other) as merged:
        expected = {s.sample_index: list(s.logprobs) for s in merged.generate(wanted(12))}
    tuned = {s.sample_index: list(s.logprobs) for s in own.generate(wanted(12, model="tuned"))}
    for index, logprobs in expected.items():
        assert tuned[index] == pytest.approx(logprobs, abs=2e-3)
    assert contents(own.generate(wanted(12))) == plain
    assert contents(own.generate(wanted(12, model="tuned"))) != plain
    # New weights take the adapter with them.
    own.update_weights(str(models / "second"))
    assert [model.weight_version for model in own.list_models()] == [1, 1]
    with pytest.raises(InvalidRequestError, match="is an adapter"):
        own.update_weights(str(models / "first"), model="tuned")


def test_an_adapter_that_cannot_be_used_changes_nothing(
    own: SamplerClient, models: Path, bad_adapters: list[Any]
) -> None:
    own.load_adapter("tuned", str(models / "adapter"))
    served = [
        contents(own.generate(wanted(4, model=name, settings=settings(max_tokens=200))))
        for name in ("tiny", "tuned")
    ]
    for bad in bad_adapters:
        with pytest.raises(InvalidRequestError, match=f"^path: .*{bad.problem}"):
            own.load_adapter("tuned", bad.path)
    with pytest.raises(InvalidRequestError, match=r"^name: is that of a model"):
        own.load_adapter("tiny", str(models / "adapter"))
    with pytest.raises(InvalidRequestError, match=r"^model: must be one of tiny, tuned"):
        list(own.generate(wanted(model="other")))
    for name in ("b", "c", "d"):
        own.load_adapter(name, str(models / "adapter-2"))
    with pytest.raises(InvalidRequestError, match=r"^name: 4 adapters are loaded"):
        own.load_adapter("e", str(models / "adapter-2"))
    own.load_adapter("d", str(models / "adapter"))
    assert [model.name for model in own.list_models()] == ["tiny", "tuned", "b", "c", "d"]
    assert served == [
        contents(own.generate(wanted(4, model=name, settings=settings(max_tokens=200))))
        for name in ("tiny", "tuned")
    ]


# --- a killed engine ---


def test_a_killed_engine_loses_no_finished_sample_and_changes_none(
    metered: tuple[Any, int], models: Path, metric: Metric
) -> None:
    service, port = metered
    with SamplerClient(service.address) as sampler:
        sampler.load_adapter("tuned", str(models / "adapter"))
        sampler.update_weights(str(models / "second"))
        whole = wanted(40, model="tuned", settings=settings(max_tokens=200))
        undisturbed = contents(sampler.generate(whole))

        stub, seen = stub_for(service.address), []
        with pytest.raises(grpc.RpcError) as lost:  # noqa: PT012 - what came before counts
            for response in stub.Generate(whole):
                seen.append(response.sample)
                if len(seen) == 5:
                    engines_of(service)[0].send_signal(signal.SIGKILL)
        assert lost.value.code() is grpc.StatusCode.UNAVAILABLE
        trailing = dict(lost.value.trailing_metadata())
        assert int(trailing["grpc-retry-pushback-ms"]) > 0
        assert len(seen) >= 5
        got = contents(iter(seen))
        assert all(undisturbed[index] == content for index, content in got.items())

        killed = 0
        drawn: list[Sample] = []
        for sample in sampler.generate(whole, timeout=250):
            drawn.append(sample)
            if len(drawn) in (3, 17):
                wait_for(lambda: bool(engines_of(service)))
                engines_of(service)[0].send_signal(signal.SIGKILL)
                killed += 1
        assert killed == 2
        assert sorted(s.sample_index for s in drawn) == list(range(40))
        assert contents(iter(drawn)) == undisturbed
        assert {s.model.weight_version for s in drawn} == {1}
        assert metric(port, "veridical_sampling_engine_restarts_total") == 3


def test_of_two_engine_processes_one_may_die(start_service: Any, flags: Flags) -> None:
    service = start_service("sampling", *flags("--slots", "4", "--engine-processes", "2"))
    with SamplerClient(service.address) as sampler:
        request = wanted(40, settings=settings(max_tokens=100))
        undisturbed = contents(sampler.generate(request))
        drawn: list[Sample] = []
        for sample in sampler.generate(request, timeout=250):
            drawn.append(sample)
            if len(drawn) == 5:
                engines_of(service)[1].send_signal(signal.SIGKILL)
        assert contents(iter(drawn)) == undisturbed
        wait_for(lambda: len(engines_of(service)) == 2)


def test_the_engine_ends_with_its_server(
    start_service: Any, flags: Flags, assert_ended: Callable[..., None]
) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        service = start_service("sampling", *flags())
        children = engines_of(service)
        assert len(children) == 1
        service.stop(how)
        assert_ended(children)


# --- the server ---


def test_a_server_without_an_open_folder_takes_no_weights(
    start_service: Any, flags: Flags, models: Path
) -> None:
    service = start_service("sampling", *(*flags(), "--weights", ""))
    with SamplerClient(service.address) as sampler:
        for change in (
            lambda: sampler.update_weights(str(models / "second")),
            lambda: sampler.load_adapter("x", str(models / "adapter")),
        ):
            with pytest.raises(InvalidRequestError, match="takes no weights"):
                change()


def test_an_engine_that_cannot_start_ends_the_server(tmp_path: Path, flags: Flags) -> None:
    import subprocess
    import sys

    command = [
        sys.executable,
        "-m",
        "veridical.sampling",
        "--listen",
        f"unix:{tmp_path}/s",
        *flags(),
    ]
    broken = [*command, "--model", str(tmp_path)]
    done = subprocess.run(broken, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 1
    first, *_, last = map(json.loads, done.stderr.splitlines())
    assert first["message"].startswith("waiting for the engine: cpu loads tiny, 0 of 600 s")
    assert last["message"].startswith(
        "the engine cannot start: the engine process ended with status 1"
    )
