"""The Docker daemon that `.ci/engine` started, and brokers of our own on it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from docker import APIClient

from veridical.sandbox.docker.client import list_slots
from veridical.sandbox.docker.containers import BROKER_LABEL
from veridical.sandbox.errors import SandboxError

PATIENCE_SECONDS = 60.0


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Waits until it holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not in {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.05)


@dataclass(frozen=True)
class Engine:
    """The daemon; the folder is `.ci/engine`'s."""

    folder: Path

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    @contextmanager
    def daemon(self) -> Iterator[APIClient]:
        with closing(APIClient(base_url=self.url, version="auto")) as daemon:
            yield daemon

    def containers(self, label: str = BROKER_LABEL) -> list[str]:
        """Names of our containers, in whatever state."""
        with self.daemon() as daemon:
            found = daemon.containers(all=True, filters={"label": label})
        return [one["Names"][0].lstrip("/") for one in found]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        pid = int((self.folder / "dockerd.pid").read_text())
        os.kill(pid, how)
        wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the daemon ends")

    @contextmanager
    def stopped(self, how: signal.Signals = signal.SIGTERM) -> Iterator[None]:
        """The daemon is away meanwhile, and there again afterwards."""
        self.stop(how)
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        subprocess.run([str(self.folder / "start")], check=True, timeout=60)


def the_engine() -> Engine:
    """The one that the environment names."""
    return Engine(Path(os.environ["VERIDICAL_TEST_ENGINE"]))


@dataclass
class RunningBroker:
    """A broker's process."""

    socket: Path
    process: subprocess.Popen[bytes]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(60)


Start = Callable[..., RunningBroker]


@contextmanager
def brokers(engine: Engine) -> Iterator[Start]:
    """Starts brokers with flags, on one socket; no container of theirs may be left at the end."""
    # Not pytest's folder: the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="veridical-test-", dir="/tmp"))
    started: list[RunningBroker] = []

    def start(*flags: str, daemon: str = engine.url) -> RunningBroker:
        socket = folder / "broker.sock"
        command = [sys.executable, "-m", "veridical.sandbox.docker", "--socket", str(socket)]
        process = subprocess.Popen([*command, "--daemon", daemon, *flags])
        started.append(RunningBroker(socket, process))
        wait_until(lambda: process.poll() is not None or _answers(socket), "the broker answers")
        return started[-1]

    try:
        yield start
        for broker in started:
            if broker.process.poll() is None:
                broker.stop()
        assert engine.containers(f"{BROKER_LABEL}={folder / 'broker.sock'}") == []
    finally:
        for broker in started:
            broker.process.kill()
            broker.process.wait()
        shutil.rmtree(folder)


def _answers(socket: Path) -> bool:
    try:
        list_slots(socket)
    except SandboxError:
        return False
    return True
