"""Runs of `veridical verify` that ended early, and those that go on behind them."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys

import pytest

ONE_BY_ONE = ("--batch-items", "1", "--concurrency", "1")
"""Slow enough to be caught in the middle."""


@pytest.fixture
def whole_run(command, finished_folder, verdicts_in):
    """The verdicts of a run of 800 items that nothing disturbed, in a folder of the test's own."""
    shutil.copytree(finished_folder, command.folder, dirs_exist_ok=True)
    return verdicts_in(command.folder / "whole.jsonl")


@pytest.fixture
def arguments(command, math_address):
    items, out = command.folder / "items.jsonl", command.folder / "v.jsonl"
    return ("verify", items, "--out", out, "--address", math_address)


def test_killed_runs_lose_and_repeat_nothing(command, arguments, whole_run, verdicts_in):
    out = command.folder / "v.jsonl"
    for kill in range(1, 4):
        process = command.start(*arguments, *ONE_BY_ONE)
        command.wait_for_lines(out, kill * 100, process)
        assert command.end(process, signal.SIGKILL)[0] == -signal.SIGKILL
    ended = command.run(*arguments)
    assert ended.returncode == 0, ended.stderr
    assert verdicts_in(out) == whole_run
    assert "800 items, mean reward 0.500" in ended.stderr


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_says_how_to_go_on(command, arguments, whole_run, verdicts_in, how, code):
    out = command.folder / "v.jsonl"
    process = command.start(*arguments, *ONE_BY_ONE)
    command.wait_for_lines(out, 20, process)
    returned, told = command.end(process, how)
    assert returned == code
    assert told.splitlines()[-1] == ("veridical: interrupted; run the same command again to resume")
    assert "Traceback" not in told
    assert command.run(*arguments).returncode == 0
    assert verdicts_in(out) == whole_run


def test_full_disk_is_told_and_the_run_goes_on_once_there_is_room(
    command, arguments, whole_run, verdicts_in
):
    small = shlex.join([sys.executable, "-m", "veridical.cli", *map(str, arguments)])
    # A limit on the size of files refuses writes as a full disk does.
    full = subprocess.run(
        ["bash", "-c", f"ulimit -f 60; exec {small}"], capture_output=True, text=True, timeout=60
    )
    assert full.returncode == 1
    assert "cannot write" in full.stderr
    assert "run the same command again" in full.stderr
    assert command.run(*arguments).returncode == 0
    assert verdicts_in(command.folder / "v.jsonl") == whole_run


@pytest.mark.slow
def test_lost_services_are_told_and_the_run_goes_on_with_others(
    command, whole_run, start_service, math_address, verdicts_in
):
    service = start_service("math", "--workers", "1")
    out = command.folder / "v.jsonl"
    run = ("verify", command.folder / "items.jsonl", "--out", out, "--address")
    process = command.start(*run, service.address, *ONE_BY_ONE, "--give-up", "3")
    command.wait_for_lines(out, 20, process)
    service.stop(signal.SIGKILL)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 3
    assert f"veridical: {service.address}: no server was reached for 3 s: " in told.decode()
    assert "Traceback" not in told.decode()
    assert command.run(*run, math_address).returncode == 0
    assert verdicts_in(out) == whole_run


def test_finished_run_shows_its_summary_again_and_needs_no_services(command, whole_run):
    before = (command.folder / "whole.jsonl").read_bytes()
    ended = command.run(
        *("verify", "items.jsonl", "--out", "whole.jsonl", "--address", "unix:/nonexistent")
    )
    assert ended.returncode == 0, ended.stderr
    assert "holds all verdicts already" in ended.stderr
    assert "800 items, mean reward 0.500" in ended.stderr
    assert (command.folder / "whole.jsonl").read_bytes() == before


def test_changed_items_are_refused_until_overwritten(command, arguments, whole_run):
    out = command.folder / "whole.jsonl"
    before = out.read_bytes()
    command.write_items(799)
    run = ("verify", "items.jsonl", "--out", "whole.jsonl", *arguments[-2:])
    refused = command.run(*run)
    assert refused.returncode == 2
    assert "other items" in refused.stderr
    assert out.read_bytes() == before
    assert command.run(*run, "--overwrite").returncode == 0
    assert out.read_bytes().count(b"\n") == 799


def test_verdicts_out_of_order_are_refused(command, arguments, whole_run):
    out = command.folder / "whole.jsonl"
    first, second, *rest = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join([second, first, *rest]))
    ended = command.run("verify", "items.jsonl", "--out", "whole.jsonl", *arguments[-2:])
    assert ended.returncode == 2
    assert "verdict 1, on 'item-1'" in ended.stderr


def test_file_of_somebody_else_is_refused(command, arguments):
    command.write_items(3)
    out = command.folder / "v.jsonl"
    out.write_text("mine\n")
    assert command.run(*arguments).returncode == 2
    assert out.read_text() == "mine\n"
    assert command.run(*arguments, "--overwrite").returncode == 0
    assert out.read_text().count("\n") == 3


def test_two_runs_at_once_are_refused(command, arguments, whole_run):
    process = command.start(*arguments, *ONE_BY_ONE)
    command.wait_for_lines(command.folder / "v.jsonl", 10, process)
    second = command.run(*arguments, "--overwrite")
    assert second.returncode == 2
    assert "another run" in second.stderr
    assert process.poll() is None
