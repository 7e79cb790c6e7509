"""`veridical verify` against real services."""

from __future__ import annotations

import json
import os
import pty
from pathlib import Path

import pytest


def test_run_gives_a_verdict_for_each_item_in_order(command, reward_address, verdicts_in):
    items, out = command.write_items(700), command.folder / "v.jsonl"
    ended = command.run("verify", items, "--out", out, "--address", reward_address)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == ""
    verdicts = verdicts_in(out)
    assert [v["id"] for v in verdicts] == [f"item-{n}" for n in range(700)]
    assert [v["reward"] for v in verdicts] == [1.0, 0.0] * 350
    assert verdicts[0]["sample_index"] == 0
    assert "700 items, mean reward 0.500" in ended.stderr
    assert "\x1b" not in ended.stderr
    side = json.loads((command.folder / "v.jsonl.run.json").read_text())
    assert side["items"] == 700


def test_without_an_address_it_starts_what_it_needs(command):
    ended = command.run("verify", command.write_items(4))
    assert ended.returncode == 0, ended.stderr
    assert [json.loads(line)["reward"] for line in ended.stdout.splitlines()] == [1, 0, 1, 0]
    assert "starting the services" in ended.stderr


def test_address_of_the_environment_is_used(command, math_address):
    ended = command.run("verify", command.write_items(2), env={"VERIDICAL_ADDRESS": math_address})
    assert ended.returncode == 0, ended.stderr
    assert "starting" not in ended.stderr


def test_standard_input_to_standard_output(command, math_address):
    content = command.write_items(3).read_bytes()
    ended = command.run("verify", "-", "--quiet", "--address", math_address, stdin=content)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [json.loads(line)["id"] for line in ended.stdout.splitlines()] == [
        "item-0",
        "item-1",
        "item-2",
    ]


def test_no_items_are_no_trouble_and_need_no_services(command):
    ended = command.run("verify", "-", "-o", "v", "--address", "127.0.0.1:1", stdin=b"\n\n")
    assert (ended.returncode, ended.stderr) == (0, "no items\n")
    assert (command.folder / "v").read_bytes() == b""


def test_faulty_lines_stop_the_run_before_anything_is_written(command, math_address):
    items = command.write_items(3)
    with items.open("a") as file:
        file.write('{"id": "x", "task": {"math": {"golf": "1"}}}\n{"id": "item-1"}\nnothing\n')
    ended = command.run("verify", items, "--out", "v.jsonl", "--address", math_address)
    assert ended.returncode == 2
    for told in ("line 4: unknown field task.math.golf", "line 5: id: 'item-1'", "line 6: "):
        assert told in ended.stderr
    assert [path.name for path in command.folder.iterdir()] == ["items.jsonl"]


def test_bad_values_and_unknown_tasks_spoil_only_their_item(command, reward_address, verdicts_in):
    items, out = command.write_items(3), command.folder / "v.jsonl"
    lines = items.read_text().splitlines()
    lines.insert(1, '{"id": "bad", "task": {"math": {"gold": 5}}, "response": "5"}')
    lines.insert(2, '{"id": "shared", "task_id": "t", "response": "5"}')
    lines.append('{"id": "none", "response": "5"}')
    items.write_text("\n".join(lines))
    ended = command.run("verify", items, "--out", out, "--address", reward_address)
    assert ended.returncode == 0, ended.stderr
    verdicts = verdicts_in(out)
    assert [v["id"] for v in verdicts] == ["item-0", "bad", "shared", "item-1", "item-2", "none"]
    spoilt = [v for v in verdicts if v["outcome"] == "OUTCOME_UNDECIDED"]
    assert [v["reason"] for v in spoilt] == ["REASON_INVALID_ITEM"] * 3
    assert spoilt[0]["detail"].startswith("task.math.gold")
    assert [v["id"] for v in verdicts if "reward" in v] == ["item-0", "item-1", "item-2"]
    assert "3 undecided, without a reward" in ended.stderr


def test_terminal_gets_a_progress_bar(command, math_address):
    master, slave = pty.openpty()
    process = command.start(
        *("verify", command.write_items(600), "-o", "v.jsonl", "--address", math_address),
        stderr=slave,
        env={"TERM": "xterm"},
    )
    os.close(slave)
    screen = _read_all(master)
    assert process.wait(60) == 0
    for part in ("verifying", "600/600", "100%", "/s", "mean reward 0.500"):
        assert part in screen


def _read_all(descriptor: int) -> str:
    parts = []
    # The other end of a terminal that was closed is an error to read, not an end.
    while part := _read(descriptor):
        parts.append(part)
    os.close(descriptor)
    return b"".join(parts).decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_reader_of_the_output_may_stop_reading(command, math_address):
    process = command.start("verify", command.write_items(2000), "--address", math_address)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""


@pytest.mark.parametrize("out", ["/dev/full", "-"])
def test_full_device_is_told(command, math_address, out):
    items = command.write_items(3)
    with Path("/dev/full").open("wb") as full:
        ended = command.run(
            *("verify", items, "--out", out, "--address", math_address), stdout=full
        )
    assert ended.returncode == 1
    name = out.replace("-", "standard output")
    assert ended.stderr == f"veridical: cannot write {name}: No space left on device\n"


def test_services_out_of_reach_are_told(command):
    ended = command.run("verify", command.write_items(3), "--address", "unix:/nonexistent/socket")
    assert ended.returncode == 3
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("absent.jsonl",), "absent.jsonl"),
        (("items.jsonl", "-o", "items.jsonl"), "cannot be both"),
        (("items.jsonl", "-o", "no/such/folder"), "no/such/folder"),
        (("items.jsonl", "-o", "."), "cannot write ."),
        (("items.jsonl", "--address", "nonsense"), "nonsense"),
        (("items.jsonl", "--timeout", "inf"), "timeout"),
    ],
)
def test_bad_usage_is_told(command, arguments, told):
    command.write_items(3)
    ended = command.run("verify", *arguments)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_missing_services_name_the_command_that_mends_it(command):
    # None in sys.modules is how Python itself marks a module that cannot be had.
    hide = "import sys; sys.modules['math_verify'] = None; sys.argv[0] = 'veridical'; "
    command.program = ("-c", hide + "from veridical.cli.main import main; main()")
    command.write_items(1)
    for arguments in (("verify", "items.jsonl"), ("up",), ("serve", "math"), ("describe",)):
        ended = command.run(*arguments)
        assert ended.returncode == 3
        assert "    pip install 'antlr4" in ended.stderr or "    pip install 'g" in ended.stderr
        assert "starting" not in ended.stderr
        assert "Traceback" not in ended.stderr
