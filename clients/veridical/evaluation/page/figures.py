"""The tables of pass@k and of what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from veridical.evaluation.analysis import Analysis, Comparison
from veridical.evaluation.histogram import BINS
from veridical.evaluation.majority import Majority
from veridical.evaluation.page.table import NONE, Cell, Column, at_k, share, signed_zero, table
from veridical.evaluation.page.text import name, sentence
from veridical.evaluation.solvable import Unsolved
from veridical.evaluation.words import bounds, luck_words, shown

_LUCK = (
    "Accuracy up to: larger ones are refuted by so many failures (at 5 %). Chance if equal: of this outcome, "
    "were both models equally able on the problem. Solved by more: the chance that as many samples again "
    "hold a right one."
)
_LEAST_SHOWN = 0.0005
_UNSOLVED = 12
"""Problems of each kind that a table names."""


def curve_table(analysis: Analysis, ks: Sequence[int]) -> str:
    """Return pass@k of each model, and base minus the others, with their intervals."""
    columns = [Column("k")]
    columns += [Column(curve.model, is_name=True, has_range=True) for curve in analysis.curves]
    columns += [
        Column(f"{shown(each.base)} − {shown(each.other)}", has_range=True)
        for each in analysis.comparisons
    ]
    rows = [
        [
            Cell(f"{k:,}"),
            *(at_k(curve.estimate, curve.band, k) for curve in analysis.curves),
            *(at_k(each.difference, each.band, k, signed=True) for each in analysis.comparisons),
        ]
        for k in ks
    ]
    return table(columns, rows)


def bounds_table(analysis: Analysis, ks: Sequence[int]) -> str:
    """Return pass@k of each model with UNDECIDED samples as wrong and as right."""
    columns = [Column("k"), *(Column(curve.model, is_name=True) for curve in analysis.curves)]
    return table(
        columns,
        [[Cell(f"{k:,}"), *(Cell(bounds(each, k)) for each in analysis.curves)] for k in ks],
    )


def crossing_table(analysis: Analysis) -> str:
    """Return at which k each other model and the base cross."""
    columns = [
        *(Column("model"), Column("ahead at small k"), Column("k of the crossing", has_range=True)),
        Column("resamples that cross, %"),
    ]
    return table(columns, map(_crossing_row, analysis.comparisons))


def _crossing_row(found: Comparison) -> list[Cell]:
    where = found.crossing
    if where.base_behind is None:
        return [Cell(shown(found.other)), NONE, Cell("equal everywhere"), NONE]
    ahead = found.other if where.base_behind else found.base
    low, high = (f"{end:,}" if end is not None else "beyond n" for end in (where.low, where.high))
    told = Cell(f"not within n = {len(found.difference):,}")
    if where.k is not None:
        told = Cell(f"{where.k:,}", f"[{low}, {high}]")
    return [Cell(shown(found.other)), Cell(shown(ahead)), told, Cell(share(where.share, 0))]


def series_table(analysis: Analysis) -> str:
    """Return the models in a row, such as training steps."""
    columns = [
        *(Column("model"), Column("pass@1"), Column(f"pass@{analysis.delta_k}"), Column("ΔSE")),
        *(Column("gained at k = 1"), Column(f"lost at k = {analysis.delta_k}")),
    ]
    rows = [
        [
            Cell(shown(gap.point.name)),
            *(Cell(share(each)) for each in (gap.point.pass_1, gap.point.pass_k, gap.delta_se)),
            *(Cell(signed_zero(f"{100 * each:+.1f}")) for each in (gap.sharpened, gap.lost)),
        ]
        for gap in analysis.gaps
    ]
    return table(columns, rows)


def histogram_table(analysis: Analysis) -> str:
    """Return how many problems of each accuracy every model has."""
    columns = [Column("accuracy")]
    columns += [Column(each.model, is_name=True) for each in analysis.histograms]
    return table(
        columns,
        [
            [Cell(accuracy), *(Cell(f"{each.problems[place]:,}") for each in analysis.histograms)]
            for place, accuracy in enumerate(BINS)
        ],
    )


def majority_table(majorities: Sequence[Majority], ks: Sequence[int]) -> str:
    """Return majority@k of each model."""
    found = [
        {
            k: f"{'' if exact else '~'}{share(value)}"
            for k, value, exact in zip(each.ks, each.values, each.exact, strict=True)
        }
        for each in majorities
    ]
    columns = [Column("k"), *(Column(each.model, is_name=True) for each in majorities)]
    rows = [[Cell(f"{k:,}"), *(Cell(each[k]) if k in each else NONE for each in found)] for k in ks]
    note = '<p class="note">~: the mean of random draws.</p>'
    is_drawn = any(not exact for each in majorities for exact in each.exact)
    return table(columns, rows) + (note if is_drawn else "")


def solvable_section(found: Comparison) -> str:
    """Return who solves how many problems, and what is only bad luck."""
    luck = "".join(f"<p>{sentence(each)}</p>" for each in luck_words(found))
    return _square(found) + luck + "".join(_unsolved(found))


def _square(found: Comparison) -> str:
    sets = found.sets
    base, other = shown(found.base), shown(found.other)
    columns = [Column("problems"), Column(f"solved by {other}"), Column(f"not by {other}")]
    rows = [
        [Cell(f"solved by {base}"), *_sizes(sets.both, sets.base_only)],
        [Cell(f"not by {base}"), *_sizes(sets.other_only, sets.neither)],
    ]
    return table(columns, rows)


def _sizes(*groups: Sequence[str]) -> Iterator[Cell]:
    return (Cell(f"{len(each):,}") for each in groups)


def _unsolved(found: Comparison) -> Iterator[str]:
    """Yield a table of what each model alone does not solve."""
    sides = (
        (found.base, found.other, found.base_unsolved),
        (found.other, found.base, found.other_unsolved),
    )
    for model, solver, problems in sides:
        alone = [each for each in problems if each.chance_if_equal is not None]
        if alone:
            yield f"<h3>Solved by {name(solver)}, not by {name(model)}</h3>{_luck(alone)}"


def _luck(problems: Sequence[Unsolved]) -> str:
    columns = [
        Column("problem", is_text=True),
        *(Column("samples"), Column("accuracy up to, %")),
        *(Column("chance if equal, %"), Column("solved by more, %")),
    ]
    rows = [
        [
            Cell(each.group),
            Cell(f"{each.n:,}"),
            Cell(share(each.largest_accuracy)),
            *(Cell(_chance(each.chance_if_equal or 0.0)), Cell(_chance(each.chance_of_another))),
        ]
        for each in sorted(problems, key=lambda each: each.chance_if_equal or 0.0)[:_UNSOLVED]
    ]
    more = len(problems) - len(rows)
    rest = f" {more:,} more stand in the table “unsolved”." if more else ""
    note = f'<p class="note">{_LUCK}{rest}</p>'
    return table(columns, rows) + note


def _chance(value: float) -> str:
    return share(value) if value >= _LEAST_SHOWN else "< 0.1"
