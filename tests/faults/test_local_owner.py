"""`Client.local()` in a process of its own, which ends in every way a process can end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psutil
import pytest

EndOf = Callable[[Iterable[psutil.Process]], None]

START = r"""
import gc, os, signal, sys, time
from veridical.client import Client, LocalSettings, math_item
client = Client.local(local=LocalSettings(workers=1))
def works():
    return client.verify(math_item("1", "1/2", r"\boxed{0.5}")).reward == 1.0
print("ready", flush=True)
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A short folder for temporary files, which must be empty at the end."""
    with tempfile.TemporaryDirectory(prefix="v-", dir="/tmp") as name:
        yield Path(name)
        deadline = time.monotonic() + 10
        while list(Path(name).iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert list(Path(name).iterdir()) == []


class Owner:
    """A process that runs `START` and then `program`."""

    def __init__(self, program: str, temporary: Path) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("VERIDICAL_")}
        self.popen = subprocess.Popen(
            [sys.executable, "-c", START + program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**inherited, "TMPDIR": str(temporary)},
            start_new_session=True,
        )

    def line(self) -> str:
        """The next line of its output."""
        assert self.popen.stdout is not None
        return self.popen.stdout.readline().rstrip("\n")

    def below(self) -> list[psutil.Process]:
        """All that runs below it: the supervisor, the services and the workers."""
        return psutil.Process(self.popen.pid).children(recursive=True)

    def end(self) -> tuple[int, str]:
        """Sends a line and waits for the end; exit status and what it wrote to stderr."""
        _, errors = self.popen.communicate("\n", timeout=60)
        return self.popen.returncode, errors


@pytest.fixture
def start_owner(temporary: Path) -> Iterator[Callable[[str], Owner]]:
    """Starts owners that end with the test."""
    owners: list[Owner] = []

    def start(program: str) -> Owner:
        owners.append(Owner(program, temporary))
        assert owners[-1].line() == "ready"
        return owners[-1]

    yield start
    for owner in owners:
        with owner.popen:
            owner.popen.kill()


@pytest.mark.parametrize(
    ("program", "status"),
    [("sys.exit(3)", 3), ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)],
)
def test_whatever_ends_the_owner_ends_the_services(
    program: str, status: int, start_owner: Callable[[str], Owner], assert_ended: EndOf
) -> None:
    owner = start_owner(f"input()\n{program}")
    below = owner.below()
    assert len(below) > 4  # supervisor, services, workers and their cells
    assert owner.end() == (status, "")
    assert_ended(below)


def test_an_owner_killed_while_the_services_start_leaves_none(
    temporary: Path, assert_ended: EndOf
) -> None:
    program = START.replace("client =", "print('ready', flush=True); client =")
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        process = psutil.Process(owner.pid)
        while len(below := process.children(recursive=True)) < 2:
            assert owner.poll() is None
        owner.kill()
    assert_ended(below)


def test_ctrl_c_leaves_the_services_to_the_owner(start_owner: Callable[[str], Owner]) -> None:
    owner = start_owner(
        """
try:
    print("waiting", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print(works(), flush=True)
"""
    )
    assert owner.line() == "waiting"
    os.killpg(owner.popen.pid, signal.SIGINT)
    assert owner.line() == "True"
    assert owner.end() == (0, "")


def test_a_forked_child_never_ends_them(
    start_owner: Callable[[str], Owner], assert_ended: EndOf
) -> None:
    owner = start_owner(
        """
def leave(): sys.exit(0)
def leave_at_once(): os._exit(0)
def close(): services.close(); sys.exit(0)

services = client._services
for end in (leave, leave_at_once, close):
    child = os.fork()
    if not child:
        end()
    print(os.waitpid(child, 0)[1], works(), flush=True)
input()
"""
    )
    below = owner.below()
    assert [owner.line() for _ in range(3)] == ["0 True"] * 3
    status, errors = owner.end()
    assert status == 0, errors
    assert_ended(below)
