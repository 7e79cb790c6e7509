"""The code verifier: messages of the contract to the domain and back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from prometheus_client import Counter

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import Outcome as OutcomeMessage
from veridical.api.v1.task_pb2 import Task as TaskMessage
from veridical.api.v1.verdict_pb2 import (
    REASON_OVERLOADED,
    Reason,
    Timings,
    Verdict,
    VerifierInfo,
)
from veridical.code.census import register_census
from veridical.code.extract import Program, extract_program
from veridical.code.judgement import CodeReason, Judgement, Outcome, shown
from veridical.code.languages import language_of, languages
from veridical.code.messages import Task, evidence, read_task
from veridical.code.settings import CodeSettings
from veridical.code.submission import Submission
from veridical.code.tasks import FieldError
from veridical.code.work import Done, Job, Survey
from veridical.sandbox import sweep_groups
from veridical.serving.call import current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.fairness.turns import TURN
from veridical.serving.identity import identify, library_versions
from veridical.serving.items import response_text
from veridical.serving.metrics import ServerMetrics
from veridical.serving.pool import Answered, Fault, PoolFull, WorkerPool, WorkerSpec
from veridical.serving.verdicts import (
    FAULT_REASONS,
    defective_item,
    invalid_item,
    new_verdict,
    undecided,
)
from veridical.serving.verifier import Description, Settle, Work

_log = logging.getLogger(__name__)

_RERUN_SHARE = 10
_LOOK_SECONDS = 5.0
_SWEEP_SECONDS = 2.0
_OUTCOMES = {outcome: OutcomeMessage.Value(f"OUTCOME_{outcome.name}") for outcome in Outcome}
_REASONS = {reason: Reason.Value(f"REASON_{reason.name}") for reason in CodeReason}


@dataclass(frozen=True, slots=True)
class _Overload:
    """There was no room for a submission."""

    detail: str


_Outcome: TypeAlias = "Answered[Done] | Fault | _Overload"
_Settled: TypeAlias = Callable[[int, _Outcome], None]


@dataclass(frozen=True, slots=True)
class _Pending:
    """An item whose program a worker must judge."""

    place: int
    item: Item
    program: Program
    template: Submission


class _Tasks:
    """The tasks of one call, equal ones read once: they may be large, and shared by many items."""

    def __init__(self, settings: CodeSettings, room_mib: int) -> None:
        self._settings = settings
        self._room_mib = room_mib
        self._by_place: dict[int, Task | FieldError] = {}
        self._by_content: dict[bytes, Task | FieldError] = {}

    def read(self, task: TaskMessage) -> Task | FieldError:
        """What a task asks, or what is wrong with it."""
        found = self._by_place.get(id(task))
        if found is None:
            content = task.SerializeToString(deterministic=True)
            found = self._by_content.get(content) or self._read(task)
            self._by_place[id(task)] = self._by_content[content] = found
        return found

    def _read(self, task: TaskMessage) -> Task | FieldError:
        settings = self._settings
        try:
            found = read_task(task.code, settings.limits(), stop_early=settings.stop_early)
        except FieldError as error:
            return error
        asked = found.template.limits.memory_mib
        if 0 < self._room_mib < asked:
            problem = f"{asked} MiB, but a cell here has {self._room_mib} at most"
            return FieldError("limits.memory_mib", problem)
        return found


def worker_spec() -> WorkerSpec[Job, Done]:
    """What the pool's workers run."""
    return WorkerSpec("veridical.code.worker:work", Job, Done)


