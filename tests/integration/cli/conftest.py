"""The `veridical` command as a process."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WAIT_SECONDS = 60.0


class Command:
    """Starts the command in a folder of its own, and ends with the test what is left of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program: tuple[str, ...] = ("-m", "veridical.cli")
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        env = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}
        env |= {"COLUMNS": "80", **options.pop("env", {})}
        command = [sys.executable, *self.program, *map(str, arguments)]
        process = subprocess.Popen(command, cwd=self.folder, env=env, **options)
        self._started.append(process)
        return process

    def run(
        self, *arguments: str | Path, stdin: bytes | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, stdin=subprocess.PIPE, **options)
        out, err = process.communicate(stdin, timeout=WAIT_SECONDS)
        return subprocess.CompletedProcess(
            process.args, process.returncode, (out or b"").decode(), (err or b"").decode()
        )

    def end(self, process: subprocess.Popen[bytes], how: signal.Signals) -> tuple[int, str]:
        """Signals a process and returns its exit status and what it wrote to stderr."""
        process.send_signal(how)
        _, err = process.communicate(timeout=WAIT_SECONDS)
        return process.returncode, err.decode()

    def write_items(self, count: int, name: str = "items.jsonl") -> Path:
        """Writes a file of items of which every second one is correct."""
        path = self.folder / name
        path.write_text("".join(item_line(n) for n in range(count)))
        return path

    def wait_for_lines(self, path: Path, count: int, process: subprocess.Popen[bytes]) -> None:
        """Returns once the file holds so many lines, while the process runs."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not path.exists() or path.read_bytes().count(b"\n") < count:
            assert process.poll() is None, "it ended too soon"
            assert time.monotonic() < deadline, "no progress"
            time.sleep(0.005)

    def wait_on_terminal(self, descriptor: int, text: str) -> str:
        """Reads a terminal until it shows the text; returns all it showed meanwhile."""
        shown, deadline = "", time.monotonic() + WAIT_SECONDS
        while text not in shown:
            left = max(0.0, deadline - time.monotonic())
            assert select.select([descriptor], [], [], left)[0], f"no {text!r}"
            shown += os.read(descriptor, 65536).decode()
        return shown

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()


def item_line(number: int) -> str:
    item = {
        "id": f"item-{number}",
        "task": {"math": {"gold": str(number)}},
        "response": f"A: {number + number % 2}",
        "group": f"group-{number // 4}",
        "sample_index": number % 4,
    }
    return json.dumps(item) + "\n"


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    # A shell starts background jobs with SIGINT ignored, and children would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    command = Command(tmp_path)
    yield command
    command.close()
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def finished_folder(tmp_path_factory: pytest.TempPathFactory, math_address: str) -> Path:
    """A folder with 800 items, and a run into whole.jsonl that nothing disturbed."""
    command = Command(tmp_path_factory.mktemp("finished"))
    items = command.write_items(800)
    ended = command.run("verify", items, "--out", "whole.jsonl", "--address", math_address)
    assert ended.returncode == 0, ended.stderr
    return command.folder


@pytest.fixture
def verdicts_in():
    """Reads a file of verdicts, without what differs from run to run and server to server."""

    def read(path: Path) -> list[dict[str, Any]]:
        verdicts = [json.loads(line) for line in path.read_bytes().splitlines()]
        for verdict in verdicts:
            for field in ("timings", "cached", "verifier"):
                verdict.pop(field, None)
        return verdicts

    return read
