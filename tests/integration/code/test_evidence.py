"""What evidence tells a person of a failed test: what was written, thrown, used, and allowed."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict

from veridical.client import Client, Item, Verdict, reason_name

LIMITS = {"cpu_seconds": 0.3, "wall_seconds": 9}


def judge(client: Client, response: str, **task: Any) -> Verdict:
    code = {"language": "python", "limits": LIMITS, **task}
    item = ParseDict({"id": "1", "task": {"code": code}, "response": response}, Item())
    return client.verify(item, timeout=60)


def stdio(*stdins: str, **more: Any) -> dict[str, Any]:
    """Cases that a program passes which prints nothing."""
    return {
        "stdio": {"cases": [{"stdin": each, "expected_stdout": "\n"} for each in stdins], **more}
    }


def calls(*cases: tuple[str, str]) -> dict[str, Any]:
    named = [{"args": args, "expected": expected} for args, expected in cases]
    return {"calls": {"entry_point": "f", "cases": named}}


ASSERTS = {"asserts": {"test_code": "assert f(1) == 1"}}
SPIN = "while True: pass"
SLEEP = "import time; time.sleep(60)"
CPU, WALL = "s of CPU time, limit 0.3 s", "s of wall time, limit 0.9 s"
AT_REST = {"cpu_seconds": 0.3, "wall_seconds": 0.9}
TALKER = {"interactor": {"language": "python", "source": "import sys; sys.stdin.read()"}}


@pytest.mark.parametrize(
    ("program", "tests", "limit"),
    [
        (SPIN, stdio(""), CPU),
        (SLEEP, stdio(""), WALL),
        (SPIN, stdio("", **TALKER), CPU),
        (f"def f(x):\n    {SPIN}", ASSERTS, CPU),
        (f"def f(x):\n    {SLEEP}", calls(("[1]", "1")), WALL),
    ],
)
def test_a_time_limit_names_the_time_and_the_limit(
    client: Client, program: str, tests: dict[str, Any], limit: str
) -> None:
    # A machine that is busy takes long for little CPU time.
    limits = {"limits": AT_REST} if limit == WALL else {}
    verdict = judge(client, program, **tests, **limits)
    assert reason_name(verdict.reason) == "time_limit"
    used = verdict.detail.removesuffix(f" {limit}").rpartition(" ")[2]
    assert verdict.detail.endswith(limit)
    assert 0.3 < float(used) < 5


HOLD = "x = [bytes([n % 255]) * (1 << 20) for n in range(400)]"
BUSY = "x = bytearray(1 << 20)\nwhile True: x += x[:1 << 20]"


@pytest.mark.parametrize(
    ("program", "tests"),
    [
        (BUSY, stdio("")),
        ("raise MemoryError", stdio("")),
        (BUSY, stdio("", **TALKER)),
        (f"def f(x):\n    {HOLD}\n    while True: pass", ASSERTS),
        ("def f(x): raise MemoryError", calls(("[1]", "1"))),
    ],
)
def test_a_memory_limit_names_the_limit(
    client: Client, program: str, tests: dict[str, Any]
) -> None:
    limits = {"limits": {"memory_mib": 64, "cpu_seconds": 30}}
    verdict = judge(client, program, **tests, **limits)
    assert reason_name(verdict.reason) == "memory_limit"
    assert verdict.detail.endswith("more than 64 MiB of memory"), verdict.detail


ENDINGS = {
    "import sys; sys.exit(3)": "ended with status 3",
    "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)": "killed by SIGSEGV",
    "import os; os.kill(os.getpid(), 34)": "killed by SIGRTMIN",
    "1 / 0": "ended by an exception",
}


@pytest.mark.parametrize("more", [{}, TALKER], ids=["alone", "with an interactor"])
@pytest.mark.parametrize("program", ENDINGS)
def test_a_runtime_error_says_how_the_program_ended(
    client: Client, program: str, more: Any
) -> None:
    verdict = judge(client, program, **stdio("", **more))
    assert reason_name(verdict.reason) == "runtime_error"
    assert verdict.detail == f"test 1: {ENDINGS[program]}"


def test_an_output_limit_is_named(client: Client) -> None:
    limits = {"limits": {"output_kib": 8}}
    verdict = judge(client, "print('x' * 9000)", **stdio(""), **limits)
    assert reason_name(verdict.reason) == "output_limit"
    assert verdict.detail == "test 1: more than 8 KiB of output"


@pytest.mark.parametrize("more", [{}, TALKER], ids=["alone", "with an interactor"])
def test_what_was_written_before_a_time_limit_is_told(client: Client, more: Any) -> None:
    program = "import sys\nprint('here', file=sys.stderr)\n" + SPIN
    (result,) = judge(client, program, **stdio("", **more)).code.results
    assert result.stderr == "here\n"


def test_each_case_tells_what_it_wrote_itself(client: Client) -> None:
    program = "import sys\nname = input()\nprint(name, file=sys.stderr)\nwhile name > 'b': pass"
    results = judge(client, program, **stdio("a", "b", "c")).code.results
    assert {result.name: result.stderr for result in results} == {
        "1": "a\n",
        "2": "b\n",
        "3": "c\n",
    }


def test_no_path_of_this_machine_is_told(client: Client) -> None:
    program = "import json; json.loads('{')"
    (result,) = judge(client, program, **stdio("")).code.results
    assert "JSONDecodeError" in result.stderr
    assert "/usr/lib/python" in result.stderr
    assert sys.base_prefix == "/usr" or sys.base_prefix not in result.stderr


@pytest.mark.parametrize("tests", [ASSERTS, calls(("[1]", "1"))], ids=["asserts", "calls"])
def test_an_exception_keeps_its_message(client: Client, tests: dict[str, Any]) -> None:
    (result,) = judge(client, "def f(x): open('/nowhere')", **tests).code.results
    assert result.actual == "FileNotFoundError: 2, 'No such file or directory'"


@pytest.mark.parametrize(
    ("args", "expected", "says"),
    [
        ("5", "5", "calls.cases[1]: args is not a list of the arguments"),
        ('{"a": 1}', "5", "calls.cases[1]: args is not a list of the arguments"),
        ("[5", "5", "calls.cases[1]: args cannot be read: "),
        ("[5]", "five", "calls.cases[1]: expected cannot be read: "),
    ],
)
def test_a_malformed_case_is_named(client: Client, args: str, expected: str, says: str) -> None:
    verdict = judge(client, "def f(x): return x", **calls(("[1]", "1"), (args, expected)))
    assert reason_name(verdict.reason) == "invalid_tests"
    assert verdict.detail.startswith(says), verdict.detail
