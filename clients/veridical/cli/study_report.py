"""What a study leaves: the report, the tables, and the samples as Parquet where they are wanted."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING

from veridical.cli.exits import stderr_console
from veridical.cli.stdout import OutConsole
from veridical.cli.study_models import StudyModel

if TYPE_CHECKING:
    from veridical.evaluation.material import Fact, Material
    from veridical.evaluation.runs.plan import Plan
    from veridical.evaluation.runs.store import RunStore


def write_study(material: Material, folder: Path) -> None:
    """Write report.html and the tables, and print the analysis."""
    from veridical.cli.passk_text import report
    from veridical.evaluation.page.html import page
    from veridical.evaluation.probes.tables import probe_tables
    from veridical.evaluation.tables import tables, write_csv, write_json

    found = tables(material.analysis, material.majorities)
    if material.findings is not None:
        found += probe_tables(material.findings)
    write_json(found, folder / "tables.json")
    write_csv(found, folder / "tables")
    path = folder / "report.html"
    path.write_text(page(material), encoding="utf-8")
    OutConsole().print(report(material))
    stderr_console().print(f"report: {path}", soft_wrap=True)


def write_samples(store: RunStore, folder: Path) -> None:
    """Write every sample with its verdict to samples.parquet."""
    from veridical.evaluation.runs.export import write_parquet

    write_parquet(store, folder / "samples.parquet")


def study_facts(
    problems: Path, count: int, plan: Plan, models: Sequence[StudyModel]
) -> tuple[Fact, ...]:
    """Return what a study is made with, so that it can be repeated.

    Args:
        problems: The file of its problems.
        count: How many they are.
        plan: What is drawn.
        models: Of which models.
    """
    from veridical.evaluation.material import Fact

    digest = blake2b(problems.read_bytes(), digest_size=16).hexdigest()
    sampling = plan.sampling
    rows = [
        ("command", join(["veridical", *sys.argv[1:]])),
        ("problems", f"{problems.name}, {count:,}, BLAKE2b {digest}"),
        ("samples of each", f"{plan.samples:,}, seeds {', '.join(map(str, plan.seeds))}"),
        ("temperature, top-p", f"{sampling.temperature:g}, {sampling.top_p:g}"),
        ("most tokens", f"{sampling.max_tokens:,}" if sampling.max_tokens else "what fits"),
        ("stop", ", ".join(map(repr, sampling.stop)) or "none"),
        ("prompts", "through the chat templates" if plan.chat else "as they stand"),
        *map(_model_fact, models),
        ("Python", platform.python_version()),
    ]
    return tuple(Fact(name, value) for name, value in rows)


def _model_fact(model: StudyModel) -> tuple[str, str]:
    return f"model {model.name}", "; ".join(_about(model))


def _about(model: StudyModel) -> Iterator[str]:
    info = model.info
    yield info.name
    yield f"engine {info.engine}"
    if info.HasField("weight_version"):
        yield f"weight version {info.weight_version}"
    if info.tokenizer_hash:
        yield f"tokenizer {info.tokenizer_hash[:16]}"
    if info.max_tokens:
        yield f"room for {info.max_tokens:,} tokens"
