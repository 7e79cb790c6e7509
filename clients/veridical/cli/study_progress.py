"""Saying how far a study is: bars for drawing and judging on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from veridical.cli.progress import LINE_SECONDS
from veridical.cli.render import one_line


class StudyProgress:
    """Told how many samples of each model are drawn and judged; entered while the study goes on.

    Args:
        console: Where it goes.
        total: Samples of one model.
        models: How many models.
    """

    def __init__(self, console: Console, total: int, models: int) -> None:
        self._console = console
        self._total = total * models
        self._sizes: dict[str, tuple[int, int]] = {}
        self._next = time.monotonic() + LINE_SECONDS
        self._stack = ExitStack()
        self._bars: Progress | None = None
        self._probing: TaskID | None = None
        if console.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description:<12}"),
                BarColumn(bar_width=None),
                MofNCompleteColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                console=console,
                expand=True,
            )
            self._tasks = [
                self._bars.add_task(name, total=self._total) for name in ("sampling", "verifying")
            ]

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._stack.enter_context(self._bars)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self, model: str, samples: int, judged: int) -> None:
        """Say how many samples of a model there are, and how many of them are judged."""
        self._sizes[model] = samples, judged
        done = [sum(each) for each in zip(*self._sizes.values(), strict=True)]
        if self._bars is not None:
            for task, count in zip(self._tasks, done, strict=True):
                self._bars.update(task, completed=count)
        else:
            drawn, verified = done
            self._line(f"{drawn:,} of {self._total:,} drawn, {verified:,} verified")

    def probe(self, probe: str, what: str, done: int, total: int) -> None:
        """Say how far a probe is, and of what."""
        if self._bars is None:
            self._line(f"{probe}, {one_line(what, 60)}: {done:,} of {total:,}")
            return
        if self._probing is None:
            self._probing = self._bars.add_task(probe)
        self._bars.update(self._probing, description=probe, completed=done, total=total)

    def _line(self, text: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_SECONDS
            self._console.print(text, soft_wrap=True, markup=False)
