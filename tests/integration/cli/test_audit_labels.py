"""`veridical audit-labels` and `veridical explain` on labelled traces, with a real proof server."""

from __future__ import annotations

import json

import pytest

ROWS = [
    {"id": "sound", "problem": "", "steps": ["3 * 4 = 12", "12 + 1 = 13"], "first_error": -1},
    {"id": "bad", "problem": "", "steps": ["3 * 4 = 12", "12 + 1 = 14"], "first_error": -1},
    {"id": "known", "problem": "", "steps": ["3 * 4 = 13", "13 + 1 = 15"], "first_error": 0},
    {"id": "late", "problem": "", "steps": ["3 * 4 = 13", "12 + 1 = 13"], "first_error": 1},
    {"id": "scale", "problem": "", "steps": ["3 * 4 = 13", "5 + 5 = 11"], "labels": [0, -1]},
    {"id": "flags", "problem": "", "steps": ["3 * 4 = 13", "5 + 5 = 11"], "step_ok": [False, True]},
]


@pytest.fixture(scope="session")
def proof_address(shared_services):
    return shared_services("proof", "--workers", "1").address


@pytest.fixture
def rows(command):
    path = command.folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def test_labels_that_arithmetic_contradicts_are_listed(command, rows, proof_address) -> None:
    ended = command.run("audit-labels", rows, "--json", "--address", proof_address)
    assert ended.returncode == 4, ended.stderr
    content = json.loads(ended.stdout)
    found = [(each["id"], each["step"], each["values"]) for each in content["findings"]]
    assert found == [
        ("bad", 1, {"left": "13", "right": "14"}),
        ("late", 0, {"left": "12", "right": "13"}),
        ("scale", 0, {"left": "12", "right": "13"}),
        ("flags", 1, {"left": "10", "right": "11"}),
    ]
    assert content["counts"] == {"traces": 6, "labels_contradicted": 4, "unchecked": 0}


def test_a_person_sees_line_claim_and_values(command, rows, proof_address) -> None:
    ended = command.run("audit-labels", rows, "--address", proof_address)
    assert "line 2  bad, step 1\n  12 + 1 = 14  left = 13, right = 14\n" in ended.stdout
    assert "6 traces: 4 labels of 4 contradicted" in ended.stderr


def test_sound_labels_end_with_0(command, proof_address) -> None:
    line = json.dumps(ROWS[0]).encode()
    ended = command.run("audit-labels", "-", "--address", proof_address, stdin=line)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("7", "no JSON object"),
        ('{"steps": "1 = 1", "first_error": 0}', "not a list of texts"),
        ('{"steps": ["1 = 1"]}', "neither first_error nor"),
        ('{"steps": ["1 = 1"], "labels": [1, 1]}', "neither first_error nor"),
    ],
)
def test_a_bad_line_is_named(command, proof_address, row: str, problem: str) -> None:
    ended = command.run("audit-labels", "-", "--address", proof_address, stdin=row.encode())
    assert ended.returncode == 2
    assert "line 1" in ended.stderr
    assert problem in " ".join(ended.stderr.split())


def test_explain_shows_the_trace_with_its_verdicts(command, proof_address) -> None:
    item = {
        "id": "7",
        "task": {"proof": {"problem": "Compute $3 \\cdot 4 + 1$."}},
        "trace": {"steps": ["$3 \\cdot 4 = 12$.", "$12 + 1 = 14$."]},
    }
    (command.folder / "items.jsonl").write_text(json.dumps(item) + "\n")
    ended = command.run("explain", "items.jsonl", "--address", proof_address)
    assert ended.returncode == 0, ended.stderr
    assert "invalid: step contradicted" in ended.stdout
    assert "step 0    $3 \\cdot 4 = 12$.  entailed" in ended.stdout
    assert "left = 13, right = 14" in " ".join(ended.stdout.split())
