"""The probes of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from veridical.cli.study_models import StudyModel
from veridical.cli.study_progress import StudyProgress
from veridical.client import AsyncClient, Item

if TYPE_CHECKING:
    from veridical.evaluation.probes.findings import Findings
    from veridical.evaluation.probes.plan import ProbePlan
    from veridical.evaluation.runs.plan import Plan, Policy
    from veridical.evaluation.runs.store import RunStore


@dataclass(frozen=True, slots=True)
class StudyProbes:
    """What probes of a study are run on.

    Attributes:
        folder: Of the run.
        store: The run, filled.
        problems: Its problems.
        models: Its models, the base first.
        policies: The same as those who are asked.
    """

    folder: Path
    store: RunStore
    problems: Sequence[Item]
    models: Sequence[StudyModel]
    policies: Sequence[Policy]

    async def run(
        self, run: Plan, plan: ProbePlan, verifier: AsyncClient, progress: StudyProgress
    ) -> Findings:
        """Run the probes of a plan, and return what they and earlier ones found."""
        from veridical.evaluation.probes.findings import Gathering
        from veridical.evaluation.probes.probing import Probing
        from veridical.evaluation.probes.scoring import Served
        from veridical.evaluation.probes.store import open_probes

        responses = [
            each for each in self.store.drawn() if each.sample.sample_index < plan.responses
        ]
        served = [
            Served(each.name, each.sampler, each.info.name, each.info.tokenizer_hash)
            for each in self.models
        ]
        with open_probes(self.folder) as kept:
            probing = Probing(
                kept, responses, self.problems, self.policies, served, run, plan, verifier,
                progress.probe,
            )  # fmt: skip
            await probing.fill()
            names, seed = [each.name for each in self.models], run.seeds[0]
            return Gathering(
                kept, plan, names, self.problems, responses, seed, probing.outcomes
            ).findings()
