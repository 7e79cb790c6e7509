"""`veridical audit-tests` on a file with sound, broken, flaky and weak tests."""

from __future__ import annotations

import json
import os
import pty
import signal

import pytest

from veridical.api.v1.code_pb2 import AssertTests, CodeTask, StdioCase, StdioTests
from veridical.client import Item, Task, item_to_json

ADD = "def add(a, b):\n    return a + b"
FLAKY = "import os\nfor _ in range(1):\n    print(os.urandom(1)[0] % 2)"


@pytest.fixture(scope="session")
def code_address(shared_services):
    return shared_services("code", "--workers", "2").address


def asserts(item_id: str, source: str, test_code: str) -> Item:
    tests = AssertTests(entry_point="add", test_code=test_code)
    task = Task(code=CodeTask(language="python", asserts=tests))
    return Item(id=item_id, task=task, response=f"```python\n{source}\n```")


def items() -> list[Item]:
    flaky = StdioTests(cases=[StdioCase(expected_stdout="1")])
    return [
        asserts("sound", ADD, "assert add(1, 2) == 3\nassert add(5, 0) == 5"),
        asserts("broken", ADD, "assert add(1, 2) == 4"),
        asserts("weak", ADD, "assert add(2, 0) == 2"),
        asserts("weak-twice", "def add(a, b):\n    return a + b + 1 - 1", "assert add(2, 0)"),
        asserts("i" * 300, ADD, "assert add(1, 2) == 3"),
        Item(
            id="flaky",
            task=Task(code=CodeTask(language="python", stdio=flaky)),
            response=f"```python\n{FLAKY}\n```",
        ),
        Item(id="math", task=Task(math={"gold": "1"}), response="1"),
    ]


def test_it_finds_what_is_wrong_with_tests(command, code_address, tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text("".join(f"{item_to_json(item)}\n" for item in items()))
    options = ("--address", code_address, "--runs", "20", "--json")
    ended = command.run("audit-tests", str(file), *options)
    assert ended.returncode == 4, ended.stderr
    told = json.loads(ended.stdout)
    assert {(each["id"], each["kind"]) for each in told["findings"]} == {
        ("broken", "broken"),
        ("weak", "weak"),
        ("weak-twice", "weak"),
        ("i" * 300, "invalid"),
        ("flaky", "flaky"),
    }
    lines = [(each["id"], each["detail"]) for each in told["findings"]]
    assert len(set(lines)) == len(lines)
    assert ("weak-twice", "line 2: 1 -> 2") in lines
    weak_count = sum(each["kind"] == "weak" for each in told["findings"])
    counts = {"invalid": 1, "broken": 1, "flaky": 1, "weak": weak_count}
    assert told["counts"] == {"items": 6, "audited": 6, **counts}
    weak = next(each for each in told["findings"] if each["kind"] == "weak")
    assert weak["detail"] == "line 2: a + b -> a - b"


def test_sound_tests_end_with_0_and_a_file_without_code_with_2(command, code_address, tmp_path):
    file = tmp_path / "items.jsonl"
    file.write_text(item_to_json(items()[0]) + "\n")
    ended = command.run("audit-tests", str(file), "--address", code_address)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    file.write_text(item_to_json(items()[-1]) + "\n")
    assert command.run("audit-tests", str(file), "--address", code_address).returncode == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_was_found_before_ctrl_c_is_kept(command, code_address, tmp_path, form):
    # More than are tried out at a time; the last ones take longer than anybody waits.
    sleeper = "import time\n\ndef add(a, b):\n    time.sleep(60)\n    return a + b"
    broken = [asserts(f"broken-{n}", ADD, "assert add(1, 2) == 4") for n in range(16)]
    late = asserts("late", sleeper, "assert add(1, 2) == 3")
    late.task.code.limits.wall_seconds = 90
    file = tmp_path / "items.jsonl"
    file.write_text("".join(f"{item_to_json(item)}\n" for item in [*broken, late]))
    options = ["--address", code_address, "--runs", "1", "--mutants", "0"]
    master, slave = pty.openpty()
    arguments = ("audit-tests", file, *options, *(["--json"] * (form == "json")))
    process = command.start(*arguments, stderr=slave, env={"TERM": "xterm", "COLUMNS": "200"})
    os.close(slave)
    command.wait_on_terminal(master, "16/17")
    process.send_signal(signal.SIGINT)
    shown = command.wait_on_terminal(master, "veridical: interrupted after 16 of 17 items")
    os.close(master)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "tests of 16 of 17 items: 16 broken" in shown
    assert "most programs do not pass their tests" in shown
    if form == "text":
        assert out.count(b"broken-") == 16
    else:
        told = json.loads(out)
        assert [each["id"] for each in told["findings"]] == [item.id for item in broken]
        assert told["counts"]["audited"] == 16
