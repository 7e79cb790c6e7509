"""Ctrl-C while services start: a quick end with one line and the documented code, and nothing left."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

DEMO = Path(__file__).parents[3] / "examples" / "demo.py"
RESUME = "veridical: interrupted; run the same command again to resume"
CASES = {
    "verify": (("-m", "veridical.cli", "verify", "items.jsonl", "--out", "v.jsonl"), [RESUME]),
    "up": (
        ("-m", "veridical.cli", "up", "--listen", "unix:up.sock"),
        ["veridical up: stopped by SIGINT before it served"],
    ),
    "demo": ((str(DEMO),), []),
}
# Far less than a start that hangs, or the drain of its services, would take.
END_SECONDS = 20.0


@pytest.mark.parametrize(
    ("what", "presses"), [("verify", 1), ("verify", 3), ("up", 1), ("up", 3), ("demo", 3)]
)
def test_a_start_that_is_interrupted_ends_at_once(command, assert_ended, what, presses):
    program, told = CASES[what]
    command.program = program
    command.write_items(4)
    process = command.start(start_new_session=True)
    service = wait_for_service(psutil.Process(process.pid))
    service.suspend()  # so that whoever waits for the start waits for long
    top = psutil.Process(process.pid)
    running = [top, *top.children(recursive=True)]
    for press in range(presses):
        if press:
            time.sleep(0.05)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, errors = process.communicate(timeout=END_SECONDS)
    # A further press may come when the interpreter is ending and has given the signal back to the
    # system: a shell says 130 of both.
    assert process.returncode in ({130} if presses == 1 else {130, -signal.SIGINT})
    assert "Traceback" not in errors.decode()
    if presses == 1:
        assert errors.decode().splitlines()[-1:] == told
    assert_ended(running)


def wait_for_service(top: psutil.Process) -> psutil.Process:
    """Returns the first service below the process once it runs."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for process in top.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "veridical.math" in process.cmdline():
                    return process
        time.sleep(0.01)
    raise AssertionError("nothing starts")
