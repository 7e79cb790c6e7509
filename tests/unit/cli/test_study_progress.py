"""How far a study is: bars for drawing and judging on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import itertools

import pytest
from rich.console import Console

from veridical.cli.study_progress import StudyProgress


def shown(*, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=80, highlight=False)
    with StudyProgress(console, total=50, models=2) as progress:
        for judged in range(0, 51, 10):
            progress.tell("base", 50, judged)
            progress.tell("rl", 40, 0)
        for done in (1, 3, 3):
            progress.probe("guessing", "the \x1b[2Jproblems", done, 7)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_gets_a_bar_of_each() -> None:
    text = shown(terminal=True)
    assert "sampling" in text
    assert "90/100" in text
    assert "verifying" in text
    assert "50/100" in text
    assert "guessing" in text
    assert "3/7" in text


@pytest.mark.parametrize(("seconds", "count"), [(0, 0), (6, 15)])
def test_elsewhere_lines_come_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch, seconds: float, count: int
) -> None:
    ticks = itertools.count(step=seconds)
    monkeypatch.setattr("veridical.cli.study_progress.time.monotonic", lambda: next(ticks))
    lines = shown(terminal=False).splitlines()
    assert len(lines) == count
    if lines:
        assert lines[-4] == "90 of 100 drawn, 50 verified"
        assert lines[-1] == "guessing, the  [2Jproblems: 3 of 7"
