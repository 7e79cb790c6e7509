"""Containers without namespaces, one for each submission, and containers with little memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
from engine_daemon import RunningBroker, brokers, the_engine, wait_until
from google.protobuf.json_format import ParseDict
from soaking.servers import Server, Servers

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT, OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import Reason
from veridical.client import Client, Item, Verdict
from veridical.sandbox.docker.client import list_slots

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

CALLS = {"entry_point": "add", "cases": [{"args": "[1, 2]", "expected": "3"}]}
RIGHT = "def add(a, b):\n    return a + b\n"
LEAVES_FILES = """
import os, pathlib
def add(a, b):
    left = [str(path) for path in pathlib.Path("/tmp").rglob("left")]
    for folder in ("/tmp", "/dev/shm", os.getcwd()):
        try:
            pathlib.Path(folder, "left").touch()
        except OSError:
            pass
    return a + b + len(left)
"""


@pytest.fixture
def broker() -> Iterator[RunningBroker]:
    with brokers(the_engine()) as start:
        yield start("--daemon-seccomp", "--spares", "1")


def serve(servers: Servers, broker: RunningBroker, minimum: str) -> Server:
    flags = ("--workers", "1", "--backend", "docker", "--broker", str(broker.socket))
    return servers.start("code", *flags, "--minimum-isolation", minimum)


def judge(server: Server, program: str, **limits: int) -> Verdict:
    task = {"language": "python", "calls": CALLS, "limits": limits}
    item = ParseDict({"id": "1", "task": {"code": task}, "response": program}, Item())
    with Client(server.address) as client:
        [verdict] = client.verify_batch([item], timeout=60)
        return verdict


def test_a_limit_above_a_containers_memory_is_refused_by_name() -> None:
    """A program that met the container's own end of memory would be stopped for no fault of its own."""
    with brokers(the_engine()) as start, closing(Servers()) as servers:
        server = serve(servers, start("--memory-mib", "600"), "docker")
        assert judge(server, RIGHT, memory_mib=300).outcome == OUTCOME_CORRECT
        for limits, asked in (({}, 512), ({"memory_mib": 4096}, 4096)):
            verdict = judge(server, RIGHT, **limits)
            assert verdict.reason == Reason.REASON_INVALID_ITEM
            told = f"task.code.limits.memory_mib: {asked} MiB, but a cell here has 344 at most"
            assert verdict.detail == told


def fresh(broker: RunningBroker, used: set[str]) -> set[str]:
    """Names of the containers that the server has now and has not used."""
    return {slot.name for slot in list_slots(broker.socket) if slot.taken} - used


def test_each_submission_has_a_container_of_its_own(broker: RunningBroker) -> None:
    with closing(Servers()) as servers:
        server = serve(servers, broker, "landlock")
        used: set[str] = set()
        for program in (RIGHT, LEAVES_FILES, LEAVES_FILES, "def add(a, b):\n    return 4\n"):
            # The next slot is opened while the last verdict is on its way.
            wait_until(partial(fresh, broker, used), "a container is ready")
            used |= fresh(broker, used)
            verdict = judge(server, program)
            wanted = OUTCOME_INCORRECT if "4" in program else OUTCOME_CORRECT
            assert verdict.outcome == wanted, verdict
            assert verdict.code.isolation == "landlock"
        wait_until(lambda: len(fresh(broker, set())) == 1, "used containers go")
        assert len(used) == 4


def test_by_default_so_little_isolation_is_refused(broker: RunningBroker) -> None:
    with closing(Servers()) as servers:
        verdict = judge(serve(servers, broker, "process"), RIGHT)
    assert verdict.outcome == OUTCOME_UNDECIDED
    assert verdict.reason == Reason.REASON_ISOLATION_UNAVAILABLE
    assert "unshare" in verdict.detail
