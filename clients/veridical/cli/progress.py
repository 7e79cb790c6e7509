"""Saying how far a run is: a bar on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LINE_SECONDS = 5.0
"""Time between two plain lines, in seconds."""

_BAR_SECONDS = 0.1


class Doing(NamedTuple):
    """What a run does, in two forms of its verb."""

    going_on: str
    done: str


VERIFYING = Doing("verifying", "verified")


class Reporter(Protocol):
    """What a run tells how far it is; entered while the run goes on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def advance(self, done: int) -> None:
        """Say that `done` items are done in all, those of earlier runs included."""


def make_reporter(console: Console, *, done: int, total: int, doing: Doing = VERIFYING) -> Reporter:
    """Return the reporter that suits the console.

    Args:
        console: Where it goes.
        done: Items done by earlier runs.
        total: Number of items.
        doing: What happens to them.
    """
    if console.is_terminal:
        return _Bar(console, done, total, doing)
    return _Lines(console, done, total, doing)


class _Bar:
    def __init__(self, console: Console, done: int, total: int, doing: Doing) -> None:
        self._progress = Progress(
            TextColumn(doing.going_on),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TaskProgressColumn(),
            _RateColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console,
            expand=True,
        )
        self._task = self._progress.add_task("", total=total, completed=done)
        self._done = done
        self._next = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._show()
        self._progress.stop()

    def advance(self, done: int) -> None:
        self._done = done
        if time.monotonic() >= self._next:
            self._show()

    def _show(self) -> None:
        self._progress.update(self._task, completed=self._done)
        self._next = time.monotonic() + _BAR_SECONDS


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "-/s", style="progress.data.speed")


class _Lines:
    def __init__(self, console: Console, done: int, total: int, doing: Doing) -> None:
        self._doing = doing.done
        self._console = console
        self._first = done
        self._total = total
        self._begin = time.monotonic()
        self._next = self._begin + LINE_SECONDS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def advance(self, done: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + LINE_SECONDS
        rate = (done - self._first) / (now - self._begin)
        left = (self._total - done) / rate if rate else 0.0
        self._console.print(
            f"{done:,} of {self._total:,} {self._doing}, {rate:,.0f}/s, {left:,.0f} s left",
            soft_wrap=True,
        )
