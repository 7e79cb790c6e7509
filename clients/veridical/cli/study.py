"""`veridical study`: models sampled, judged and compared by pass@k."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
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
from veridical.cli.passk import needed_for_reports, numbers, usual_ks
from veridical.cli.stdout import OutConsole
from veridical.cli.study_progress import StudyProgress
from veridical.client import ClientSettings, Item
from veridical.client.async_sampler import AsyncSamplerClient

if TYPE_CHECKING:
    from veridical.api.v1.sampling_pb2 import ModelInfo
    from veridical.evaluation.analysis import Analysis
    from veridical.evaluation.runs.plan import Plan, Policy
    from veridical.evaluation.runs.store import RunStore

_SAMPLE_SECONDS = 7 * 24 * 3600.0
"""Time for all samples of a prompt; how long one may take is the sampler's affair."""
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
_Samples = Annotated[int, typer.Option("--samples", "-n", min=1, help="Samples of each seed.")]
_Seeds = Annotated[str, typer.Option(metavar="S,S,...", help="Seeds; their samples are pooled.")]
_Temperature = Annotated[float, typer.Option(min=0.0, max=10.0)]
_TopP = Annotated[float, typer.Option(min=0.001, max=1.0)]
_MaxTokens = Annotated[
    int | None,
    typer.Option(
        min=1, help="Most tokens of a sample; without it 16,384, or what fits the models."
    ),
]
_Stop = Annotated[
    list[str] | None, typer.Option(metavar="TEXT", help="Ends a sample; may be repeated.")
]
_Chat = Annotated[
    bool, typer.Option("--chat", help="Put prompts through the models' chat templates.")
]
_Ks = Annotated[
    str | None,
    typer.Option("--k", metavar="K,K,...", help="Which k to print; powers of 2 without it."),
]
_Parquet = Annotated[
    bool,
    typer.Option("--parquet", help="Write every sample with its verdict to samples.parquet, too."),
]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for."""

    problems: list[Item]
    models: list[str]
    sampler: str | None
    folder: Path
    plan: Plan
    is_limited: bool
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
    parquet: _Parquet = False,
    address: AddressOption = None,
) -> None:
    """Does RL training add capability, or sharpen sampling? Sample, verify, compare, read.

    Both models get the same prompts and settings (those of arXiv 2504.13837 unless said otherwise). The folder
    keeps every sample and verdict: stopped anywhere, the same command goes on. It ends with report.html and
    the tables as JSON and CSV.
    """
    with expected_errors(), interruptible():
        needed_for_reports(*(["pyarrow"] if parquet else []))
        from veridical.api.v1.sampling_pb2 import SamplingSettings
        from veridical.evaluation.errors import AnalysisError, RunError
        from veridical.evaluation.problems import ProblemError
        from veridical.evaluation.problems.written import read_written
        from veridical.evaluation.runs.plan import MAX_TOKENS, Plan

        sampling = SamplingSettings(temperature=temperature, top_p=top_p, stop=stop or ())
        sampling.max_tokens = max_tokens or MAX_TOKENS
        try:
            plan = Plan(samples, numbers(seeds, "--seeds", least=0), sampling, chat)
            wanted = _Wanted(
                read_written(problems), [base, *rl], sampler, output, plan,
                max_tokens is not None, address, numbers(k, "--k", least=1) if k else None,
                parquet,
            )  # fmt: skip
            left = run_interruptible(_run(wanted))
        except (RunError, AnalysisError, ProblemError) as error:
            raise CommandError(str(error)) from None
        if left:
            raise CommandError(
                f"{left:,} samples could not be judged, since a service was out of reach; "
                "the same command judges them",
                ExitCode.SERVICES,
            )


async def _run(wanted: _Wanted) -> int:
    from veridical.evaluation.runs.filling import Filling
    from veridical.evaluation.runs.store import open_run

    console = stderr_console()
    settings = ClientSettings(retry=PATIENCE)
    async with (
        _policies(wanted) as (policies, plan, about),
        connected(wanted.address, settings, console) as verifier,
    ):
        kept = {**plan.settings(), "models": about}
        with open_run(wanted.folder, kept, wanted.problems) as store:
            total = plan.total * len(wanted.problems)
            with StudyProgress(console, total, len(policies)) as progress:
                filling = Filling(store, policies, plan, verifier, progress.tell)
                left = await filling.run()
            _report(wanted, store, [each.name for each in policies])
    return left


@asynccontextmanager
async def _policies(
    wanted: _Wanted,
) -> AsyncIterator[tuple[list[Policy], Plan, dict[str, dict[str, object]]]]:
    """Give the models with their samplers, the plan with what fits them, and what they are."""
    from veridical.evaluation.runs.plan import Policy

    settings = ClientSettings(retry=PATIENCE, timeout_seconds=_SAMPLE_SECONDS)
    policies, infos = [], {}
    async with AsyncExitStack() as stack:
        for spec in wanted.models:
            name, address = _place(spec, wanted.sampler)
            if name in infos:
                raise CommandError(f"{name!r} is named twice")
            client = await stack.enter_async_context(AsyncSamplerClient(address, settings=settings))
            info = _served(name, await client.list_models(), address)
            policies.append(Policy(name, client, info.name))
            infos[name] = info
        about: dict[str, dict[str, object]] = {
            name: {
                "engine": each.engine,
                "tokenizer_hash": each.tokenizer_hash,
                "weight_version": each.weight_version if each.HasField("weight_version") else None,
                "max_tokens": each.max_tokens,
            }
            for name, each in infos.items()
        }
        yield policies, _fitting(wanted, list(infos.values())), about


def _place(spec: str, sampler: str | None) -> tuple[str, str]:
    name, _, address = spec.partition("@")
    if not name:
        raise CommandError(f"{spec!r} names no model")
    if not address and sampler is None:
        raise CommandError(f"{name}: no sampler; name it as {name}@ADDRESS, or by --sampler")
    return name, address or sampler or ""


def _served(name: str, models: Sequence[ModelInfo], address: str) -> ModelInfo:
    """Return the model of that name, or the only one: then the name is the caller's own for it."""
    for model in models:
        if model.name == name:
            return model
    if len(models) == 1:
        return models[0]
    names = ", ".join(model.name for model in models)
    raise CommandError(f"{address} serves no {name!r}, only {names}")


