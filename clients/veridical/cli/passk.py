"""`veridical passk`: pass@k of models, from files of verdicts or of counts."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from veridical.cli.exits import CommandError, expected_errors, interruptible
from veridical.cli.stdout import OutConsole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from veridical.evaluation.analysis import Analysis, Settings
    from veridical.evaluation.majority import Majority
    from veridical.evaluation.material import Material
    from veridical.evaluation.reading import Reader

_Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="JSON lines: verdicts with group and label, or counts with group, model, n and c "
        "(and u, the undecided among n), or figures with model, k, pass_at_1 and pass_at_k; - is stdin.",
    ),
]
_Base = Annotated[
    str | None,
    typer.Option(metavar="MODEL", help="What the others are held against; the first without it."),
]
_Label = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The label of a verdict that names its model. Without it the file's name is the model.",
    ),
]
_Ks = Annotated[
    str | None,
    typer.Option("--k", metavar="K,K,...", help="Which k to print; powers of 2 without it."),
]
_DeltaK = Annotated[
    int, typer.Option(metavar="K", min=1, help="ΔSE is base pass@K less the other's pass@1.")
]
_Resamples = Annotated[int, typer.Option(metavar="B", min=1, help="Resamples of the problems.")]
_Level = Annotated[
    float, typer.Option(metavar="SHARE", min=0.01, max=0.999, help="Level of the intervals.")
]
_Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Seed of the resamples.")]
_MinSamples = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        help="Leave out problems with fewer samples of some model, and "
        "those with fewer decided ones out of estimates.",
    ),
]
_Majority = Annotated[
    bool,
    typer.Option(
        "--majority", metavar="", help="majority@k as well, from the answers of math verdicts."
    ),
]
_Json = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write every table, all k, as JSON.")
]
_Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar="DIR", help="Write every table, all k, as CSV files."),
]
_Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="OUT", help="Write a report to read: one HTML file."),
]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for."""

    files: list[str]
    base: str | None
    label: str
    ks: tuple[int, ...] | None
    majority: bool
    json: Path | None
    csv: Path | None
    html: Path | None
    settings: Settings


def passk(
    files: _Files,
    base: _Base = None,
    label: _Label = "model",
    k: _Ks = None,
    delta_k: _DeltaK = 256,
    resamples: _Resamples = 1000,
    level: _Level = 0.95,
    seed: _Seed = 0,
    min_samples: _MinSamples = 1,
    majority: _Majority = False,
    json: _Json = None,
    csv: _Csv = None,
    html: _Html = None,
) -> None:
    """Compare models by pass@k: curves with intervals, where they cross, and who solves what.

    Each model is held against the base on the problems that both have. UNDECIDED verdicts are left out of
    estimates, and bounds tell what they could change. docs/passk.md has every formula.
    """
    with expected_errors(), interruptible():
        needed_for_reports()
        from veridical.evaluation.analysis import Settings
        from veridical.evaluation.bootstrap import Resampling

        settings = Settings(Resampling(resamples, level, seed), min_samples, delta_k)
        _run(
            _Wanted(
                files,
                base,
                label,
                numbers(k, "--k", least=1) if k else None,
                majority,
                json,
                csv,
                html,
                settings,
            )
        )


def needed_for_reports(*more: str) -> None:
    """Refuse to begin what could not be analysed in the end.

    Args:
        more: Further packages that are needed.

    Raises:
        CommandError: A package is not installed.
    """
    missing = [name for name in ("numpy", "msgspec", *more) if find_spec(name) is None]
    if missing:
        extras = "report,parquet" if more else "report"
        raise CommandError(
            f"{' and '.join(missing)} missing: pip install 'veridical[{extras}]' installs what this needs"
        )


