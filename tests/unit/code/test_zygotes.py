"""What zygotes rehearse leaves nothing behind in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from veridical.code.cell.judge import zygote
from veridical.code.cell.processes import CASE_MARK, MAX_STDERR_BYTES, has_begun

PREPARE = """
import importlib, linecache, os, signal, sys
prepare = importlib.import_module(sys.argv[1]).prepare
def state():
    streams = [getattr(sys, name).fileno() for name in ("stdin", "stdout", "stderr", "__stderr__")]
    held = [os.readlink(f"/proc/self/fd/{one}") for one in range(3)]
    return streams, held, len(os.listdir("/proc/self/fd")), signal.getsignal(signal.SIGCHLD), os.listdir(), os.getcwd()
before = state()
begin = prepare()
assert state() == before, (before, state())
assert "solution" not in sys.modules and not linecache.cache
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    assert callable(begin())
    print("clean")
"""
ZYGOTES = (
    "veridical.code.cell.program_zygote",
    "veridical.code.cell.solution.zygote",
    "veridical.code.cell.judge.zygote",
)


@pytest.mark.parametrize("module", ZYGOTES)
def test_a_rehearsal_leaves_nothing_behind(module: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PREPARE, module],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        timeout=60,
    )
    assert (ended.stdout, ended.stderr) == ("clean\n", "")


def test_judges_rehearse_tests_that_pass() -> None:
    found = [json.loads(each) for each in zygote.rehearse()]
    # Beside other work it takes longer, and the names of tests are told before the result.
    results = [each["result"] for each in found if "result" in each]
    assert [result["passed"] for result in results] == [True, True]


def test_a_case_has_begun_once_its_mark_was_written_or_pushed_out() -> None:
    assert not has_begun(b"<string>:1: SyntaxWarning: ...")
    assert has_begun(b"a warning" + CASE_MARK)
    assert has_begun(b"x" * MAX_STDERR_BYTES)
