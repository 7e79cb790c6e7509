from __future__ import annotations

import re
from importlib.metadata import version

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
    ],
)
def test_help_fits_a_terminal(command: tuple[str, ...]) -> None:
    code, text = _run(*command, "--help")
    assert code == 0
    assert "Usage: veridical" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("command", [(), ("verify",), ("check-gold",), ("explain",)])
def test_help_names_every_exit_code(command: tuple[str, ...]) -> None:
    _, text = _run(*command, "--help")
    named = re.findall(r"\d+", text[text.index("Exit codes:") :])
    assert {int(code) for code in named} == set(ExitCode)


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
        ("explain", "/absent.jsonl"),
        ("explain", "--gold", "1", "--response", "1", "--rtol", "2"),
    ],
)
def test_bad_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    code, text = _run(*arguments)
    assert code == ExitCode.USAGE
    assert "Traceback" not in text
