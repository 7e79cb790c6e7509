"""A worker: the host's end of one slot of cells, in which it judges one submission after the other.

Pool workers run it. It holds no expected value beyond the submission at hand, parses what cells say as
data only, and ends with all its cells when it is killed.
"""

from __future__ import annotations

import atexit
import contextlib
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from veridical.code.bench import Bench
from veridical.code.cell.blobs import BlobError, receive_blob, send_blob
from veridical.code.judgement import CodeReason, Judgement
from veridical.code.languages import languages
from veridical.code.slots import Opened, open_cells
from veridical.code.styles.asserts import judge_asserts
from veridical.code.styles.calls import judge_calls
from veridical.code.styles.files import judge_files
from veridical.code.styles.stdio import judge_stdio
from veridical.code.submission import Submission, TestLimits
from veridical.code.tally import UndecidedError
from veridical.code.timing import lap_limits
from veridical.code.work import Cells, Done, Job, Survey
from veridical.sandbox import CellEnded, SandboxError, SlotLost, SlotRefused

_TRIES = 2
_RESERVE_MIB = 256
"""What a slot needs beside the cell of the submission: judge, zygotes and cells forked ahead."""
_PAUSES = (0.2, 0.6)
"""Seconds between tries to open a slot; also what keeps programs from being given up by the thousand."""


def work(job: Job) -> Done:
    """Do what a job asks for."""
    if job.submission is None:
        return Done(survey=_survey(job.cells))
    return Done(judgement=_judge(job.cells, job.submission, is_last=job.is_last))


@dataclass(slots=True)
class _Holder:
    """The slot of this process, which outlives a submission unless it breaks or is for one only."""

    bench: Bench | None = None
    cells: Cells = field(default_factory=Cells)
    ahead: Future[Opened] | None = None
    _opener: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    def held(self, cells: Cells) -> Bench:
        """The slot with its judges, opened at need."""
        place = replace(cells, proven="", plan="")
        if self.cells != place:
            self.drop()
            self.cells = place
        if self.bench is None:
            self.bench = Bench(self._opened(cells))
        return self.bench

    def _opened(self, cells: Cells) -> Opened:
        ahead, self.ahead = self.ahead, None
        return _open_patiently(cells) if ahead is None else ahead.result()

    def used(self, cells: Cells) -> None:
        """A submission is through: a slot for one only makes room for another, opened meanwhile."""
        if self.bench is not None and self.bench.opened.single_use:
            used, self.bench = self.bench, None
            self._opener.submit(used.close)
            self.ahead = self._opener.submit(open_cells, cells)

    def drop(self) -> None:
        """Closes the slot, and the one that was opened ahead."""
        bench, self.bench = self.bench, None
        if bench is not None:
            bench.close()
        ahead, self.ahead = self.ahead, None
        if ahead is not None:
            with contextlib.suppress(SandboxError):
                ahead.result().slot.close()


def _open_patiently(cells: Cells) -> Opened:
    """Open a slot, and wait a while for a broker or a daemon that is being started again."""
    for pause in _PAUSES:
        with contextlib.suppress(SlotLost):
            return open_cells(cells)
        time.sleep(pause)
    return open_cells(cells)


_holder = _Holder()
atexit.register(_holder.drop)


def _judge(cells: Cells, submission: Submission, *, is_last: bool) -> Judgement:
    """Judge in the slot at hand, and once more in a new one where that breaks."""
    problem = ""
    for _ in range(_TRIES):
        try:
            bench = _holder.held(cells)
            return _judged(bench, submission, is_last=is_last).on(bench.opened.level.label)
        except SlotRefused as error:
            return Judgement(CodeReason.ISOLATION_UNAVAILABLE, str(error))
        except SandboxError as error:
            problem = f"{type(error).__name__}: {error}"
            _holder.drop()
        finally:
            _holder.used(cells)
    return Judgement(CodeReason.CELL_FAILED, problem)


def _judged(bench: Bench, submission: Submission, *, is_last: bool) -> Judgement:
    try:
        if submission.stdio is not None:
            return judge_stdio(bench.slot, submission, is_last=is_last)
        if submission.calls is not None:
            return judge_calls(bench, submission, is_last=is_last)
        if submission.files is not None:
            return judge_files(bench, submission, is_last=is_last)
        return judge_asserts(bench, submission, is_last=is_last)
    except UndecidedError as error:
        return Judgement(error.reason, str(error), tests=submission.tests)


def _survey(cells: Cells) -> Survey:
    try:
        bench = _holder.held(cells)
        cell = bench.slot.spawn("program", lap_limits(TestLimits()))
        try:
            rows = languages().values()
            send_blob(cell, {"which": [row.toolchain for row in rows]})
            found = receive_blob(cell, 0)[0]["found"]
        finally:
            cell.end()
    except (SandboxError, CellEnded, BlobError) as error:
        return Survey(problem=f"{type(error).__name__}: {error}")
    names = tuple(row.name for row in rows if row.interpreter or row.toolchain in found)
    return Survey(
        bench.opened.level.label,
        names,
        plan=bench.opened.plan,
        memory_mib=max(0, bench.slot.memory_mib - _RESERVE_MIB),
    )
