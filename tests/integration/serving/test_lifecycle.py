"""The life of a server process: warming, serving, draining, and what it refuses to start with."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from veridical.api.v1.verdict_pb2 import REASON_EQUAL, REASON_VERIFIER_TIMEOUT
from veridical.api.v1.verifier_pb2 import DescribeRequest, VerifyBatchRequest, VerifyRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING
SERVICES = ("", "veridical.api.v1.VerifierService")
Connect = Callable[[str], grpc.Channel]
Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def socket_folder(start_service: Any) -> Path:
    """A folder whose path is short enough for sockets."""
    folder: Path = start_service.folder
    return folder


def health(channel: grpc.Channel, service: str = "") -> int:
    request = HealthCheckRequest(service=service)
    return int(HealthStub(channel).Check(request, timeout=10, wait_for_ready=True).status)


def hang(number: int) -> Any:
    """An item that no comparison decides: counted work ends it after a third of a second or more."""
    gold, answer = (
        rf"\sum_{{n=1}}^{{\infty}}\frac{{\{name}(n)}}{{n^3+{number}}}" for name in ("sin", "cos")
    )
    return math_item(f"hang-{number}", gold, rf"\boxed{{{answer}}}")


def test_health_turns_to_serving_when_the_workers_are_warm(
    spawn: Spawn, connect: Connect, socket_folder: Path
) -> None:
    address = f"unix:{socket_folder}/warm.sock"
    process = spawn("math", "--listen", address, "--workers", "4")
    channel = connect(address)
    seen = []
    while SERVING not in seen:
        seen.append(health(channel))
    assert seen[0] == NOT_SERVING
    assert health(channel, SERVICES[1]) == SERVING
    request = VerifyRequest(item=math_item("1", "2", "2"))
    assert VerifierServiceStub(channel).Verify(request).verdict.reward == 1
    assert process.poll() is None


def test_a_server_that_is_not_ready_refuses_calls_until_it_is(
    spawn: Spawn, connect: Connect, start_service: Any, socket_folder: Path
) -> None:
    backend, address = (f"unix:{socket_folder}/{name}.sock" for name in "br")
    spawn("reward", "--listen", address, "--backends", backend)
    channel = connect(address)
    assert [health(channel, service) for service in SERVICES] == [NOT_SERVING] * 2
    stub, request = VerifierServiceStub(channel), VerifyRequest(item=math_item("1", "2", "2"))
    with pytest.raises(grpc.RpcError) as refused:
        stub.Verify(request)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    start_service("math", "--workers", "1", address=backend)
    _until(lambda: health(channel) == SERVING)
    assert stub.Verify(request).verdict.reward == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_stops_at_once_while_it_warms_up(
    spawn: Spawn, connect: Connect, socket_folder: Path, how: signal.Signals, assert_ended: Any
) -> None:
    address = f"unix:{socket_folder}/s.sock"
    process = spawn("math", "--listen", address, "--workers", "2")
    assert health(connect(address)) == NOT_SERVING
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    assert process.wait(15) == 0
    if children:
        assert_ended(children)


def test_a_gateway_without_backends_stops_at_once(
    spawn: Spawn, connect: Connect, socket_folder: Path
) -> None:
    address = f"unix:{socket_folder}/s.sock"
    process = spawn("reward", "--listen", address, "--backends", f"unix:{socket_folder}/none")
    assert health(connect(address)) == NOT_SERVING
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_drain_answers_what_is_in_flight(
    start_service: Any, connect: Connect, assert_ended: Any
) -> None:
    service = start_service("math", "--workers", "1", "--cpu-seconds", "0.1")
    channel = connect(service.address)
    stub = VerifierServiceStub(channel)
    statuses = Statuses(channel)
    assert next(statuses) == SERVING
    easy = [math_item(str(i), r"\frac{x}{2}+" + str(i), f"({2 * i}+x)/2") for i in range(20)]
    call = stub.VerifyBatch.future(VerifyBatchRequest(items=[*easy, hang(1)]))
    _until(lambda: _busy_workers(service.process.pid))
    children = psutil.Process(service.process.pid).children(recursive=True)
    assert not call.done()
    start = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    assert next(statuses) == NOT_SERVING
    reasons = [verdict.reason for verdict in call.result(40).verdicts]
    assert reasons == [REASON_EQUAL] * 20 + [REASON_VERIFIER_TIMEOUT]
    assert service.process.wait(40) == 0
    assert time.monotonic() - start < 30 + 10  # the grace, and a margin for a busy machine
    assert list(statuses) == []
    assert_ended(children)
    with pytest.raises(grpc.RpcError) as refused:
        stub.Describe(DescribeRequest(), timeout=5)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_drain_does_not_wait_for_watches(start_service: Any, connect: Connect) -> None:
    service = start_service("math", "--workers", "1")
    statuses = Statuses(connect(service.address))
    assert next(statuses) == SERVING
    start = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - start < 15  # the grace is 30 seconds
    assert list(statuses) == [NOT_SERVING]


def test_callers_under_load_see_only_answers_and_refusals(
    start_service: Any, connect: Connect
) -> None:
    service = start_service("math", "--workers", "2")
    stub = VerifierServiceStub(connect(service.address))
    request = VerifyBatchRequest(items=[math_item(str(i), str(i), str(i)) for i in range(50)])

    def call_until_refused() -> tuple[int, grpc.StatusCode]:
        answered = 0
        while True:
            try:
                verdicts = stub.VerifyBatch(request, timeout=60).verdicts
            except grpc.RpcError as error:
                return answered, error.code()
            assert [verdict.reward for verdict in verdicts] == [1] * 50
            answered += 1

    with ThreadPoolExecutor(8) as callers:
        ends = [callers.submit(call_until_refused) for _ in range(8)]
        time.sleep(1)  # the load that the drain meets
        assert service.stop() == 0
        results = [end.result() for end in ends]
    assert all(answered for answered, _ in results)
    # What comes in the very moment of the shutdown gRPC itself ends with CANCELLED.
    refusals = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    assert {code for _, code in results} <= refusals


@pytest.mark.parametrize("family", ["unix", "tcp"])
def test_a_second_server_on_an_address_refuses_to_start(
    start_service: Any,
    spawn: Spawn,
    connect: Connect,
    free_port: Callable[[], int],
    socket_folder: Path,
    family: str,
) -> None:
    taken = f"unix:{socket_folder}/a.sock" if family == "unix" else f"127.0.0.1:{free_port()}"
    start_service("math", "--workers", "1", address=taken)
    _refused(spawn("math", "--listen", taken), "listen")
    assert health(connect(taken)) == SERVING


def test_a_socket_left_by_a_killed_server_is_taken_over(
    start_service: Any, connect: Connect
) -> None:
    first = start_service("math", "--workers", "1")
    first.stop(signal.SIGKILL)
    assert Path(first.address.removeprefix("unix:")).exists()
    second = start_service("math", "--workers", "1", address=first.address)
    assert health(connect(second.address)) == SERVING


def test_a_busy_metrics_port_refuses_the_start(
    spawn: Spawn, math: object, math_metrics_port: int
) -> None:
    flags = ("--listen", "127.0.0.1:0", "--metrics-port", str(math_metrics_port))
    _refused(spawn("math", *flags), "metrics_port")


@pytest.mark.parametrize("address", ["no such host:1", "unix:/no/such/folder/a.sock"])
def test_an_address_that_cannot_be_had_refuses_the_start(spawn: Spawn, address: str) -> None:
    _refused(spawn("math", "--listen", address), "listen")


def test_bad_settings_refuse_the_start_of_a_process(spawn: Spawn, tmp_path: Path) -> None:
    file = tmp_path / "v.toml"
    file.write_text("[math]\nqueue_items = 0\n")
    started = {
        "workers": spawn("math", "--workers", "many"),
        "cpu_seconds": spawn("math", VERIDICAL_CPU_SECONDS="never"),
        "queue_items": spawn("math", "--config", str(file)),
        "backends": spawn("reward"),
    }
    for field, process in started.items():
        errors = _refused(process, field)
        assert len(errors.splitlines()) == 1


class Statuses(Iterator[int]):
    """What a health watch tells, until the server ends it."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._call = HealthStub(channel).Watch(HealthCheckRequest(), wait_for_ready=True)

    def __next__(self) -> int:
        return int(next(self._call).status)


def _refused(process: subprocess.Popen[str], field: str) -> str:
    """The process ends with status 2 and names the field; gives its standard error."""
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2, errors
    said = [line for line in errors.splitlines() if field in line]
    assert said, errors
    assert "Traceback" not in errors
    if said[-1].startswith("{"):
        assert json.loads(said[-1])["level"] == "error"
    return errors


def _busy_workers(pid: int) -> bool:
    """Whether worker processes have begun to work hard."""
    workers = psutil.Process(pid).children()
    times = [worker.cpu_times() for worker in workers]
    time.sleep(0.1)
    return any(
        sum(worker.cpu_times()[:2]) > sum(before[:2])
        for worker, before in zip(workers, times, strict=True)
    )


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)
