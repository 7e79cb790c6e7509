"""The probes of a run: what is missing of each is asked for, judged or scored, and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from veridical.api.v1.item_pb2 import Item
from veridical.client.errors import VeridicalError
from veridical.evaluation.probes.asking import Asker, Outcomes, Question, judged
from veridical.evaluation.probes.coherence import proof_task
from veridical.evaluation.probes.memorisation import SHARES
from veridical.evaluation.probes.plan import Probe, ProbePlan
from veridical.evaluation.probes.questions import (
    control_problems,
    direct_questions,
    recall_questions,
)
from veridical.evaluation.probes.scoring import Scoring, Served
from veridical.evaluation.probes.spurious import spurious_tasks
from veridical.evaluation.probes.store import ProbeStore
from veridical.evaluation.runs.plan import Plan, Policy, Verifier
from veridical.evaluation.runs.store import Drawn

_JUDGED = 256
"""Responses that are judged and kept together."""

OnProbe = Callable[[Probe, str, int, int], None]
"""Told a probe, a model, how much of it is done, and of how much."""


def memory_name(share: float, *, is_control: bool) -> str:
    """Return under which name answers to problems shown in part are kept."""
    return f"{'control' if is_control else 'problem'} {share:.0%}"


@dataclass(slots=True)
class Probing:
    """One process's work on the probes of a run.

    Args:
        store: Where it is kept.
        responses: The samples of the run that are scored and judged again.
        problems: The problems of the run.
        policies: The models.
        served: The same as those who score.
        run: How samples of the run are drawn.
        plan: Which probes, and how much.
        verifier: Who judges.
        on_progress: Told how far it is.
        outcomes: By probe and model: what could not be done.
    """

    store: ProbeStore
    responses: Sequence[Drawn]
    problems: Sequence[Item]
    policies: Sequence[Policy]
    served: Sequence[Served]
    run: Plan
    plan: ProbePlan
    verifier: Verifier
    on_progress: OnProbe | None = None
    outcomes: dict[tuple[Probe, str], Outcomes] = field(
        default_factory=lambda: defaultdict(Outcomes)
    )

    async def fill(self) -> int:
        """Run every probe of the plan.

        Returns:
            What is left, since a service was out of reach; another run does it.
        """
        work = {
            Probe.PERPLEXITY: self._perplexity,
            Probe.GUESSING: self._guessing,
            Probe.MEMORISATION: self._memorisation,
            Probe.SPURIOUS: self._spurious,
            Probe.COHERENCE: self._coherence,
        }
        for probe in self.plan.probes:
            await work[probe]()
        return sum(each.left for each in self.outcomes.values())

    async def _perplexity(self) -> None:
        for model in self.served:
            outcomes = self.outcomes[Probe.PERPLEXITY, model.name]
            scoring = Scoring(self.store, self.run.chat, outcomes)
            done = scoring.score(model, self.responses)
            await self._told(Probe.PERPLEXITY, model.name, len(self.responses), done)

    async def _guessing(self) -> None:
        questions = list(direct_questions(self.problems, self.run))
        for policy in self.policies:
            await self._asked(Probe.GUESSING, Probe.GUESSING, policy, questions, self.plan.direct)

    async def _memorisation(self) -> None:
        controls = control_problems(self.problems, self.run.seeds[0])
        for policy in self.policies:
            for share in SHARES:
                for problems, is_control in ((self.problems, False), (controls, True)):
                    name = memory_name(share, is_control=is_control)
                    questions = list(recall_questions(problems, self.run, share))
                    await self._asked(Probe.MEMORISATION, name, policy, questions, 1)

    async def _asked(
        self, probe: Probe, name: str, policy: Policy, questions: list[Question], count: int
    ) -> None:
        if self.outcomes[probe, policy.name].left:
            # Its sampler is out of reach; that was waited for once.
            self.outcomes[probe, policy.name].left += len(questions)
            return
        asker = Asker(self.store, self.verifier, self.outcomes[probe, policy.name])
        done = asker.ask(name, policy, questions, count)
        await self._told(probe, policy.name, len(questions), done)

    async def _spurious(self) -> None:
        for name in spurious_tasks(self.problems[0].task):
            items = []
            for each in self.responses:
                item = Item()
                item.CopyFrom(each.item)
                item.task.CopyFrom(spurious_tasks(each.item.task)[name])
                items.append((each, item))
            await self._judged(Probe.SPURIOUS, name, items)

    async def _coherence(self) -> None:
        items = []
        for each in self.responses:
            task = proof_task(each.item)
            if task is not None:
                item = Item()
                item.CopyFrom(each.item)
                item.task.CopyFrom(task)
                items.append((each, item))
        await self._judged(Probe.COHERENCE, Probe.COHERENCE, items)

    async def _judged(self, probe: Probe, name: str, items: list[tuple[Drawn, Item]]) -> None:
        there = self.store.verdicts(name)
        missing = [each for each in items if each[0].key not in there]
        outcomes = self.outcomes[probe, ""]
        for start in range(0, len(missing), _JUDGED):
            part = missing[start : start + _JUDGED]
            try:
                found = await judged(self.verifier, [item for _, item in part], outcomes)
            except VeridicalError as error:
                outcomes.lose(error, len(missing) - start)
                return
            kept = [(drawn.key, found[item.id]) for drawn, item in part if item.id in found]
            self.store.add_verdicts(name, kept)
            self._tell(probe, name, min(start + _JUDGED, len(missing)), len(missing))
            if outcomes.unsupported and not kept:
                return

    async def _told(self, probe: Probe, model: str, total: int, done: AsyncIterator[int]) -> None:
        count = 0
        try:
            async for count in done:
                self._tell(probe, model, count, total)
        except VeridicalError as error:
            # The samples are there: what else was found is worth its report.
            self.outcomes[probe, model].lose(error, total - count)

    def _tell(self, probe: Probe, model: str, done: int, total: int) -> None:
        if self.on_progress is not None:
            self.on_progress(probe, model, done, total)
