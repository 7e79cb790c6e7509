"""The worker for pairs that are not decided in the caller's own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from veridical.math import CompareRequest, MathPolicy, MathReason
from veridical.math.last_resort import LastResort, UndecidedError

EQUAL = CompareRequest(r"\sin^2 x + \cos^2 x + x", "1+x", MathPolicy())


@pytest.fixture(scope="module")
def last_resort() -> LastResort:
    return LastResort()


def test_pairs_are_compared(last_resort: LastResort) -> None:
    assert last_resort.compare(EQUAL, None).reason is MathReason.EQUAL
    unequal = CompareRequest("x+1", "x+2", MathPolicy())
    assert last_resort.compare(unequal, 30.0).reason is MathReason.NOT_EQUAL


def test_what_takes_longer_than_it_may_is_undecided(last_resort: LastResort) -> None:
    last_resort.compare(EQUAL, None)
    for pid in _workers():
        os.kill(pid, signal.SIGKILL)
    # Until another worker is there, which takes far longer than this, nothing can be compared.
    with pytest.raises(UndecidedError, match="time"):
        last_resort.compare(EQUAL, 0.01)
    assert last_resort.compare(EQUAL, None).reason is MathReason.EQUAL


def _workers() -> list[int]:
    """The processes that threads of this one started to compare."""
    children = [
        int(pid)
        for path in Path("/proc/self/task").glob("*/children")
        for pid in path.read_text().split()
    ]
    return [
        pid
        for pid in children
        if b"veridical.serving.pool.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


# Prints what a process and its fork find, and the process ids of both workers.
SCRIPT = r"""
import os
from pathlib import Path
from veridical.math.dropin import verify

def workers():
    return [pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]

pair = r"\sin^2 x + \cos^2 x + x", r"\boxed{1+x}"
print(verify(*pair), *workers(), flush=True)
child = os.fork()
if child == 0:
    print(verify(*pair), *workers(), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


def test_forks_have_workers_of_their_own_that_end_with_them() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=True
    )
    (first, worker), (second, other) = (line.split() for line in ended.stdout.splitlines())
    assert (first, second) == ("True", "True")
    assert worker != other
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in (worker, other)):
        assert time.monotonic() < deadline, "a worker outlived its process"
        time.sleep(0.01)
