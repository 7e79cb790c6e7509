"""`veridical explain` against real services."""

from __future__ import annotations

import json

import pytest


def test_one_answer_is_explained(command, math_address):
    ask = ("explain", "--gold", "1/2", "--response", r"So \boxed{0.5}", "--rtol", "0.01")
    ended = command.run(*ask, "--address", math_address)
    assert ended.returncode == 0, ended.stderr
    lines = [line.rstrip() for line in ended.stdout.splitlines()]
    assert lines[0] == "response  correct / equal   reward 1"
    at = lines.index(r"            So \boxed{0.5}")
    assert lines[at + 1] == "                      ^^^"
    for told in ("  gold      1/2", "  answer    0.5"):
        assert told in lines
    assert "rtol 0.01" in ended.stdout
    assert "\x1b" not in ended.stdout


def test_response_comes_from_standard_input(command, math_address):
    ask = ("explain", "--gold", "7", "--response", "-", "--json", "--address", math_address)
    ended = command.run(*ask, stdin=b"A: 8\n")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["reason"] == "REASON_NOT_EQUAL"


def test_items_are_chosen_by_id(command, reward_address):
    items = command.write_items(5)
    ended = command.run("explain", items, "item-3", "item-0", "--address", reward_address)
    assert ended.returncode == 0, ended.stderr
    heads = [line for line in ended.stdout.splitlines() if line.startswith("item-")]
    assert heads == [
        "item-0  correct / equal   reward 1",
        "item-3  incorrect / not_equal   reward 0",
    ]
    nobody = {"VERIDICAL_ADDRESS": "127.0.0.1:1"}
    ended = command.run("explain", items, "item-9", "item-0", env=nobody)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"{items}: no item 'item-9'\n" in ended.stderr


def test_a_file_of_verdicts_is_joined_with_its_items(command, finished_folder):
    items, verdicts = finished_folder / "items.jsonl", finished_folder / "whole.jsonl"
    nobody = {"VERIDICAL_ADDRESS": "127.0.0.1:1"}
    ended = command.run("explain", items, "item-701", "--verdicts", verdicts, env=nobody)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("item-701  incorrect / not_equal   reward 0")
    assert "            A: 702" in ended.stdout
    everything = command.run("explain", items, "--json", "--verdicts", verdicts, env=nobody)
    assert [json.loads(line) for line in everything.stdout.splitlines()] == [
        json.loads(line) for line in verdicts.read_bytes().splitlines()
    ]


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ('{"id": "item-1", "outcome": 1}\n', "line 1: on 'item-1', where the items have 'item-0'"),
        ("nothing\n", "line 1: the line is no"),
        (
            '{"id": "item-0", "response": "outcome"}\n',
            "v.jsonl, line 1: no verdict, since it has no outcome",
        ),
        ('{"id": "item-0", "outcome": 1}\n{"id": "item-1"}\n', "v.jsonl, line 2: no verdict"),
        (None, "cannot read"),
    ],
)
def test_verdicts_on_other_items_are_refused(command, verdicts, told):
    if verdicts is not None:
        (command.folder / "v.jsonl").write_text(verdicts)
    ended = command.run("explain", command.write_items(2), "--verdicts", "v.jsonl")
    assert ended.returncode == 2
    assert told in ended.stderr


def test_a_verdict_that_was_not_written_yet_is_missed(command):
    (command.folder / "v.jsonl").write_text('{"id": "item-0", "outcome": 1}\n')
    ended = command.run("explain", command.write_items(2), "item-1", "--verdicts", "v.jsonl")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "v.jsonl: no verdict on 'item-1'" in ended.stderr


def test_an_item_with_a_bad_value_is_explained_as_well(command, math_address):
    stdin = b'{"id": "bad", "task": {"math": {"gold": 5}}, "response": "5"}\n'
    ended = command.run("explain", "-", "--address", math_address, stdin=stdin)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("bad  undecided / invalid_item   no reward\n")
    assert "task.math.gold: must be a string, not 5" in ended.stdout
