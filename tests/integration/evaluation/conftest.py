"""Studies over real services; what the models say comes from a plain HTTP endpoint, by a rule."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from veridical.client import Item, item_to_json

Say = Callable[[str, str, int], str]
"""What a model of this name says to a prompt under a seed."""


class Handler(BaseHTTPRequestHandler):
    """Completes prompts by the rule; where it is a vLLM server, tokens are bytes, each of chance 1/e."""

    server: Endpoint

    def do_GET(self) -> None:
        owner = "vllm" if self.server.scores else "someone"
        self._send(
            {"data": [{"id": self.server.model, "owned_by": owner, "max_model_len": 100_000}]}
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/tokenize":
            self._send({"tokens": list(body["prompt"].encode())})
        elif "prompt_logprobs" in body:
            self.server.meet("score")
            told = [None, *({str(token): {"logprob": -1.0}} for token in body["prompt"][1:])]
            self._choice({"text": "", "prompt_logprobs": told})
        else:
            prompt = body["prompt"]
            prompt = prompt if isinstance(prompt, str) else bytes(prompt).decode()
            self.server.asked.append(prompt)
            self.server.bodies.append(body)
            self.server.meet(prompt)
            text = self.server.say(self.server.model, prompt, body["seed"])
            ids = {"token_ids": list(text.encode())} if self.server.scores else {}
            self._choice({"text": text, **ids})

    def _choice(self, choice: dict[str, Any]) -> None:
        self._send({"choices": [choice | {"finish_reason": "stop"}]})

    def _send(self, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class Endpoint(ThreadingHTTPServer):
    """A model behind HTTP, that can be held.

    Attributes:
        asked: The prompts that it was given to complete.
        bodies: The calls with them.
        met: Which prompts count for the next two; texts to score are "score".
        heard: Set with each of them.
        open: Cleared to hold answers to them back.
    """

    def __init__(self, model: str, say: Say, *, scores: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.model, self.say, self.scores = model, say, scores
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.met: Callable[[str], bool] = lambda _: True
        self.heard, self.open = threading.Event(), threading.Event()
        self.open.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def hold(self, met: Callable[[str], bool]) -> None:
        """Holds answers to such prompts back, until `open` is set again."""
        self.met = met
        self.heard.clear()
        self.open.clear()

    def meet(self, prompt: str) -> None:
        """Waits with the answer to a prompt while it is to be held back."""
        if self.met(prompt):
            self.heard.set()
            self.open.wait(60)

    def handle_error(self, *_: object) -> None:
        """A caller who left is no error."""


class Mortal:
    """A service that can be killed, and started again at the same address.

    Args:
        start: Starts it, at a given address or one of its own.
    """

    def __init__(self, start: Callable[..., Any]) -> None:
        self._start = start
        self._service = start()
        self.address: str = self._service.address

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        self._service.stop(signal.SIGKILL)

    def start(self) -> None:
        """Starts it again."""
        self._service = self._start(address=self.address)


@dataclass
class Models:
    """Two models, each with its sampler.

    Attributes:
        endpoints: By name.
        specs: How `veridical study` names them.
        samplers: By name.
    """

    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    specs: list[str] = field(default_factory=list)
    samplers: dict[str, Mortal] = field(default_factory=dict)

    def asked(self) -> int:
        """How often they were asked to complete something."""
        return sum(len(each.asked) for each in self.endpoints.values())


@pytest.fixture
def models(start_service: Any) -> Iterator[Callable[..., Models]]:
    """Starts models that say what a rule says."""
    started: list[Endpoint] = []

    def start(say: Say, names: tuple[str, str] = ("base", "rl"), *, scores: bool = False) -> Models:
        found = Models()
        for name in names:
            endpoint = Endpoint(name, say, scores=scores)
            started.append(endpoint)
            url = f"http://127.0.0.1:{endpoint.server_port}/v1"
            flags = ("--engine", "openai", "--openai-urls", url, "--model", name)
            sampler = Mortal(partial(start_service, "sampling", *flags, "--slots", "8"))
            found.endpoints[name] = endpoint
            found.specs.append(f"{name}@{sampler.address}")
            found.samplers[name] = sampler
        return found

    yield start
    for endpoint in started:
        endpoint.open.set()
        endpoint.shutdown()
        endpoint.server_close()


@pytest.fixture(scope="session")
def judging_address(shared_services: Any, math_address: str) -> str:
    """A gateway before a math verifier and a proof verifier."""
    proof = shared_services("proof", "--workers", "1").address
    return str(shared_services("reward", "--backends", f"{math_address},{proof}").address)


@dataclass(frozen=True)
class Judges:
    """A gateway before a math and a proof verifier.

    Attributes:
        address: Of the gateway.
        services: The gateway last.
    """

    address: str
    services: list[Mortal]


@pytest.fixture
def judges(start_service: Any) -> Judges:
    """Verifiers of a test's own."""
    services = [
        Mortal(partial(start_service, name, "--workers", "1")) for name in ("math", "proof")
    ]
    backends = ",".join(each.address for each in services)
    gateway = Mortal(partial(start_service, "reward", "--backends", backends))
    return Judges(gateway.address, [*services, gateway])


@pytest.fixture
def problems(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of problems."""

    def write(items: list[Item]) -> Path:
        path = tmp_path / "problems.jsonl"
        path.write_text("".join(f"{item_to_json(item)}\n" for item in items))
        return path

    return write


@pytest.fixture
def study(judging_address: str) -> Callable[..., list[str]]:
    """The command of a study."""

    def command(
        problems: Path, models: Models, folder: Path, *more: str, address: str = judging_address
    ) -> list[str]:
        base, *others = models.specs
        rl = [part for each in others for part in ("--rl", each)]
        return [
            *(sys.executable, "-m", "veridical.cli", "study", "--problems", str(problems)),
            *("--base", base, *rl, "-o", str(folder), "--address", address, *more),
        ]

    return command


@pytest.fixture
def finished() -> Callable[[list[str]], subprocess.CompletedProcess[bytes]]:
    """Runs a command that succeeds."""

    def run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(command, capture_output=True, timeout=150, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done

    return run
