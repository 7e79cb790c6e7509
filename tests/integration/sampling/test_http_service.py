"""The sampling server before a plain HTTP endpoint: what needs no model's libraries to be seen."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from veridical.api.v1.sampling_pb2 import GenerateRequest, Sample, SamplingSettings, ScoreInput
from veridical.api.v1.sampling_pb2_grpc import SamplerServiceStub
from veridical.client import Client, math_item
from veridical.client.errors import InvalidRequestError
from veridical.client.sampler import SamplerClient


class Handler(BaseHTTPRequestHandler):
    """Completes a prompt by the seed, so that answers tell what was asked."""

    server: Endpoint

    def do_GET(self) -> None:
        self._send({"data": [{"id": "m", "owned_by": "someone"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.seeds.append(body["seed"])
        self.server.open.wait(30)
        choice: dict[str, Any] = {"text": f" {body['seed']}", "finish_reason": "stop"}
        if self.server.is_twin:
            # Unlikely tokens, and the same ones whatever the seed.
            told = {"token_logprobs": [-6.9] * 5, "top_logprobs": [{"x": -0.01}] * 5}
            choice |= {"text": "a b c", "token_ids": [5, 6, 7, 8, 9], "logprobs": told}
        self._send({"choices": [choice]})

    def _send(self, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class Endpoint(ThreadingHTTPServer):
    """An endpoint that can be held, and killed."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seeds: list[int] = []
        self.is_twin = False
        """Whether it ignores seeds."""
        self.open = threading.Event()
        self.open.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """A caller who left is no error."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.open.set()
    endpoint.shutdown()
    endpoint.server_close()


@pytest.fixture
def address(start_service: Any, endpoint: Endpoint) -> str:
    flags = ("--engine", "openai", "--openai-urls", f"http://127.0.0.1:{endpoint.server_port}/v1")
    return str(start_service("sampling", *flags, "--model", "m", "--slots", "4").address)


def wanted(n: int) -> GenerateRequest:
    settings = SamplingSettings(max_tokens=5, seed=9)
    return GenerateRequest(prompt="2 + 2 =", n=n, group="g", labels={"a": "b"}, settings=settings)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def test_samples_carry_what_the_endpoint_tells_and_nothing_made_up(
    address: str, endpoint: Endpoint
) -> None:
    with SamplerClient(address) as sampler:
        samples = {sample.sample_index: sample for sample in sampler.generate(wanted(20))}
        assert sorted(samples) == list(range(20))
        for sample in samples.values():
            assert (sample.group, sample.labels["a"], sample.text) == ("g", "b", f" {sample.seed}")
            assert not sample.HasField("prompt_tokens")
            assert not sample.model.HasField("weight_version")
            assert (list(sample.token_ids.ids), sample.model.tokenizer_hash) == ([], "")
        assert sorted(endpoint.seeds) == sorted(sample.seed for sample in samples.values())
        assert len(set(endpoint.seeds)) == 20
        with pytest.raises(InvalidRequestError, match="no log-probabilities of prompts"):
            sampler.score([ScoreInput(prompt="a", continuation="b")])
        with pytest.raises(InvalidRequestError, match=r"^settings.max_tokens: is required"):
            list(sampler.generate(GenerateRequest(prompt="x")))


def test_a_stream_that_repeats_is_reported(
    address: str, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.is_twin = True
    request = wanted(3)
    request.settings.logprobs = True
    told: list[tuple[int, tuple[int, ...]]] = []
    with SamplerClient(address) as sampler:
        list(
            sampler.generate(
                request, on_repeat=lambda sample, at: told.append((sample.sample_index, tuple(at)))
            )
        )
        assert len(told) == 2
        assert [len(at) for _, at in told] == [1, 2]
        assert not caplog.messages
        list(sampler.generate(request))
    assert sum("random streams may repeat" in each for each in caplog.messages) == 2


def test_it_is_known_as_other_servers_are(address: str) -> None:
    with grpc.insecure_channel(address) as channel:
        for name in ("", "veridical.api.v1.SamplerService"):
            answer = HealthStub(channel).Check(HealthCheckRequest(service=name))
            assert answer.status == HealthCheckResponse.SERVING
    with Client(address) as client:
        described = client.describe()
        assert (described.verifier.name, list(described.kinds)) == ("sampling", [])
        assert described.defaults["engine"] == "openai someone"
        # It judges nothing, and says so.
        verdict = client.verify(math_item("1", "2", "2"))
        assert not verdict.HasField("reward")


def test_places_are_shared_and_given_back(address: str, endpoint: Endpoint) -> None:
    endpoint.open.clear()
    stub = SamplerServiceStub(grpc.insecure_channel(address))
    held = stub.Generate(wanted(50), metadata=[("veridical-caller", "many")])
    wait_for(lambda: len(endpoint.seeds) == 4)
    held.cancel()
    few = stub.Generate(wanted(2), metadata=[("veridical-caller", "few")])
    # The places of the call that was left are free though the endpoint has not answered.
    wait_for(lambda: len(endpoint.seeds) == 6)
    endpoint.open.set()
    assert len(list(few)) == 2
    assert len(endpoint.seeds) == 6


def test_a_lost_endpoint_loses_no_finished_sample(address: str, endpoint: Endpoint) -> None:
    stub = SamplerServiceStub(grpc.insecure_channel(address))
    call = stub.Generate(wanted(500))
    got: list[Sample] = [next(call).sample for _ in range(3)]
    endpoint.shutdown()
    endpoint.socket.close()
    with pytest.raises(grpc.RpcError) as lost:  # noqa: PT012 - what came before counts
        for response in call:
            got.append(response.sample)
    assert lost.value.code() is grpc.StatusCode.UNAVAILABLE
    trailing = dict(lost.value.trailing_metadata())
    assert int(trailing["grpc-retry-pushback-ms"]) > 0
    assert len({sample.sample_index for sample in got}) == len(got) >= 3
    with pytest.raises(grpc.RpcError) as away:
        list(stub.Generate(wanted(1)))
    assert away.value.code() is grpc.StatusCode.UNAVAILABLE
