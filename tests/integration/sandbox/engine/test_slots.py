"""Slots in containers: what the self-test proves of them, and what the image holds."""

from __future__ import annotations

import json

import pytest

from veridical.sandbox import Cause, CellEnded, Level, Limits, open_slot
from veridical.sandbox.docker.backend import DockerBackend, GvisorBackend
from veridical.sandbox.docker.client import list_slots
from veridical.sandbox.selftest import RUNTIME, prove

pytestmark = pytest.mark.engine

COUNT = """
import os
print(sum(map(str.isdigit, os.listdir("/proc"))) + len(open("/proc/mounts").readlines()))
"""
PROGRAMS = {
    "python": "python3 -c 'import numpy, pytest; print(numpy.arange(3).sum())'",
    "c": "echo 'int main(void) {return 0;}' >/tmp/a.c && gcc -o /tmp/a /tmp/a.c && /tmp/a",
    "c++": "echo '#include <vector>\nint main() {}' >/tmp/a.cc && g++ -o /tmp/b /tmp/a.cc && /tmp/b",
    "javascript": "node -e 'console.log(1 + 1)'",
    "bash": 'test -n "$BASH_VERSION"',
    "no set-user-id programs": "! find / -xdev -perm /6000 -type f 2>/dev/null | grep .",
}


def test_a_container_of_runc_passes_the_self_test(broker):
    report = prove(DockerBackend(broker.socket))
    assert report.breaches == ()
    assert len(report.checks) >= 40
    assert report.isolation.level is Level.DOCKER


def test_a_container_of_gvisor_passes_the_self_test(broker):
    report = prove(GvisorBackend(broker.socket))
    # What gVisor has no means for, or has as its own only; none of it is a way out of the cell.
    assert {check.name for check in report.breaches} <= {
        "denials_are_told",
        "inode_flood",
        "kernel_files",
        "oom_score_lowered",
        "setuid_programs",
        "writable_mounts",
    }
    assert report.isolation.level is Level.GVISOR
    assert report.isolation.missing <= {"inodes"}


def test_what_the_kernel_kills_for_memory_met_its_limit(start_broker):
    """Its own limit is out of reach, as that of memory which no process is charged for would be."""
    small = start_broker("--memory-mib", "400")
    with open_slot(DockerBackend(small.socket), [RUNTIME]) as slot:
        assert slot.memory_mib == 400
        cell = slot.spawn(RUNTIME.name, Limits(memory_mib=4096))
        cell.send(json.dumps({"do": "eat", "with": ""}).encode())
        with pytest.raises(CellEnded) as ended:
            cell.receive()
    assert ended.value.end.cause is Cause.MEMORY


def processes(daemon, name: str) -> int:
    return len(daemon.top(name)["Processes"])


def processes_and_mounts(daemon, name: str) -> int:
    """Within gVisor, whose processes the host does not see, and whose mounts outlive a cell."""
    ran = daemon.exec_create(name, ["python3", "-c", COUNT])
    return int(daemon.exec_start(ran["Id"]))


@pytest.mark.parametrize(
    ("backend", "count", "few"),
    [(DockerBackend, processes, 4), (GvisorBackend, processes_and_mounts, 44)],
)
def test_ended_cells_leave_neither_processes_nor_mounts(engine, broker, backend, count, few):
    def run(cells: int) -> None:
        for _ in range(cells):
            cell = slot.spawn(RUNTIME.name, Limits())
            cell.send(json.dumps({"attacks": ["host_name"]}).encode())
            cell.receive()
            cell.end()

    with open_slot(backend(broker.socket), [RUNTIME]) as slot, engine.daemon() as daemon:
        (listed,) = list_slots(broker.socket)
        run(5)
        before = count(daemon, listed.name)
        run(40)
        # A cell more or less may be on its way in or out; under gVisor it has eleven mounts.
        assert count(daemon, listed.name) <= before + few


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_image_holds_the_tools(engine, program):
    with engine.daemon() as daemon:
        name = daemon.create_container(
            "veridical-sandbox",
            ["bash", "-c", program],
            host_config=daemon.create_host_config(network_mode="none"),
        )["Id"]
        try:
            daemon.start(name)
            assert daemon.wait(name)["StatusCode"] == 0, daemon.logs(name)
        finally:
            daemon.remove_container(name, force=True)