def _fitting(wanted: _Wanted, models: Sequence[ModelInfo]) -> Plan:
    """Return the plan; without a limit of its own, with what fits all models."""
    from dataclasses import replace

    from veridical.api.v1.sampling_pb2 import SamplingSettings

    plan = wanted.plan
    room = min((model.max_tokens for model in models if model.max_tokens), default=1 << 30)
    if wanted.is_limited or room >= plan.sampling.max_tokens + _ROOM_TOKENS:
        return plan
    sampling = SamplingSettings()
    sampling.CopyFrom(plan.sampling)
    sampling.ClearField("max_tokens")
    return replace(plan, sampling=sampling)


def _report(wanted: _Wanted, store: RunStore, models: Sequence[str]) -> None:
    from veridical.cli.passk_text import report
    from veridical.evaluation.analysis import analyse
    from veridical.evaluation.page.html import page
    from veridical.evaluation.runs.results import counts, cut_shares
    from veridical.evaluation.tables import tables, write_csv, write_json

    analysis: Analysis = analyse(counts(store, models))
    cut = cut_shares(store)
    ks = wanted.ks or usual_ks(analysis)
    found = tables(analysis, [])
    write_json(found, wanted.folder / "tables.json")
    write_csv(found, wanted.folder / "tables")
    path = wanted.folder / "report.html"
    path.write_text(page(analysis, [], ks, cut), encoding="utf-8")
    if wanted.parquet:
        from veridical.evaluation.runs.export import write_parquet

        write_parquet(store, wanted.folder / "samples.parquet")
    OutConsole().print(report(analysis, [], ks, cut))
    stderr_console().print(f"report: {path}", soft_wrap=True)