@contextmanager
def writing() -> Iterator[None]:
    """Name the file that cannot be written, in what is told of it.

    Raises:
        CommandError: A file or folder cannot be made.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise CommandError(f"cannot write {error.filename}: {error.strerror}") from error


def numbers(text: str, option: str, least: int) -> tuple[int, ...]:
    """Return the numbers of an option, rising, each once.

    Raises:
        CommandError: It holds something else, or one below the least.
    """
    try:
        found = sorted({int(each) for each in text.split(",")})
    except ValueError:
        raise CommandError(f"{option}: {text!r} is not numbers with commas between them") from None
    if found[0] < least:
        raise CommandError(f"{option}: {found[0]} is below {least}")
    return tuple(found)


def _run(wanted: _Wanted) -> None:
    from veridical.cli.passk_text import report
    from veridical.evaluation.errors import AnalysisError
    from veridical.evaluation.material import Material, usual_ks

    reader = _read(wanted)
    if reader.points:
        _run_points(reader, wanted)
        return
    try:
        analysis = _analysed(reader, wanted)
        ks = wanted.ks or usual_ks(analysis)
        _refuse_large(ks, analysis)
        majorities = _majorities(reader, analysis, ks) if wanted.majority else []
    except AnalysisError as error:
        raise CommandError(str(error)) from None
    material = Material(analysis, ks, tuple(majorities))
    _write(wanted, material)
    OutConsole().print(report(material))


def _run_points(reader: Reader, wanted: _Wanted) -> None:
    """Compare models of which only pass@1 and pass@k are known, such as published ones."""
    from veridical.cli.passk_text import points_table
    from veridical.evaluation.series import series
    from veridical.evaluation.tables import series_table, write_csv, write_json

    if reader.models or wanted.html is not None or wanted.majority:
        raise CommandError(
            "figures of pass@1 and pass@k stand alone: no counts, --html or --majority"
        )
    points = sorted(reader.points, key=lambda each: each.name != (wanted.base or each.name))
    if wanted.base not in (None, points[0].name):
        raise CommandError(f"--base: there is no model {wanted.base!r}")
    gaps = series(points[0], points)
    with writing():
        if wanted.json is not None:
            write_json([series_table(gaps)], wanted.json)
        if wanted.csv is not None:
            write_csv([series_table(gaps)], wanted.csv)
    OutConsole().print(points_table(gaps, reader.point_k or 1))


def _write(wanted: _Wanted, material: Material) -> None:
    from veridical.evaluation.page.html import page
    from veridical.evaluation.tables import tables, write_csv, write_json

    found = tables(material.analysis, material.majorities)
    with writing():
        if wanted.json is not None:
            write_json(found, wanted.json)
        if wanted.csv is not None:
            write_csv(found, wanted.csv)
        if wanted.html is not None:
            wanted.html.write_text(page(material), encoding="utf-8")


def _read(wanted: _Wanted) -> Reader:
    from veridical.evaluation.reading import Reader

    reader = Reader(wanted.label, wanted.majority)
    for name in wanted.files:
        with _opened(name) as file:
            reader.read(file, "standard input" if name == "-" else name)
    if reader.fault_count:
        more = reader.fault_count - len(reader.faults)
        rest = [f"... and {more} more"] if more else []
        raise CommandError("\n  ".join(["nothing was analysed", *reader.faults, *rest]))
    if not reader.lines:
        raise CommandError("there are no verdicts, counts or figures")
    return reader


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror}") from error
    with file:
        yield file


def _analysed(reader: Reader, wanted: _Wanted) -> Analysis:
    from veridical.evaluation.analysis import analyse

    models = list(reader.counts())
    if wanted.base is not None:
        if wanted.base not in reader.models:
            names = ", ".join(map(repr, reader.models))
            raise CommandError(f"--base: there is no model {wanted.base!r}, only {names}")
        models.sort(key=lambda each: each.model != wanted.base)
    return analyse(models, wanted.settings)


def _refuse_large(ks: tuple[int, ...], analysis: Analysis) -> None:
    largest = max(len(curve.low) for curve in analysis.curves)
    if ks[-1] > largest:
        raise CommandError(
            f"--k: pass@{ks[-1]} needs {ks[-1]} samples of each problem; one has {largest} "
            "(--min-samples leaves such problems out)"
        )


def _majorities(reader: Reader, analysis: Analysis, ks: tuple[int, ...]) -> list[Majority]:
    from veridical.evaluation.majority import majority

    unjudged = set(analysis.unjudged)
    groups = tuple(group for group in analysis.groups if group not in unjudged)
    seed = analysis.settings.resampling.seed
    return [
        majority(
            curve.model,
            reader.votes(curve.model, groups),
            [k for k in ks if k <= len(curve.estimate)],
            seed,
        )
        for curve in analysis.curves
    ]
