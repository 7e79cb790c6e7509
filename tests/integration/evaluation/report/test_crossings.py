"""Several models beside a base: where each crosses it is marked in the charts and told in a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from veridical.evaluation.analysis import Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.material import Material
from veridical.evaluation.page.html import page

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

N, PROBLEMS = 64, 40
RIGHT = {
    "base": lambda place: 6 if place % 2 else 3,
    "crosses early": lambda place: 50 if place % 4 == 0 else 0,
    "crosses later": lambda place: 40 if place % 2 == 0 else 0,
    "always ahead": lambda place: 60,
    "crosses last": lambda place: 30 if place < 35 else 0,
}
LABELS = """[...document.querySelectorAll('figure')].slice(0, 2).map(figure =>
  [...figure.querySelectorAll('.crossed')].map(mark => {
    const [text, line, svg] = [mark.querySelector('text'), mark.querySelector('path'), mark.closest('svg')];
    const box = element => {
      const r = element.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom];
    };
    return {text: text.textContent, label: box(text), line: box(line), svg: box(svg)};
  }))"""
TICKS = """[...document.querySelector('figure svg').querySelectorAll('text')]
  .filter(each => each.getAttribute('text-anchor') == 'middle' && each.textContent != 'k')
  .map(each => { const r = each.getBoundingClientRect(); return [+each.textContent, (r.left + r.right) / 2]; })"""


def overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.fixture(scope="module")
def analysis() -> Any:
    rows = [
        counts_of(name, [(f"p{place}", N, right(place)) for place in range(PROBLEMS)])
        for name, right in RIGHT.items()
    ]
    return analyse(rows, Settings(Resampling(100)))


@pytest.mark.parametrize("width", [1280, 400])
def test_each_pair_s_crossing_is_marked(
    analysis: Any, chromium: Any, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(Material(analysis, (1, 8, N))))
    opened = chromium.page()
    opened.open(path, width)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    ks = {each.other: each.crossing.k for each in analysis.comparisons}
    crossing = [k for k in ks.values() if k is not None]
    assert len(crossing) == 3
    assert ks["always ahead"] is None
    ticks = dict(opened.evaluate(TICKS))
    charts = opened.evaluate(LABELS)
    assert len(charts) == 2
    for marks in charts:
        assert [mark["text"] for mark in marks] == [f"k = {k}" for k in crossing]
        boxes = [mark["label"] for mark in marks]
        assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
        for mark in marks:
            assert mark["svg"][0] <= mark["label"][0] < mark["label"][2] <= mark["svg"][2]
            assert mark["svg"][1] <= mark["label"][1]
    for mark, k in zip(charts[0], crossing, strict=True):
        before, after = max(t for t in ticks if t <= k), min(t for t in ticks if t >= k)
        assert ticks[before] - 2 <= mark["line"][0] <= ticks[after] + 2
    rows = opened.evaluate(
        "[...[...document.querySelectorAll('h2')].find(e => e.textContent.startsWith('Where the curves'))"
        ".nextElementSibling.querySelectorAll('tbody tr')].map(e => e.textContent)"
    )
    for row, (name, k) in zip(rows, ks.items(), strict=True):
        assert row.startswith(name)
        assert (f"not within n = {N}" if k is None else f"{k}[") in row
