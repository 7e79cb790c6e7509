"""Starts real services for a benchmark and reads what CPU time they used."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

BATCH_METHOD = "/veridical.api.v1.VerifierService/VerifyBatch"
RawCall: TypeAlias = "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]"

_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Service:
    """A server process that answers health with SERVING."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time of the process so far, its worker processes left out."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def raw_batch(channel: grpc.aio.Channel) -> RawCall:
    """VerifyBatch on bytes as they are, so that the load costs the machine little."""
    call: RawCall = channel.unary_unary(BATCH_METHOD)
    return call


@contextlib.contextmanager
def service(module: str, *flags: str) -> Iterator[Service]:
    """Runs `python -m module` on a unix socket until the context ends."""
    with tempfile.TemporaryDirectory(prefix="vb-") as folder:
        address = f"unix:{folder}/s"
        command = [sys.executable, "-m", module, "--listen", address, "--log-level", "error"]
        process = subprocess.Popen([*command, *flags])
        try:
            wait_until_serving(address, process)
            yield Service(address, process.pid)
        finally:
            process.terminate()
            process.wait(30)


@contextlib.contextmanager
def gateway_and_math(
    *math_flags: str, reward_flags: tuple[str, ...] = ()
) -> Iterator[tuple[Service, Service]]:
    """Runs a math server with a gateway before it."""
    with (
        service("veridical.math", *math_flags) as math,
        service("veridical.reward", "--backends", math.address, *reward_flags) as reward,
    ):
        yield reward, math


def wait_until_serving(address: str, process: subprocess.Popen[bytes]) -> None:
    """Returns once health says SERVING; raises if the process ends or does not get there."""
    end = time.monotonic() + _START_SECONDS
    with grpc.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(grpc.RpcError):
                reply = stub.Check(health_pb2.HealthCheckRequest(), timeout=1, wait_for_ready=True)
                if reply.status == health_pb2.HealthCheckResponse.SERVING:
                    return
            time.sleep(0.05)
    raise RuntimeError(f"{address}: no server came up")
