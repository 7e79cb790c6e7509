"""Stubs, metrics and bare processes for the tests of the serving runtime."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub

Metric = Callable[..., float]


@pytest.fixture(scope="session")
def connect() -> Iterator[Callable[[str], grpc.Channel]]:
    """Makes channels that send and take messages of any size."""
    channels: list[grpc.Channel] = []
    options = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.initial_reconnect_backoff_ms", 50),
        ("grpc.max_reconnect_backoff_ms", 100),
    ]

    def make(address: str) -> grpc.Channel:
        channels.append(grpc.insecure_channel(address, options))
        return channels[-1]

    yield make
    for channel in channels:
        channel.close()


@pytest.fixture(scope="session")
def math_metrics_port(free_port: Callable[[], int]) -> int:
    return free_port()


@pytest.fixture(scope="session")
def math_channel(
    shared_services: Any, connect: Callable[[str], grpc.Channel], math_metrics_port: int
) -> grpc.Channel:
    """A channel to a math server that exports metrics; tests leave it as it is."""
    flags = ("--workers", "1", "--metrics-port", str(math_metrics_port))
    return connect(shared_services("math", *flags).address)


@pytest.fixture(scope="session")
def math(math_channel: grpc.Channel) -> VerifierServiceStub:
    return VerifierServiceStub(math_channel)


@pytest.fixture(scope="session")
def metric() -> Metric:
    """Reads a metric: the sum of the samples whose labels hold those given."""

    def read(port: int, name: str, **labels: str) -> float:
        with urlopen(f"http://127.0.0.1:{port}/metrics") as response:
            text = response.read().decode()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    return read


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a server without waiting for it; its standard error can be read."""
    processes: list[subprocess.Popen[str]] = []
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}

    def start(name: str, *flags: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"veridical.{name}", *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**inherited, "VERIDICAL_DIE_WITH_PARENT": str(os.getpid()), **environment},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
