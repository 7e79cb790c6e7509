"""`veridical verify` of programs: each verdict counts when it is there, and no run loses one."""

from __future__ import annotations

import json
import os
import pty
import signal

import pytest

SLEEP_SECONDS = 45


@pytest.fixture(scope="module")
def code_address(shared_services):
    """The address of a code verifier with two workers."""
    return shared_services("code", "--workers", "2").address


def item_line(name: str, body: str) -> str:
    source = f"def f(n):\n    {body}"
    limits = {"wall_seconds": 2 * SLEEP_SECONDS}
    tests = {"entry_point": "f", "test_code": "assert f(1) == 2"}
    task = {"code": {"language": "python", "asserts": tests, "limits": limits}}
    return json.dumps({"id": name, "task": task, "response": f"```python\n{source}\n```"}) + "\n"


def write_items(command, lines):
    path = command.folder / "items.jsonl"
    path.write_text("".join(lines))
    return path


def test_verdicts_count_before_the_slowest_of_their_batch_is_there(command, code_address):
    sleeper = item_line("slow", f"import time; time.sleep({SLEEP_SECONDS}); return n + 1")
    quick = [item_line(f"quick-{n}", f"return n + {n}") for n in range(7)]
    master, slave = pty.openpty()
    process = command.start(
        *("verify", write_items(command, [sleeper, *quick]), "--out", "v.jsonl"),
        *("--address", code_address),
        stderr=slave,
        env={"TERM": "xterm"},
    )
    os.close(slave)
    command.wait_on_terminal(master, "7/8")
    assert (command.folder / "v.jsonl").read_bytes() == b""  # in the items' order
    process.send_signal(signal.SIGINT)
    command.wait_on_terminal(master, "interrupted; run the same command again to resume")
    assert process.wait(10) == 130
    os.close(master)


def test_killed_runs_of_programs_lose_and_repeat_nothing(command, code_address, verdicts_in):
    out = command.folder / "v.jsonl"
    items = write_items(command, [item_line(f"p{n}", f"return n + {n % 2}") for n in range(24)])
    arguments = ("verify", items, "--out", out, "--address", code_address)
    for kill in (4, 10):
        process = command.start(*arguments, "--concurrency", "1")
        command.wait_for_lines(out, kill, process)
        command.end(process, signal.SIGKILL)
    assert command.run(*arguments).returncode == 0
    verdicts = verdicts_in(out)
    assert [verdict["id"] for verdict in verdicts] == [f"p{n}" for n in range(24)]
    assert [verdict["reward"] for verdict in verdicts] == [0.0, 1.0] * 12
