"""`veridical study`: models sampled, judged and compared by pass@k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from veridical.cli.connect import PATIENCE, AddressOption, connected
from veridical.cli.exits import (
    CommandError,
    ExitCode,
    expected_errors,
    interruptible,
    run_interruptible,
    stderr_console,
)
from veridical.cli.passk import needed_for_reports, numbers, writing
from veridical.cli.study_checks import refuse_unjudged
from veridical.cli.study_models import StudyModel, study_models
from veridical.cli.study_probes import StudyProbes
from veridical.cli.study_progress import StudyProgress
from veridical.cli.study_report import study_facts, write_samples, write_study
from veridical.client import ClientSettings

if TYPE_CHECKING:
    from veridical.evaluation.probes.plan import ProbePlan
    from veridical.evaluation.problems.written import Written
    from veridical.evaluation.runs.plan import Plan

_ROOM_TOKENS = 4096
"""Tokens that a prompt may take beside those of the paper's limit."""

_Problems = Annotated[
    Path,
    typer.Option(
        "--problems",
        metavar="FILE",
        help="JSON lines of items with task, prompt and group, such as `veridical convert` writes.",
    ),
]
_Base = Annotated[
    str,
    typer.Option(
        metavar="MODEL[@ADDRESS]", help="The base model, and its sampler if not --sampler."
    ),
]
_Rl = Annotated[
    list[str],
    typer.Option(
        metavar="MODEL[@ADDRESS]", help="A model to hold against the base; may be repeated."
    ),
]
_Sampler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="The sampler of models without an address of their own."),
]
_Output = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="DIR", help="The run's folder; resumed where it is."),
]
_Samples = Annotated[
    int, typer.Option("--samples", "-n", metavar="N", min=1, help="Samples of each seed.")
]
_Seeds = Annotated[str, typer.Option(metavar="S,S,...", help="Seeds; their samples are pooled.")]
_Temperature = Annotated[
    float, typer.Option(metavar="T", min=0.0, max=10.0, help="0 takes the likeliest token.")
]
_TopP = Annotated[
    float,
    typer.Option(metavar="P", min=0.001, max=1.0, help="Draws among the likeliest tokens only."),
]
_MaxTokens = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Most tokens of a sample; without it 16,384, or what fits the models.",
    ),
]
_Stop = Annotated[
    list[str] | None, typer.Option(metavar="TEXT", help="Ends a sample; may be repeated.")
]
_Chat = Annotated[
    bool,
    typer.Option("--chat", metavar="", help="Put prompts through the models' chat templates."),
]
_Ks = Annotated[
    str | None,
    typer.Option("--k", metavar="K,K,...", help="Which k to print; powers of 2 without it."),
]
_Probes = Annotated[
    str,
    typer.Option(
        metavar="NAME,NAME,...",
        help="Probes beside pass@k: perplexity, guessing, memorisation, spurious, coherence; or all, or none.",
    ),
]
_Parquet = Annotated[
    bool,
    typer.Option(
        "--parquet",
        metavar="",
        help="Write every sample with its verdict to samples.parquet, too.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for."""

    file: Path
    written: list[Written]
    models: list[str]
    sampler: str | None
    folder: Path
    plan: Plan
    is_limited: bool
    probes: ProbePlan
    address: list[str] | None
    ks: tuple[int, ...] | None
    parquet: bool


def study(
    problems: _Problems,
    base: _Base,
    rl: _Rl,
    output: _Output,
    sampler: _Sampler = None,
    samples: _Samples = 16,
    seeds: _Seeds = "0",
    temperature: _Temperature = 0.6,
    top_p: _TopP = 0.95,
    max_tokens: _MaxTokens = None,
    stop: _Stop = None,
    chat: _Chat = False,
    k: _Ks = None,
    probes: _Probes = "all",
    parquet: _Parquet = False,
    address: AddressOption = None,
) -> None:
    """Does RL training add capability, or sharpen sampling? Sample, verify, compare, read.

    Both models get the same prompts and settings (those of arXiv 2504.13837 unless said otherwise). The folder
    keeps every sample and verdict: stopped anywhere, the same command goes on. It ends with report.html and
    the tables as JSON and CSV. docs/study.md says what each probe asks.
    """
    with expected_errors(), interruptible(), writing():
        needed_for_reports(*(["pyarrow"] if parquet else []))
        from veridical.api.v1.sampling_pb2 import SamplingSettings
        from veridical.evaluation.errors import AnalysisError, RunError
        from veridical.evaluation.probes.plan import ProbePlan, probes_named
        from veridical.evaluation.problems import ProblemError
        from veridical.evaluation.problems.written import read_written
        from veridical.evaluation.runs.plan import MAX_TOKENS, Plan

        sampling = SamplingSettings(temperature=temperature, top_p=top_p, stop=stop or ())
        sampling.max_tokens = max_tokens or MAX_TOKENS
        try:
            plan = Plan(samples, numbers(seeds, "--seeds", least=0), sampling, chat)
            wanted = _Wanted(
                problems, read_written(problems), [base, *rl], sampler, output, plan,
                max_tokens is not None, ProbePlan(probes_named(probes)), address,
                numbers(k, "--k", least=1) if k else None, parquet,
            )  # fmt: skip
            left = run_interruptible(_run(wanted))
        except (RunError, AnalysisError, ProblemError) as error:
            raise CommandError(str(error)) from None
        if left:
            raise CommandError(
                f"{left:,} sample{'s' * (left > 1)} could not be judged, since a service was out of reach; "
                "the same command judges them",
                ExitCode.SERVICES,
            )


async def _run(wanted: _Wanted) -> int:
    from veridical.evaluation.material import run_material
    from veridical.evaluation.runs.filling import Filling
    from veridical.evaluation.runs.store import open_run

    console = stderr_console()
    settings = ClientSettings(retry=PATIENCE)
    async with (
        study_models(wanted.models, wanted.sampler) as models,
        connected(wanted.address, settings, console) as verifier,
    ):
        problems = [each.item for each in wanted.written]
        await refuse_unjudged(wanted.file, wanted.written, verifier, console)
        plan = _fitting(wanted, models)
        policies = [each.policy() for each in models]
        kept = {**plan.settings(), "models": {each.name: each.about() for each in models}}
        with open_run(wanted.folder, kept, problems) as store:
            total = plan.total * len(problems)
            with StudyProgress(console, total, len(policies)) as progress:
                filling = Filling(store, policies, plan, verifier, progress.tell)
                left = await filling.run()
                probing = StudyProbes(wanted.folder, store, problems, models, policies)
                findings = await probing.run(plan, wanted.probes, verifier, progress)
            facts = study_facts(wanted.file, len(problems), plan, models)
            names = [each.name for each in models]
            write_study(run_material(store, names, findings, facts, wanted.ks), wanted.folder)
            if wanted.parquet:
                write_samples(store, wanted.folder)
    return left + sum(each.outcomes.left for each in findings.notes)


def _fitting(wanted: _Wanted, models: Sequence[StudyModel]) -> Plan:
    """Return the plan; without a limit of its own, with what fits all models."""
    from veridical.api.v1.sampling_pb2 import SamplingSettings

    plan = wanted.plan
    limits = [each.info.max_tokens for each in models]
    room = min((limit for limit in limits if limit), default=1 << 30)
    if wanted.is_limited or room >= plan.sampling.max_tokens + _ROOM_TOKENS:
        return plan
    sampling = SamplingSettings()
    sampling.CopyFrom(plan.sampling)
    sampling.ClearField("max_tokens")
    return replace(plan, sampling=sampling)
