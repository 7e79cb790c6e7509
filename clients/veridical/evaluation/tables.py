"""An analysis as tables, written as one JSON object or as a folder of CSV files: the same content in both."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from veridical.evaluation.analysis import Analysis, Comparison, Curve
from veridical.evaluation.histogram import BINS
from veridical.evaluation.majority import Majority
from veridical.evaluation.series import Gap

Cell: TypeAlias = str | int | float | bool | None

_DIGITS = 12
"""Decimal places written; matrix products differ between machines behind them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns.

    Attributes:
        name: Its key in JSON, and the name of its CSV file.
        columns: Their names.
        rows: One cell a column; None where there is no value.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(analysis: Analysis, majorities: Sequence[Majority] = ()) -> tuple[Table, ...]:
    """Return everything that an analysis found; probabilities are 0 to 1, not percent."""
    return (
        table("settings", "name value", _settings(analysis)),
        table("models", "model problems samples undecided max_k", _models(analysis)),
        table(
            "curves",
            "model k pass_at_k low high undecided_as_wrong undecided_as_right",
            (row for curve in analysis.curves for row in _curve(curve)),
        ),
        table(
            "differences",
            "base other k difference low high",
            (row for each in analysis.comparisons for row in _difference(each)),
        ),
        table(
            "crossings",
            "base other behind_at_small_k k low high share_of_resamples",
            map(_crossing, analysis.comparisons),
        ),
        table(
            "delta_se",
            "base other k delta_se low high",
            (_delta_se(each, analysis.delta_k) for each in analysis.comparisons),
        ),
        series_table(analysis.gaps),
        table(
            "solvable",
            "base other group solved_by",
            (row for each in analysis.comparisons for row in _solvable(each)),
        ),
        table(
            "unsolved",
            "model against group n undecided largest_accuracy chance_if_equal chance_of_another",
            (row for each in analysis.comparisons for row in _unsolved(each)),
        ),
        table("histograms", "model accuracy problems", _histograms(analysis)),
        table("majority", "model k majority_at_k exact", _majority(majorities)),
        table("problems", "model group n c u", _problems(analysis)),
    )


def series_table(gaps: Iterable[Gap]) -> Table:
    """Return models in a row beside their base."""
    return table(
        "series",
        "model pass_at_1 pass_at_k delta_se sharpened lost",
        (
            (*(each.point.name, each.point.pass_1, each.point.pass_k), *_moves(each))
            for each in gaps
        ),
    )


def write_json(found: Iterable[Table], path: Path) -> None:
    """Write tables as one object: each name to a list of objects, one a row."""
    content = {
        table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        for table in found
    }
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.write("\n")


def write_csv(found: Iterable[Table], folder: Path) -> None:
    """Write each table that has rows as `name.csv` into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in found:
        if table.rows:
            with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(table.columns)
                writer.writerows(table.rows)


def table(name: str, columns: str, rows: Iterable[tuple[Cell, ...]]) -> Table:
    """Return a table of rounded cells; its columns are named with blanks between them."""
    return Table(name, tuple(columns.split()), tuple(tuple(map(_rounded, row)) for row in rows))


def _rounded(cell: Cell) -> Cell:
    if not isinstance(cell, float):
        return cell
    # JSON knows no infinity.
    return round(float(cell), _DIGITS) if math.isfinite(cell) else None


def _settings(analysis: Analysis) -> Iterator[tuple[Cell, ...]]:
    resampling = analysis.settings.resampling
    yield "resamples", resampling.resamples
    yield "level", resampling.level
    yield "seed", resampling.seed
    yield "min_samples", analysis.settings.min_samples
    yield "delta_k", analysis.delta_k
    yield "problems_left_out", len(analysis.left_out)
    yield "problems_unjudged", len(analysis.unjudged)
    yield "numpy", np.__version__


def _models(analysis: Analysis) -> Iterator[tuple[Cell, ...]]:
    for curve in analysis.curves:
        counts = curve.counts
        yield curve.model, len(counts.groups), counts.samples, counts.undecided, len(curve.estimate)


def _curve(curve: Curve) -> Iterator[tuple[Cell, ...]]:
    estimated = len(curve.estimate)
    for place, bounds in enumerate(zip(curve.low, curve.high, strict=True)):
        known: tuple[Cell, ...] = (None, None, None)
        if place < estimated:
            known = (curve.estimate[place], curve.band.low[place], curve.band.high[place])
        yield curve.model, place + 1, *known, *bounds


def _difference(found: Comparison) -> Iterator[tuple[Cell, ...]]:
    columns = (found.difference, found.band.low, found.band.high)
    for k, figures in enumerate(zip(*columns, strict=True), 1):
        yield found.base, found.other, k, *figures


def _crossing(found: Comparison) -> tuple[Cell, ...]:
    where = found.crossing
    behind = None
    if where.base_behind is not None:
        behind = found.base if where.base_behind else found.other
    return found.base, found.other, behind, where.k, where.low, where.high, where.share


def _delta_se(found: Comparison, k: int) -> tuple[Cell, ...]:
    gap = found.delta_se
    return found.base, found.other, k, gap.value, gap.low, gap.high


def _moves(gap: Gap) -> tuple[float, float, float]:
    return gap.delta_se, gap.sharpened, gap.lost


def _solvable(found: Comparison) -> Iterator[tuple[Cell, ...]]:
    for name in ("both", "base_only", "other_only", "neither"):
        for group in getattr(found.sets, name):
            yield found.base, found.other, group, name


def _unsolved(found: Comparison) -> Iterator[tuple[Cell, ...]]:
    sides = (
        (found.base, found.other, found.base_unsolved),
        (found.other, found.base, found.other_unsolved),
    )
    for model, against, problems in sides:
        for each in problems:
            yield (
                *(model, against, each.group, each.n, each.undecided),
                *(each.largest_accuracy, each.chance_if_equal, each.chance_of_another),
            )


def _histograms(analysis: Analysis) -> Iterator[tuple[Cell, ...]]:
    for each in analysis.histograms:
        for accuracy, problems in zip(BINS, each.problems, strict=True):
            yield each.model, accuracy, problems


def _majority(majorities: Sequence[Majority]) -> Iterator[tuple[Cell, ...]]:
    for each in majorities:
        for k, value, exact in zip(each.ks, each.values, each.exact, strict=True):
            yield each.model, k, value, exact


def _problems(analysis: Analysis) -> Iterator[tuple[Cell, ...]]:
    for curve in analysis.curves:
        counts = curve.counts
        columns = (counts.n.tolist(), counts.c.tolist(), counts.u.tolist())
        for group, *figures in zip(counts.groups, *columns, strict=True):
            yield curve.model, group, *figures
