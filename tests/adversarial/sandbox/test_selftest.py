"""The self-test finds nothing on the process backend, and finds much where there is no cell."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from veridical.sandbox import (
    LandlockBackend,
    Level,
    Limits,
    ProcessBackend,
    Runtime,
    open_slot,
)
from veridical.sandbox.inner import attacks
from veridical.sandbox.inner.channel import Channel
from veridical.sandbox.layers import LAYERS, level_of
from veridical.sandbox.selftest import RUNTIME, prove

SANDBOX = Path(__file__).parents[3] / "sandbox"
SOMEBODY = 12345
PYTHON = "/usr/bin/python3" if os.geteuid() == 0 else None
"""An interpreter that a user without rights can read; None for this one."""
PROVE = """
import signal
from veridical.sandbox import ProcessBackend
from veridical.sandbox.inner import kernel
from veridical.sandbox.selftest import RUNTIME, prove
for number in (signal.SIGINT, signal.SIGTERM, 32, 33):
    kernel.act_on_signal(number, 1)  # ignored, as a host may leave them
report = prove(ProcessBackend())
print(report.isolation.level.name, len(report.checks), [check.name for check in report.breaches])
"""


def test_no_attack_gets_anywhere() -> None:
    report = prove(ProcessBackend())
    assert report.breaches == ()
    assert len(report.checks) >= 40
    assert report.isolation.level is Level.PROCESS
    assert report.isolation.missing == frozenset()


def test_no_attack_gets_anywhere_for_a_user_without_rights(tmp_path: Path) -> None:
    """With an interpreter and modules that such a user can read."""
    copy = tmp_path / "sandbox"
    shutil.copytree(SANDBOX, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    somebody = SOMEBODY if os.geteuid() == 0 else None
    python = "/usr/bin/python3" if os.geteuid() == 0 else sys.executable
    done = subprocess.run(
        [python, "-c", PROVE],
        env={"PYTHONPATH": str(copy), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        user=somebody,
        group=somebody,
        extra_groups=None if somebody is None else [],
    )
    level, checks, breaches = done.stdout.strip().split(" ", 2)
    assert (level, breaches) == ("PROCESS", "[]"), done.stderr
    assert int(checks) >= 40


@pytest.mark.parametrize("name", ["host_files", "socket_inet", "seccomp_mode", "no_new_privs"])
def test_the_same_attacks_succeed_outside_a_cell(name: str) -> None:
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    child = os.fork()
    if child == 0:
        channel.close()
        try:
            attacks.serve(Channel(theirs, takes_peers=True), None)
        finally:
            os._exit(0)
    theirs.close()
    try:
        channel.send(json.dumps({"attacks": [name]}).encode())
        assert json.loads(channel.receive())[name]
    finally:
        channel.close()
        os.waitpid(child, 0)


def test_a_level_needs_every_layer() -> None:
    everything = frozenset(LAYERS)
    assert level_of(Level.GVISOR, everything) is Level.GVISOR
    for layer in LAYERS:
        assert level_of(Level.PROCESS, everything - {layer}) <= Level.LANDLOCK
    assert level_of(Level.PROCESS, everything - {"network"}) is Level.NONE


def test_without_namespaces_the_level_is_landlock_and_nothing_is_left() -> None:
    before = _left_by_wardens()
    report = prove(LandlockBackend(PYTHON))
    assert report.isolation.level is Level.LANDLOCK, report.breaches
    assert {"process_namespace", "file_system"} <= report.isolation.missing
    assert _left_by_wardens() <= before


def test_daemons_die_also_while_further_cells_are_being_made() -> None:
    """Without namespaces such a cell and what a dead one left look alike: children of the warden."""
    runtime = replace(RUNTIME, spares=4)
    with open_slot(LandlockBackend(PYTHON), [runtime]) as slot:
        for _ in range(60):
            listener = slot.spawn(runtime.name, Limits(wall_seconds=10))
            culprit = slot.spawn(runtime.name, Limits(), peer=listener)
            culprit.send(b'{"do": "leave_daemon", "with": ""}')
            culprit.receive()
            culprit.end()
            listener.send(b'{"do": "hear", "with": ""}')
            assert json.loads(listener.receive()) == "quiet"
            listener.end()


@pytest.mark.parametrize("backend", [LandlockBackend(PYTHON), ProcessBackend()])
def test_what_multiplies_is_ended(backend: LandlockBackend | ProcessBackend) -> None:
    with open_slot(backend, [RUNTIME]) as slot:
        listener = slot.spawn(RUNTIME.name, Limits(wall_seconds=20))
        culprit = slot.spawn(RUNTIME.name, Limits(processes=400), peer=listener)
        culprit.send(b'{"do": "multiply", "with": ""}')
        time.sleep(0.5)  # for it to grow
        culprit.end()
        listener.send(b'{"do": "hear", "with": ""}')
        assert json.loads(listener.receive()) == "quiet"


def test_no_cell_is_root_outside() -> None:
    """Seen from here, no process of a slot has the user id 0 but the launcher's own parents."""
    runtime = Runtime("selftest", "veridical.sandbox.inner.attacks:serve", spares=3)
    with open_slot(ProcessBackend(), [runtime]) as slot:
        cell = slot.spawn("selftest", Limits())
        cell.send(b'{"attacks": []}')
        cell.receive()
        owners = {path: path.stat().st_uid for path in _slot_processes()}
    assert len(owners) >= 6
    assert 0 not in owners.values()


def _left_by_wardens() -> set[Path]:
    """Folders of slots without namespaces whose warden is gone; others may run beside this test."""
    folders = set(Path("/tmp").glob("veridical-cells-*"))
    return {path for path in folders if not Path("/proc", path.name.split("-")[2]).exists()}


def _slot_processes() -> list[Path]:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    found = [pid for pid in children if b"-S" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    for pid in found:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        found += [child for task in tasks for child in (task / "children").read_text().split()]
    return [Path(f"/proc/{pid}") for pid in found]
