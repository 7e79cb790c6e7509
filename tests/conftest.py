"""What the tests of several areas share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import psutil
import pytest

EndOf = Callable[[Iterable[psutil.Process]], None]
END_SECONDS = 15.0


@pytest.fixture
def assert_ended() -> EndOf:
    """Waits until processes have ended; fails, and kills them, where they do not."""
    return _assert_ended


def _assert_ended(processes: Iterable[psutil.Process]) -> None:
    left = list(processes)
    assert left, "no process to wait for"
    deadline = time.monotonic() + END_SECONDS
    while left and time.monotonic() < deadline:
        left = [process for process in left if _runs(process)]
        time.sleep(0.02)
    names = [process.cmdline() for process in left]
    for process in left:
        process.kill()
    assert not names


def _runs(process: psutil.Process) -> bool:
    """A process that is dead and that its new parent has not reaped yet does not run."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
