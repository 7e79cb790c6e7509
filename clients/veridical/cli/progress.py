"""Saying how far a run is: a bar on a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from rich.console import Console, RenderableType
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

# The rate of plain lines is that of so many lines, half a minute as that of the bar.
_RATE_LINES = 6
_QUICK_RATE = 10.0
_MINUTE = 60.0


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
        """Say that `done` items are done in all, those of earlier runs included; never fewer again."""


def make_reporter(
    console: Console, *, done: int, total: int, doing: Doing = VERIFYING, as_bar: bool = True
) -> Reporter:
    """Return the reporter that suits the console.

    Args:
        console: Where it goes.
        done: Items done by earlier runs.
        total: Number of items.
        doing: What happens to them.
        as_bar: Whether a terminal gets a bar; it suits none that other lines go to meanwhile.
    """
    if console.is_terminal and as_bar:
        return _Bar(console, done, total, doing)
    return _Lines(console, done, total, doing)


class _Bar:
    def __init__(self, console: Console, done: int, total: int, doing: Doing) -> None:
        self._progress = _Progress(
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
        self._progress.add_task("", total=total, completed=done)
        self._progress.done = done

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self, done: int) -> None:
        self._progress.done = max(self._progress.done, done)


class _Progress(Progress):
    """Takes what is done when it shows it, ten times a second: an update for each item would cost more."""

    done = 0

    def get_renderables(self) -> Iterable[RenderableType]:
        for task_id in self.task_ids:
            self.update(task_id, completed=self.done)
        return super().get_renderables()


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(_shown_rate(speed) if speed else "-/s", style="progress.data.speed")


class _Mark(NamedTuple):
    """How many items were done at a time."""

    seconds: float
    done: int


class _Lines:
    def __init__(self, console: Console, done: int, total: int, doing: Doing) -> None:
        self._doing = doing.done
        self._console = console
        self._done = done
        self._total = total
        self._next = time.monotonic() + LINE_SECONDS
        # The rate is that since the oldest mark. The first is set by the first items that are done: the
        # wait for them says nothing of those that follow.
        self._marks: deque[_Mark] = deque(maxlen=_RATE_LINES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def advance(self, done: int) -> None:
        now, self._done = time.monotonic(), max(self._done, done)
        if not self._marks:
            self._marks.append(_Mark(now, self._done))
        if now < self._next:
            return
        self._next = now + LINE_SECONDS
        text = f"{self._done:,} of {self._total:,} {self._doing}"
        self._console.print(text + self._pace(now), soft_wrap=True)
        self._marks.append(_Mark(now, self._done))

    def _pace(self, now: float) -> str:
        """Return rate and time left; nothing where there is no telling."""
        begin = self._marks[0]
        if self._done == begin.done or now <= begin.seconds:
            return ""
        rate = (self._done - begin.done) / (now - begin.seconds)
        left = (self._total - self._done) / rate
        return f", {_shown_rate(rate)}, {_shown_time(left)} left"


def _shown_rate(rate: float) -> str:
    """Return a rate in items a second, of a slow one two digits."""
    return f"{rate:,.0f}/s" if rate >= _QUICK_RATE else f"{rate:.2g}/s"


def _shown_time(seconds: float) -> str:
    """Return a time in seconds, or from two minutes up in minutes, from two hours up in hours."""
    if seconds < 2 * _MINUTE:
        return f"{seconds:,.0f} s"
    if seconds < 120 * _MINUTE:
        return f"{seconds / _MINUTE:,.0f} min"
    return f"{seconds / 60 / _MINUTE:,.1f} h"
