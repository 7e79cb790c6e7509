"""Studies over real services; what the models say comes from a plain HTTP endpoint, by a rule."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
            told = [None, *({str(token): {"logprob": -1.0}} for token in body["prompt"][1:])]
            self._choice({"text": "", "prompt_logprobs": told})
        else:
            prompt = body["prompt"]
            prompt = prompt if isinstance(prompt, str) else bytes(prompt).decode()
            self.server.asked.append(prompt)
            self.server.heard.set()
            self.server.open.wait(60)
            text = self.server.say(self.server.model, prompt, body["seed"])
            self._choice({"text": text, "token_ids": list(text.encode())})

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
        heard: Set with each of them.
        open: Cleared to hold answers back.
    """

    def __init__(self, model: str, say: Say, *, scores: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.model, self.say, self.scores = model, say, scores
        self.asked: list[str] = []
        self.heard, self.open = threading.Event(), threading.Event()
        self.open.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """A caller who left is no error."""


@dataclass
class Models:
    """Two models, each with its sampler.

    Attributes:
        endpoints: By name.
        specs: How `veridical study` names them.
    """

    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    specs: list[str] = field(default_factory=list)

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
            address = start_service("sampling", *flags, "--slots", "8").address
            found.endpoints[name] = endpoint
            found.specs.append(f"{name}@{address}")
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
