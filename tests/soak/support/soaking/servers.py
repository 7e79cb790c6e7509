"""Real server processes, and what can be seen of them from outside."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import grpc
import psutil
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from prometheus_client.parser import text_string_to_metric_families
from soaking.load import Tally
from soaking.oracle import ALL, Oracle

from veridical.client import Client

START_SECONDS = 60.0
STOP_SECONDS = 40.0
SETTLE_SECONDS = 20.0
_POLL_SECONDS = 0.05


@dataclass(slots=True)
class Server:
    """A server process."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    metrics_port: int
    seen: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self.seen = psutil.Process(self.process.pid)

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples whose labels hold those given."""
        with urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as response:
            text = response.read().decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def memory(self) -> int:
        """Resident bytes of the process, its workers left out."""
        return int(self.seen.memory_info().rss)

    def workers(self) -> list[psutil.Process]:
        """Its child processes."""
        return [child for child in self.seen.children() if child.is_running()]

    def idle(self) -> bool:
        """Whether it works on no item."""
        busy = self.metric("veridical_items_in_flight") + self.metric("veridical_queue_depth")
        return busy == 0

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signals the process and gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)

    def exceptions(self) -> list[str]:
        """Log lines that tell of an exception nobody handled."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if '"exception"' in line or "Traceback" in line]


class Servers:
    """Starts servers in a folder of their own, and stops those that are left."""

    def __init__(self) -> None:
        # Short: the path of a socket has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="vs-", dir="/tmp"))
        self._started: list[Server] = []

    def start(
        self,
        name: str,
        *flags: str,
        address: str | None = None,
        environment: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
        stderr: Path | None = None,
    ) -> Server:
        """Starts `python -m veridical.<name>` with metrics and waits until it serves.

        Args:
            name: The server.
            flags: Its settings.
            address: Where it listens; a unix socket of its own by default.
            environment: Variables on top of this process's, those of Veridical left out.
            prefix: A command that the server's command is given to.
            stderr: Where its log goes, other than to a file of its own.
        """
        number = len(self._started)
        address = address or f"unix:{self.folder}/{name}{number}"
        port = free_port()
        command = [*prefix, sys.executable, "-m", f"veridical.{name}", "--listen", address]
        command += ["--metrics-port", str(port), *flags]
        log = stderr or self.folder / f"{name}{number}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env=_clean() | dict(environment or {})
            )
        server = Server(address, process, log, port)
        self._started.append(server)
        wait_until_serving(address, process)
        return server

    def close(self) -> None:
        """Stops what is left, callers first."""
        for server in reversed(self._started):
            try:
                server.stop()
            except subprocess.TimeoutExpired:
                server.stop(signal.SIGKILL)
        shutil.rmtree(self.folder)


def _clean() -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}
    return {**inherited, "VERIDICAL_DIE_WITH_PARENT": str(os.getpid())}


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_serving(address: str, process: subprocess.Popen[Any]) -> None:
    """Returns once health says SERVING; fails where the process ends or takes too long."""
    end = time.monotonic() + START_SECONDS
    with grpc.insecure_channel(address) as channel:
        while not _serves(channel):
            assert process.poll() is None, f"{process.args!r} ended"
            assert time.monotonic() < end, f"{process.args!r}: not serving"
            time.sleep(_POLL_SECONDS)


def _serves(channel: grpc.Channel) -> bool:
    with contextlib.suppress(grpc.RpcError):
        reply = HealthStub(channel).Check(HealthCheckRequest(), timeout=1, wait_for_ready=True)
        return bool(reply.status == HealthCheckResponse.SERVING)
    return False


def assert_healthy(*addresses: str) -> None:
    """Fails unless each server soon says that it serves, and gives right verdicts of every kind."""
    for address in addresses:
        with grpc.insecure_channel(address) as channel:
            wait_for(functools.partial(_serves, channel), f"{address} does not serve")
        known = Oracle().items(len(ALL))
        tally = Tally()
        with Client(address) as client:
            tally.take(known, client.verify_batch([k.item for k in known], timeout=30))
        tally.check(least=len(ALL))


def wait_for(condition: Callable[[], bool], what: str, seconds: float = SETTLE_SECONDS) -> None:
    """Returns once the condition holds; fails where that takes too long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(_POLL_SECONDS)


async def until(condition: Callable[[], bool], what: str, seconds: float = SETTLE_SECONDS) -> None:
    """`wait_for` beside a load that goes on."""
    await asyncio.to_thread(wait_for, condition, what, seconds)
