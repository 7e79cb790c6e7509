"""Real service processes for the tests of this folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

START_SECONDS = 60.0
STOP_SECONDS = 20.0


@dataclass
class Service:
    """A service process that serves."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signals the process, waits for its end and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)


class Services:
    """Starts services and stops those that are left at the end."""

    def __init__(self) -> None:
        # Not pytest's folder: the path of a socket has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="veridical-test-", dir="/tmp"))
        self._started: list[Service] = []

    def __call__(
        self, name: str, *flags: str, address: str | None = None, health: str | None = None
    ) -> Service:
        """Starts `python -m veridical.<name>` and waits until it serves.

        The address is a unix socket of its own unless one is given; one worker unless flags say more.
        `health` is what answers health checks in plaintext, where the address does not.
        """
        number = len(self._started)
        address = address or f"unix:{self.folder}/{name}-{number}.sock"
        log = self.folder / f"{name}-{number}.log"
        command = [sys.executable, "-m", f"veridical.{name}", "--listen", address, *flags]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env=_environment(), cwd=self.folder
            )
        service = Service(address, process, log)
        self._started.append(service)
        _wait_until_serving(service, health or address)
        return service

    def close(self) -> None:
        for service in reversed(self._started):
            try:
                service.stop()
            except subprocess.TimeoutExpired:
                service.stop(signal.SIGKILL)
        shutil.rmtree(self.folder)


def _environment() -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}
    return {**inherited, "VERIDICAL_DIE_WITH_PARENT": str(os.getpid())}


def _wait_until_serving(service: Service, health: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with grpc.insecure_channel(health) as channel:
        while not _serves(channel):
            ended = service.process.poll() is not None
            if ended or time.monotonic() > deadline:
                pytest.fail(
                    f"{service.process.args}: not serving\n{service.log.read_text()[-4000:]}"
                )


def _serves(channel: grpc.Channel) -> bool:
    try:
        response = HealthStub(channel).Check(HealthCheckRequest(), timeout=0.5, wait_for_ready=True)
    except grpc.RpcError:
        return False
    if response.status != HealthCheckResponse.SERVING:
        time.sleep(0.05)  # answered at once, but not yet warm
        return False
    return True


@pytest.fixture
def start_service() -> Iterator[Services]:
    """Starts services that end with the test, which may kill them."""
    services = Services()
    yield services
    services.close()


@pytest.fixture(scope="session")
def shared_services() -> Iterator[Services]:
    """Starts services that tests share and leave alone."""
    services = Services()
    yield services
    services.close()


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Names ports that nobody uses."""

    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


@pytest.fixture(scope="session")
def math_address(shared_services: Services) -> str:
    """The address of a math verifier."""
    return shared_services("math", "--workers", "1").address


@pytest.fixture(scope="session")
def reward_address(shared_services: Services, math_address: str) -> str:
    """The address of a reward gateway in front of that verifier."""
    return shared_services("reward", "--backends", math_address).address
