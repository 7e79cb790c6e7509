"""The page around the charts: words, tables, and settings to repeat it with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.metadata import version

from veridical.evaluation.advice import advice
from veridical.evaluation.analysis import Analysis
from veridical.evaluation.majority import Majority
from veridical.evaluation.page.charts import curves_chart, difference_chart, histogram_chart
from veridical.evaluation.page.svg import COLOURS, DASHES
from veridical.evaluation.words import (
    bounds,
    crossing_words,
    delta_se_words,
    figure,
    head,
    shown,
    solvable_words,
)

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  padding: 1rem; max-width: 1200px; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; }
figure { margin: 0; break-inside: avoid; } figcaption { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font: 13px system-ui, sans-serif; fill: #333; }
.grid { stroke: #ddd; } .line { fill: none; stroke-width: 2.2; } .mark { stroke: #333; stroke-dasharray: 3 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; padding: 0; list-style: none; }
.legend svg { width: 36px; height: 10px; margin-right: 0.4rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.15rem 0.7rem 0.15rem 0; text-align: right; white-space: nowrap; vertical-align: top;
  overflow-wrap: normal; }
th { border-bottom: 1px solid #999; } td:first-child, th:first-child { text-align: left; }
.headline { font-size: 1.1rem; } .note { color: #555; }
@media (max-width: 600px) { th, td { white-space: normal; font-size: 14px; } }
@media print { * { print-color-adjust: exact; } body { font-size: 11px; max-width: none; } .wide { overflow: visible; } tr { break-inside: avoid; } }
"""


def page(
    analysis: Analysis,
    majorities: Sequence[Majority],
    ks: Sequence[int],
    cut: Mapping[str, float] | None = None,
) -> str:
    """Return the report as one HTML file: no script, no network, names of foreign origin inert.

    Args:
        analysis: What was found.
        majorities: majority@k of each model; may be empty.
        ks: The k of the tables.
        cut: Share of each model's samples that were cut off by length, where it is known.
    """
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>pass@k: {escape(_names(analysis))}</title><style>{_STYLE}</style></head>\n<body>"
        f"{''.join(_body(analysis, majorities, ks, cut))}</body></html>\n"
    )


def _body(
    analysis: Analysis,
    majorities: Sequence[Majority],
    ks: Sequence[int],
    cut: Mapping[str, float] | None,
) -> Iterator[str]:
    yield f"<h1>pass@k: {escape(_names(analysis))}</h1>"
    for found in analysis.comparisons:
        yield f'<p class="headline">{escape(crossing_words(found))}<br>'
        yield f"{escape(delta_se_words(found, analysis.delta_k))}</p>"
    yield "".join(f"<p>{escape(sentence)}</p>" for sentence in advice(analysis, cut))
    yield f'<p class="note">{"<br>".join(map(escape, head(analysis)))}</p>'
    yield _legend(analysis)
    yield f'<div class="charts">{"".join(_figures(analysis))}</div>'
    yield "<h2>pass@k</h2>" + _curve_table(analysis, ks)
    if any(curve.counts.undecided for curve in analysis.curves):
        yield "<h2>pass@k with UNDECIDED as wrong … as right</h2>" + _bounds_table(analysis, ks)
    if len(analysis.comparisons) > 1:
        yield "<h2>The models in a row</h2>" + _series_table(analysis)
    for found in analysis.comparisons:
        yield f"<h2>Who solves what: {escape(shown(found.base))} and {escape(shown(found.other))}</h2>"
        yield "".join(f"<p>{escape(sentence)}</p>" for sentence in solvable_words(found))
    if majorities:
        yield "<h2>majority@k</h2>" + _majority_table(majorities, ks)
    yield "<h2>Settings</h2>" + _settings(analysis)


def _figures(analysis: Analysis) -> Iterator[str]:
    yield _figure("pass@k, %", curves_chart(analysis))
    if analysis.comparisons:
        yield _figure(
            f"{shown(analysis.curves[0].model)} − other, points", difference_chart(analysis)
        )
    yield _figure("problems by accuracy", histogram_chart(analysis))


def _figure(caption: str, drawing: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{drawing}</figure>"


def _legend(analysis: Analysis) -> str:
    entries = (
        f'<li><svg viewBox="0 0 36 10" aria-hidden="true"><line x1="0" x2="36" y1="5" y2="5" '
        f'stroke="{COLOURS[place % len(COLOURS)]}" stroke-width="3" '
        f'stroke-dasharray="{DASHES[place % len(DASHES)]}"/></svg>{escape(shown(curve.model))}</li>'
        for place, curve in enumerate(analysis.curves)
    )
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _curve_table(analysis: Analysis, ks: Sequence[int]) -> str:
    titles = ["k", *(shown(curve.model) for curve in analysis.curves)]
    titles += [f"{shown(each.base)} − {shown(each.other)}" for each in analysis.comparisons]
    rows = []
    for k in ks:
        row = [f"{k:,}"]
        row += [figure(curve.estimate, curve.band, k) for curve in analysis.curves]
        row += [figure(each.difference, each.band, k, signed=True) for each in analysis.comparisons]
        rows.append(row)
    return _table(titles, rows)


def _bounds_table(analysis: Analysis, ks: Sequence[int]) -> str:
    titles = ["k", *(shown(curve.model) for curve in analysis.curves)]
    return _table(titles, [[f"{k:,}", *(bounds(each, k) for each in analysis.curves)] for k in ks])


def _series_table(analysis: Analysis) -> str:
    rows = [
        [shown(gap.point.name)]
        + [f"{100 * each:.1f}" for each in (gap.point.pass_1, gap.point.pass_k, gap.delta_se)]
        for gap in analysis.gaps
    ]
    return _table(["model", "pass@1", f"pass@{analysis.delta_k}", "ΔSE"], rows)


def _majority_table(majorities: Sequence[Majority], ks: Sequence[int]) -> str:
    found = [dict(zip(each.ks, each.values, strict=True)) for each in majorities]
    rows = [
        [f"{k:,}", *(f"{100 * each[k]:.1f}" if k in each else "–" for each in found)] for k in ks
    ]
    return _table(["k", *(shown(each.model) for each in majorities)], rows)


def _settings(analysis: Analysis) -> str:
    resampling = analysis.settings.resampling
    rows = [
        ["veridical", version("veridical")],
        ["resamples", f"{resampling.resamples:,}"],
        ["level", f"{resampling.level:g}"],
        ["seed", f"{resampling.seed}"],
        ["least samples of a problem", f"{analysis.settings.min_samples}"],
        ["k of ΔSE", f"{analysis.delta_k:,}"],
    ]
    return _table(["setting", "value"], rows)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head_row = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head_row}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(text: str) -> str:
    # An interval stays on one line.
    return f"<td>{escape(text).replace(', ', ',&nbsp;')}</td>"


def _names(analysis: Analysis) -> str:
    return ", ".join(shown(curve.model) for curve in analysis.curves)
