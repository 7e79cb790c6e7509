"""`veridical check-gold` against real services."""

from __future__ import annotations

import json

import pytest

SOUND = ["18", "1/2", "x+1", r"\frac{1}{2}", "(3, 4)", r"\sqrt{2}", "1,234", "no solution"]


def test_sound_golds_are_no_trouble(command, math_address):
    file = command.folder / "golds.txt"
    file.write_text("\n".join(SOUND * 2))
    ended = command.run("check-gold", file, "--address", math_address)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert "16 lines, 8 different golds: 8 sound\n" in ended.stderr


def test_what_is_found_is_told_by_line_with_a_way_to_mend_it(command, reward_address):
    file = command.folder / "golds.jsonl"
    golds = ["18", "18 or 17", "", "10%", "18 or 17", r"\frac{1}{0}"]
    lines = [json.dumps({"answer": gold}) for gold in golds]
    file.write_text("\n".join([*lines, "nothing"]))
    ended = command.run("check-gold", file, "--address", reward_address)
    assert ended.returncode == 4, ended.stderr
    heads = [line for line in ended.stdout.splitlines() if not line.startswith(" ")]
    assert [head.split("  ")[0] for head in heads] == [
        "line 7",
        "lines 2, 5",
        "line 3",
        "line 4",
        "line 6",
    ]
    assert "bad line: the line is no JSON" in ended.stdout
    assert "does not parse: it is empty" in ended.stdout
    assert "ambiguous: taken as 10/100; not taken as 10 without the sign" in ended.stdout
    assert ended.stdout.count("to mend it: ") == 4
    assert "\x1b" not in ended.stdout + ended.stderr
    assert "7 lines, 5 different golds: 1 sound, 1 bad line, 3 does not parse" in ended.stderr


def test_a_file_of_programs_is_refused_with_what_to_use_instead(command):
    task = {"code": {"language": "python", "asserts": {"test_code": "assert f() == 1"}}}
    line = json.dumps({"id": "1", "task": task, "response": ""})
    ended = command.run("check-gold", "-", stdin=line.encode())
    assert ended.returncode == 2
    assert "check-gold is for math" in ended.stderr
    assert "veridical audit-tests -" in ended.stderr


def test_policy_of_the_command_line_and_of_items_counts(command, math_address):
    percent = {"gold": "10%", "percent": "PERCENT_POLICY_SIGN_OPTIONAL"}
    item = json.dumps({"id": "1", "task": {"math": percent}, "response": ""})
    where = ("--address", math_address)
    ended = command.run("check-gold", "-", *where, stdin=item.encode())
    assert ended.returncode == 0, ended.stdout
    ended = command.run("check-gold", "-", "--percent", "sign_optional", *where, stdin=b"10%")
    assert ended.returncode == 0, ended.stdout
    assert command.run("check-gold", "-", *where, stdin=b"10%").returncode == 4


def test_findings_as_json_in_a_file(command, math_address):
    arguments = ("check-gold", "-", "--json", "--quiet", "--output", "found.json")
    stdin = b"7\n\\frac{1\n7\n"
    ended = command.run(*arguments, "--address", math_address, stdin=stdin)
    assert (ended.returncode, ended.stdout, ended.stderr) == (4, "", "")
    content = json.loads((command.folder / "found.json").read_text())
    (finding,) = content["findings"]
    assert (finding["kind"], finding["lines"], finding["gold"]) == ("unparsable", [2], r"\frac{1")
    assert content["counts"]["golds"] == 2
    assert content["counts"]["sound"] == 1
    assert content["counts"]["unparsable"] == 1


def test_many_golds_take_few_calls(command, math_address):
    file = command.folder / "golds.txt"
    file.write_text("\n".join(str(number) for number in range(4000)) + "\n18 or 17")
    ended = command.run("check-gold", file, "--address", math_address)
    assert ended.returncode == 4, ended.stderr
    assert ended.stdout.startswith("line 4001  18 or 17\n")
    assert "4,000 sound" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--address", "127.0.0.1:1"), 3), (("--output", "/absent/found"), 2)],
)
def test_trouble_ends_with_its_own_code(command, math_address, arguments, code):
    where = () if "--address" in arguments else ("--address", math_address)
    ended = command.run("check-gold", "-", *arguments, *where, stdin=b"7")
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    if code == 3:
        assert "veridical: 127.0.0.1:1: no server was reached at the first try: " in ended.stderr


def test_the_golds_are_not_overwritten(command, math_address):
    file = command.folder / "golds.txt"
    file.write_text("7\n")
    ended = command.run("check-gold", file, "--output", file, "--address", math_address)
    assert ended.returncode == 2
    assert file.read_text() == "7\n"


@pytest.mark.parametrize("what", ["check-gold", "explain"])
def test_a_reader_that_has_seen_enough_ends_it(command, math_address, what):
    items = command.folder / "items.jsonl"
    task = {"math": {"gold": "18 or 17"}}
    items.write_text(
        "".join(
            json.dumps({"id": str(n), "task": task, "response": f"A: {n}" * 10}) + "\n"
            for n in range(2000)
        )
    )
    process = command.start(what, items, "--address", math_address)
    process.stdout.close()
    assert process.wait(60) == 141
    assert b"Traceback" not in process.stderr.read()
