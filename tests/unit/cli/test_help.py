from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from veridical.cli.exits import ExitCode
from veridical.cli.main import app


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80", "NO_COLOR": "1"})
    return result.exit_code, result.output


def test_version() -> None:
    assert _run("--version") == (0, f"veridical {version('veridical')}\n")


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("up",),
        ("serve",),
        ("verify",),
        ("check-gold",),
        ("explain",),
        ("describe",),
        ("doctor",),
        ("audit-tests",),
        ("audit-labels",),
        ("passk",),
    ],
)
def test_help_fits_a_terminal(command: tuple[str, ...]) -> None:
    code, text = _run(*command, "--help")
    assert code == 0
    assert "Usage: veridical" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


@pytest.mark.parametrize("command", [(), ("verify",), ("check-gold",), ("explain",)])
def test_help_names_every_exit_code(command: tuple[str, ...]) -> None:
    _, text = _run(*command, "--help")
    named = re.findall(r"\d+", text[text.index("Exit codes:") :])
    assert {int(code) for code in named} == set(ExitCode)


@pytest.mark.parametrize("options", [("--percent", "value"), ("--rtol=0", "--atol=0")])
def test_a_policy_beside_a_file_of_items_is_refused(options: tuple[str, ...]) -> None:
    code, text = _run("explain", "items.jsonl", *options)
    assert code == ExitCode.USAGE
    assert f"veridical: {', '.join(o.split('=')[0] for o in options if o[0] == '-')}: only" in text


@pytest.mark.parametrize(
    ("command", "told"), [("check-gold", "no golds\n"), ("explain", "no items\n")]
)
def test_an_empty_file_is_no_trouble(command: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text("\n")
    assert _run(command, str(tmp_path / "items.jsonl")) == (0, told)


def test_a_bad_line_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"id": "1", \n')
    code, text = _run("explain", str(tmp_path / "items.jsonl"), "1")
    assert code == ExitCode.USAGE
    assert f"{tmp_path}/items.jsonl, line 1: the line is no JSON: " in text
    assert "column 13" in text


def test_bad_lines_with_the_same_problem_are_told_once(tmp_path: Path) -> None:
    (tmp_path / "golds.jsonl").write_text('{"gold": "1"}\n' * 7 + "{\n")
    code, text = _run("check-gold", str(tmp_path / "golds.jsonl"), "--field", "answer")
    assert code == ExitCode.FOUND
    assert "lines 1, 2, 3, 4, 5 and 2 more\n  bad line: no field answer\nline 8\n" in text
    assert "8 lines, 0 different golds: 0 sound, 8 bad lines\n" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("verfy",),
        ("verify",),
        ("verify", "x", "--batch-items", "0"),
        ("verify", "x", "--timeout", "0"),
        ("up", "--config", "/absent.toml"),
        ("up", "--metrics-port", "70000"),
        ("serve", "nothing"),
        ("check-gold",),
        ("check-gold", "/absent.jsonl"),
        ("check-gold", "x", "--percent", "maybe"),
        ("explain",),
        ("explain", "--gold", "1"),
        ("explain", "items.jsonl", "--gold", "1", "--response", "1"),
        ("explain", "--gold", "1", "--response", "1", "--verdicts", "v.jsonl"),
        ("explain", "/absent.jsonl"),
        ("explain", "--gold", "1", "--response", "1", "--rtol", "2"),
    ],
)
def test_bad_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    code, text = _run(*arguments)
    assert code == ExitCode.USAGE
    assert "Traceback" not in text
