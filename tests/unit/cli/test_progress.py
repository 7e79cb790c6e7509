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


def _lines(clock: list[float], total: int, steps: list[tuple[float, int]]) -> list[str]:
    """Says what a run shows that has so many items done after so many seconds."""
    console, begin = _console(terminal=False), clock[0]
    with make_reporter(console, done=0, total=total) as reporter:
        for seconds, done in steps:
            clock[0] = begin + seconds
            reporter.advance(done)
    return _shown(console).splitlines()


def test_the_wait_for_the_first_verdict_is_no_part_of_the_rate(clock: list[float]) -> None:
    steps = [(20.0, 1), *((20 + n / 2, 1 + n) for n in range(1, 11))]
    assert _lines(clock, 131, steps) == [
        "1 of 131 verified",
        "11 of 131 verified, 2/s, 60 s left",
    ]


def test_the_rate_is_that_of_the_last_half_minute(clock: list[float]) -> None:
    quick = [(n / 10, n) for n in range(1, 301)]
    slow = [(30 + 2.0 * n, 300 + n) for n in range(1, 41)]
    assert _lines(clock, 7540, quick + slow)[-1] == "339 of 7,540 verified, 0.5/s, 4.0 h left"


def test_what_is_done_never_grows_less(clock: list[float]) -> None:
    assert _lines(clock, 9, [(1, 1), (3, 5), (5, 4)]) == ["5 of 9 verified, 1/s, 4 s left"]
