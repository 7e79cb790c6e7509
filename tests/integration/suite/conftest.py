"""The suite as a process, and what it says."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

WAIT_SECONDS = 60.0
Event = dict[str, Any]


class SuiteProcess:
    """A running `python -m veridical.suite --json` with one worker."""

    def __init__(self, folder: Path, program: tuple[str, ...], flags: tuple[str, ...]) -> None:
        self.folder = folder
        self.address = f"unix:{folder}/reward.sock"
        self.stderr = folder / "stderr"
        command = [sys.executable, *program, "--json", "--listen", self.address, "--workers", "1"]
        with self.stderr.open("wb") as stderr:
            self.popen = subprocess.Popen(
                [*command, *flags],
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=_environment(folder),
                start_new_session=True,
            )
        self.seen: list[Event] = []
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def until(self, state: str, service: str | None = None) -> Event:
        """The next event with that state, of that service."""
        while (event := self._events.get(timeout=WAIT_SECONDS)) is not None:
            self.seen.append(event)
            if event["state"] == state and event.get("service") == service:
                return event
        raise AssertionError(f"ended without {state}: {self.stderr.read_text()[-4000:]}")

    def pid_of(self, service: str) -> int:
        """The process id that the service was last said to have."""
        pids = [event["pid"] for event in self.seen if event.get("service") == service]
        return int(pids[-1])

    def tree(self) -> list[psutil.Process]:
        """The supervisor and all that runs below it."""
        top = psutil.Process(self.popen.pid)
        return [top, *top.children(recursive=True)]

    def signal(self, number: signal.Signals) -> None:
        """Signals the supervisor."""
        self.popen.send_signal(number)

    def end(self) -> tuple[int, list[Event]]:
        """Waits for the end; its exit status and the last events."""
        status = self.popen.wait(WAIT_SECONDS)
        self._reader.join(WAIT_SECONDS)
        last: list[Event] = []
        while event := self._events.get(timeout=WAIT_SECONDS):
            last.append(event)
        return status, last

    def close(self) -> None:
        """Kills what the test left running."""
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(WAIT_SECONDS)
        self._reader.join(WAIT_SECONDS)

    def _read(self) -> None:
        assert self.popen.stdout is not None
        with self.popen.stdout as stdout:
            for line in stdout:
                self._events.put(json.loads(line))
        self._events.put(None)


def _environment(folder: Path) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}
    return {**inherited, "TMPDIR": str(folder)}


StartSuite = Callable[..., SuiteProcess]


@pytest.fixture
def start_suite() -> Iterator[StartSuite]:
    """Starts suites that end with the test; `program` stands in for `-m veridical.suite`."""
    # Not pytest's folder: the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="v-", dir="/tmp"))
    suites: list[SuiteProcess] = []

    def start(*flags: str, program: tuple[str, ...] = ("-m", "veridical.suite")) -> SuiteProcess:
        suites.append(SuiteProcess(folder, program, flags))
        return suites[-1]

    yield start
    for suite in suites:
        suite.close()
    shutil.rmtree(folder)
