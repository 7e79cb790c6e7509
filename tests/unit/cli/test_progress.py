from __future__ import annotations

import io

import pytest
from rich.console import Console

from veridical.cli.progress import make_reporter


def _console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=80, highlight=False)


def _shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("veridical.cli.progress.time.monotonic", lambda: now[0])
    return now


def test_plain_lines_come_every_few_seconds(clock: list[float]) -> None:
    console = _console(terminal=False)
    with make_reporter(console, done=1000, total=5000) as reporter:
        for done in range(1001, 3001):
            clock[0] += 0.01
            reporter.advance(done)
    lines = _shown(console).splitlines()
    assert len(lines) == 4
    assert lines[0] == "1,500 of 5,000 verified, 100/s, 35 s left"
    assert "\x1b" not in _shown(console)


def test_quick_run_says_nothing_before_its_summary(clock: list[float]) -> None:
    console = _console(terminal=False)
    with make_reporter(console, done=0, total=10) as reporter:
        reporter.advance(10)
    assert _shown(console) == ""


def test_terminal_gets_a_bar_that_ends_full() -> None:
    console = _console(terminal=True)
    with make_reporter(console, done=4, total=10) as reporter:
        reporter.advance(10)
    assert "10/10" in _shown(console)
    assert "100%" in _shown(console)