class CodeVerifier:
    """Decides code tasks: takes programs out of responses, and has workers judge them in cells."""

    kinds = ("code",)

    def __init__(self, settings: CodeSettings, metrics: ServerMetrics, info: VerifierInfo) -> None:
        self.info = info
        self._settings = settings
        self._pool = WorkerPool(worker_spec(), settings.pool_limits(), metrics)
        self._cells = settings.cells()
        self._survey = Survey()
        self._problem: str | None = None
        self._looking: asyncio.Task[None] | None = None
        self._reruns = asyncio.Semaphore(max(1, settings.worker_count // _RERUN_SHARE))
        self._stages = {name: metrics.stage(name) for name in ("queue", "start", "run", "compare")}
        self._attempts = Counter(
            "veridical_code_attempts",
            "Programs that tried what they may not, by what it was.",
            ["attempt"],
            registry=metrics.registry,
        )
        register_census(metrics.registry)

    def takes(self, kind: str) -> bool:
        """Whether it is code."""
        return kind in self.kinds

    @property
    def ready(self) -> bool:
        """Whether workers are warm, and have said what cells they have."""
        return self._pool.warm and self._problem is not None

    def describe(self) -> Description:
        """The languages and the isolation there are, and what a task's default means."""
        limits = self._settings.limits()
        defaults = {
            "languages": ", ".join(self._survey.languages),
            "isolation": self._survey.isolation or "none",
            "extraction": "last_fenced_block, else whole_text",
            "cpu_seconds": f"{limits.cpu_seconds:g}",
            "wall_seconds": f"{limits.wall_seconds:g}",
            "memory_mib": str(limits.memory_mib),
            "output_kib": str(limits.output_kib),
            "processes": str(limits.processes),
            "stop_early": str(self._settings.stop_early).lower(),
        }
        return Description(libraries=library_versions(()), defaults=defaults)

    async def start(self) -> None:
        """Warms the workers, and one of them proves its cells; the others open theirs meanwhile.

        Where no cells can be had with the isolation that is demanded, it serves all the same: every
        item is UNDECIDED, and says why, until they can be had.
        """
        await self._pool.start()
        found = await self._look(1)
        rest = self._open_rest() if found else self._look_again()
        self._looking = asyncio.create_task(rest, name="code-look")

    async def _look(self, workers: int) -> bool:
        """Has workers say what they have; returns whether there are cells."""
        jobs = [Job(self._cells)] * workers
        seconds = self._settings.start_seconds
        problem = "the first cells were not ready in time"
        for outcome in await self._pool.run(jobs, within_seconds=seconds):
            if isinstance(outcome, Answered):
                self._survey = outcome.value.survey
                problem = self._survey.problem
                proven, plan = self._survey.isolation, self._survey.plan
                self._cells = replace(self._cells, proven=proven, plan=plan)
            if problem:
                break
        found = {"isolation": self._survey.isolation, "languages": list(self._survey.languages)}
        if problem != self._problem:
            level = logging.ERROR if problem else logging.INFO
            _log.log(level, problem or "cells are ready", extra=found)
        self._problem = problem
        return not problem

    async def _open_rest(self) -> None:
        if not await self._look(self._settings.worker_count):
            await self._look_again()

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if await self._look(1):
                return

    async def close(self) -> None:
        """Ends the workers and with them their cells."""
        if self._looking is not None:
            self._looking.cancel()
        await self._pool.close()
        await asyncio.to_thread(sweep_groups, _SWEEP_SECONDS)

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        """Tells `settle` the verdict on each item as it comes."""
        call = current_call.get()
        until = call.work_until(len(work))
        pending: list[_Pending] = []
        tasks = _Tasks(self._settings, self._survey.memory_mib)
        for place, each in enumerate(work):
            if place % TURN == 0:
                await call.take_turn(place, len(work))
            found = self._prepare_safely(place, each, tasks)
            if isinstance(found, _Pending):
                pending.append(found)
            else:
                settle(place, found)
        if pending:
            await self._judge(pending, until, settle)

    def _prepare_safely(self, place: int, work: Work, tasks: _Tasks) -> Verdict | _Pending:
        """Keeps a defect that an item shows to that item."""
        try:
            return self._prepare(place, work, tasks)
        except Exception:
            return defective_item(work.item, self.info)

    def _prepare(self, place: int, work: Work, tasks: _Tasks) -> Verdict | _Pending:
        """Takes the program out of an item; `tasks` holds what was read of tasks that items share."""
        item = work.item
        if not self._survey.isolation:
            return self._refuse(item, CodeReason.ISOLATION_UNAVAILABLE, self._problem or "")
        missing = self._missing_language(work.task.code.language)
        if missing:
            return self._refuse(item, CodeReason.LANGUAGE_UNAVAILABLE, missing)
        task = tasks.read(work.task)
        if isinstance(task, FieldError):
            problem = InvalidArgument(f"task.code.{task.field}", str(task))
            return invalid_item(item, problem, self.info)
        labels = languages()[task.template.language].labels
        program = extract_program(response_text(item), labels, task.extraction, item.prompt)
        if program is None:
            return self._refuse(item, CodeReason.NO_CODE, "")
        return _Pending(place, item, program, task.template)

    def _missing_language(self, name: str) -> str:
        """What is said of a language that is not served; nothing of one that is, or of none."""
        language = language_of(name)
        if not name or (language is not None and language.name in self._survey.languages):
            return ""
        return f"{shown(name)}; available: {', '.join(self._survey.languages)}"

    def _refuse(self, item: Item, reason: CodeReason, detail: str) -> Verdict:
        return self._verdict(
            item, None, Judgement(reason, detail, isolation=self._survey.isolation)
        )

    async def _judge(self, pending: Sequence[_Pending], until: float, settle: Settle) -> None:
        """Has workers judge submissions, equal ones once, and borderline ones twice."""
        alike: dict[tuple[int, str], list[_Pending]] = {}
        for each in pending:
            alike.setdefault((id(each.template), each.program.text), []).append(each)
        groups = list(alike.values())
        cells = self._cells
        caller = current_call.get().caller

        def job(group: list[_Pending], *, is_last: bool = False) -> Job:
            first = group[0]
            submission = replace(first.template, program=first.program.text)
            return Job(cells, submission, is_last=is_last)

        def conclude(group: list[_Pending], outcome: _Outcome) -> None:
            for number, each in enumerate(group):
                verdict = self._conclude_safely(each, outcome)
                verdict.cached = number > 0
                settle(each.place, verdict)

        async def run_again(group: list[_Pending]) -> None:
            async with self._reruns:
                again = [job(group, is_last=True)]
                await self._run(again, until, caller, lambda _, outcome: conclude(group, outcome))

        async with asyncio.TaskGroup() as reruns:

            def sort(number: int, outcome: _Outcome) -> None:
                judgement = outcome.value.judgement if isinstance(outcome, Answered) else None
                if judgement is not None and judgement.rerun:
                    reruns.create_task(run_again(groups[number]))
                else:
                    conclude(groups[number], outcome)

            await self._run([job(group) for group in groups], until, caller, sort)

    async def _run(self, jobs: Sequence[Job], until: float, caller: str, settled: _Settled) -> None:
        left = max(0.0, until - asyncio.get_running_loop().time())
        try:
            await self._pool.run_each(jobs, settled, within_seconds=left, owner=caller)
        except PoolFull as error:
            for number in range(len(jobs)):
                settled(number, _Overload(str(error)))

    def _conclude_safely(self, pending: _Pending, outcome: _Outcome) -> Verdict:
        """Keeps a defect that an answer shows to its item."""
        try:
            return self._conclude(pending, outcome)
        except Exception:
            return defective_item(pending.item, self.info)

    def _conclude(self, pending: _Pending, outcome: _Outcome) -> Verdict:
        item = pending.item
        if isinstance(outcome, _Overload):
            return undecided(item, REASON_OVERLOADED, outcome.detail, self.info)
        self._stages["queue"].observe(outcome.queue_seconds)
        if isinstance(outcome, Fault):
            verdict = undecided(item, FAULT_REASONS[outcome.kind], outcome.detail, self.info)
            verdict.timings.queue_seconds = outcome.queue_seconds
            verdict.timings.run_seconds = outcome.seconds
            verdict.code.CopyFrom(evidence(pending.program, Judgement(CodeReason.CELL_FAILED)))
            return verdict
        judgement = outcome.value.judgement
        assert judgement is not None
        spent = judgement.spent
        for name in ("start", "run", "compare"):
            self._stages[name].observe(getattr(spent, f"{name}_seconds"))
        for attempt in judgement.attempts:
            self._attempts.labels(attempt.partition(":")[0]).inc()
        verdict = self._verdict(item, pending.program, judgement)
        verdict.timings.CopyFrom(
            Timings(
                queue_seconds=outcome.queue_seconds,
                run_seconds=spent.run_seconds,
                start_seconds=spent.start_seconds,
                compare_seconds=spent.compare_seconds,
            )
        )
        return verdict

    def _verdict(self, item: Item, program: Program | None, judgement: Judgement) -> Verdict:
        outcome = judgement.reason.outcome
        verdict = new_verdict(
            item,
            _OUTCOMES[outcome],
            _REASONS[judgement.reason],
            judgement.detail,
            verifier=self.info,
            code=evidence(program, judgement),
        )
        verdict.borderline = judgement.borderline
        if judgement.tests and outcome is not Outcome.UNDECIDED:
            verdict.score = judgement.passed / judgement.tests
        return verdict


def code_info(settings: CodeSettings) -> VerifierInfo:
    """The identity of a code verifier with these settings."""
    names = {"backend", "minimum_isolation", "stop_early", "wall_factor", "max_response_bytes"}
    bounds = settings.model_dump(
        include={*names, "cpu_seconds", "memory_mib", "output_kib", "processes"}
    )
    bounds["languages"] = str(languages())
    # Verdicts rest on the sandbox's code as well.
    bounds["sandbox"] = identify("sandbox", "veridical.sandbox", {}, {}).fingerprint
    return identify("code", "veridical.code", library_versions(()), bounds)
