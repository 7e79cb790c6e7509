"""What the meter sees of real processes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from veridical.sandbox.inner import meter
from veridical.sandbox.inner.meter import Meter, Process

SPIN = "import os, signal\nsum(range({work}))\nprint(flush=True)\nsignal.pause()"


@pytest.fixture
def spinner() -> Iterator[int]:
    """A process that has used some CPU time and now waits."""
    command = [sys.executable, "-S", "-c", SPIN.format(work=20_000_000)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_a_process_is_seen_with_its_time_and_memory(spinner: int) -> None:
    one = Meter(spinner)
    resident = one.look()
    assert 0.02 < one.cpu_seconds < 30
    assert 4_000 < resident == one.peak_kib < 100_000
    assert 1_000 < one.proportional_kib() <= resident
    seen = meter.look_at(spinner)
    assert seen is not None
    assert (seen.parent, seen.exiting) == (os.getpid(), False)


def test_strangers_are_found_below_the_known(spinner: int) -> None:
    below = meter.strangers({os.getpid()})
    assert spinner in below[os.getpid()]
    assert spinner not in meter.strangers({os.getpid(), spinner}).get(os.getpid(), {})


def test_a_process_that_is_gone_reads_as_nothing() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    seen = meter.look_at(child)
    assert seen is not None
    assert seen.exiting
    os.waitpid(child, 0)
    assert meter.look_at(child) is None
    assert meter.cpu_clock(child) == 0.0
    assert Meter(child).look() == 0


def test_time_of_children_that_vanish_is_kept_and_not_counted_twice(spinner: int) -> None:
    def child(cpu: float) -> dict[int, Process | None]:
        return {9: Process(spinner, False, cpu, 0.0, 100)}

    one = Meter(spinner)
    one.census({})
    own = one.cpu_seconds
    one.census(child(2.0))
    one.census({})
    assert one.cpu_seconds == pytest.approx(own + 2.0, abs=0.5)
    one.census(child(1.0))
    assert one.cpu_seconds == pytest.approx(own + 3.0, abs=0.5)
    os.kill(spinner, signal.SIGKILL)


def test_sockets_are_counted_once_whoever_holds_them() -> None:
    """80 new sockets, of which two are held 80 times more."""
    one = Meter(os.getpid())
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(each) for _ in range(40) for each in socket.socketpair()]
        for each in sockets[:2]:
            for _ in range(80):
                held.enter_context(each.dup())
        kib = sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 1024
        assert one.sockets_exceed(60 * kib)
        assert not one.sockets_exceed(130 * kib)
    assert not one.sockets_exceed(60 * kib)


PAGE_TABLES = """
import mmap
empty = mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
for place in range(0, 64 << 30, 1 << 21):
    empty[place]
print(flush=True)
input()
"""


def test_page_tables_are_memory() -> None:
    """What is only read is no resident memory; 32,768 tables of 4 KiB lead to it."""
    command = [sys.executable, "-S", "-c", PAGE_TABLES]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.readline()
        one = Meter(process.pid)
        assert one.look() > 128 << 10
        assert one.proportional_kib() > 128 << 10
        process.kill()
