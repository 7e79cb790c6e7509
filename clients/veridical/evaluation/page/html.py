"""The page: words first, then curves, tables, probes, examples, and what to repeat it with."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.metadata import version

from veridical.evaluation.advice import doubts, what_training_did
from veridical.evaluation.analysis import Analysis
from veridical.evaluation.material import Material
from veridical.evaluation.page.charts import curves_chart, difference_chart, histogram_chart
from veridical.evaluation.page.examples import examples_section
from veridical.evaluation.page.figures import (
    bounds_table,
    crossing_table,
    curve_table,
    histogram_table,
    majority_table,
    series_table,
    solvable_section,
)
from veridical.evaluation.page.probes import probes_section
from veridical.evaluation.page.style import STYLE
from veridical.evaluation.page.svg import key
from veridical.evaluation.page.table import Cell, Column, table
from veridical.evaluation.page.text import name, sentence
from veridical.evaluation.words import (
    crossing_words,
    delta_se_words,
    first_try_words,
    head,
    shown,
)


def page(material: Material) -> str:
    """Return the report as one HTML file: no script, no network, text of foreign origin inert."""
    title = _title(material.analysis)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>"
        f"<h1>{escape(title)}</h1>\n{chr(10).join(_sections(material))}\n</body></html>\n"
    )


def _sections(material: Material) -> Iterator[str]:
    analysis = material.analysis
    yield from _headline(material)
    yield _legend(analysis)
    yield f'<div class="charts">{"".join(_curves(analysis))}</div>'
    yield _reading(analysis)
    if len(analysis.comparisons) > 1:
        yield f"<h2>Where the curves cross that of the base</h2>{crossing_table(analysis)}"
    yield f"<h2>pass@k</h2>{curve_table(analysis, material.ks)}"
    if any(curve.counts.undecided for curve in analysis.curves):
        yield f"<h2>pass@k with UNDECIDED as wrong … as right</h2>{bounds_table(analysis, material.ks)}"
    if len(analysis.comparisons) > 1:
        yield f"<h2>The models in a row</h2>{series_table(analysis)}"
    for found in analysis.comparisons:
        yield f"<h2>Who solves what: {name(found.base)} and {name(found.other)}</h2>"
        yield solvable_section(found)
    yield "<h2>How accuracies spread</h2>" + _histograms(analysis)
    if material.majorities:
        yield f"<h2>majority@k</h2>{majority_table(material.majorities, material.ks)}"
    if material.findings is not None:
        yield from probes_section(material.findings, analysis, material.without_guesses)
    if material.examples:
        yield f"<h2>Responses to look at</h2>{examples_section(material.examples)}"
    yield f"<h2>To repeat it</h2>{_facts(material)}"


def _headline(material: Material) -> Iterator[str]:
    analysis = material.analysis
    for found in analysis.comparisons:
        yield f'<p class="headline">{sentence(what_training_did(found))}</p>'
        told = (
            first_try_words(found, analysis.curves),
            crossing_words(found),
            delta_se_words(found, analysis.delta_k),
        )
        yield _list(told)
    yield _list(doubts(analysis, material.cut))
    yield f'<p class="note">{"<br>".join(map(escape, head(analysis)))}</p>'


def _list(sentences: Iterator[str] | tuple[str, ...]) -> str:
    entries = "".join(f"<li>{sentence(each)}</li>" for each in sentences)
    return f"<ul>{entries}</ul>" if entries else ""


def _legend(analysis: Analysis) -> str:
    entries = (
        f"<li>{key(place)}{name(curve.model)}</li>" for place, curve in enumerate(analysis.curves)
    )
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _curves(analysis: Analysis) -> Iterator[str]:
    yield _figure("pass@k, %, over k (log scale)", curves_chart(analysis))
    if analysis.comparisons:
        base = shown(analysis.curves[0].model)
        yield _figure(f"pass@k of {base} − that of the other, points", difference_chart(analysis))


def _reading(analysis: Analysis) -> str:
    level = 100 * analysis.settings.resampling.level
    told = (
        "pass@k is the chance that of k samples of a problem one or more are right, over all problems. Bands: "
        f"{level:g} % intervals, for one k at a time."
    )
    if any(found.crossing.k is not None for found in analysis.comparisons):
        told += (
            " Grey: the interval of the k at which the curves cross."
            if len(analysis.comparisons) == 1
            else " Above the charts: the k at which a model and the base cross, with its interval."
        )
    return f'<p class="note">{sentence(told)}</p>'


def _histograms(analysis: Analysis) -> str:
    drawing = _figure("problems by accuracy", histogram_chart(analysis))
    return f'<div class="charts">{drawing}{histogram_table(analysis)}</div>'


def _figure(caption: str, drawing: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{drawing}</figure>"


def _facts(material: Material) -> str:
    analysis = material.analysis
    resampling = analysis.settings.resampling
    rows = [(each.name, each.value) for each in material.facts]
    rows += [
        ("veridical", version("veridical")),
        ("numpy", version("numpy")),
        ("resamples of problems", f"{resampling.resamples:,}, seed {resampling.seed}"),
        ("level of intervals", f"{resampling.level:g}"),
        ("least samples of a problem", f"{analysis.settings.min_samples}"),
        ("k of ΔSE", f"{analysis.delta_k:,}"),
    ]
    columns = [Column("setting", is_text=True), Column("value", is_text=True)]
    return table(columns, [[Cell(label), Cell(value)] for label, value in rows])


def _title(analysis: Analysis) -> str:
    base, *others = (shown(curve.model) for curve in analysis.curves)
    if not others:
        return f"{base}: pass@k"
    return f"{base} and {', '.join(others)}, compared by pass@k"
