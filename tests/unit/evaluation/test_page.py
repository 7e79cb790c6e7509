"""The report: well-formed, complete, and deaf to what names say."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from veridical.evaluation.analysis import Analysis, Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.majority import Votes, majority
from veridical.evaluation.page.html import page

HOSTILE = "</title><script>alert(1)</script>"
VOID = {"meta", "br"}
FETCHING = {"src", "href", "srcset", "action", "data", "poster", "background"}


class Reader(HTMLParser):
    """Collects elements, and demands that each is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def analysed(*models: str, n: int = 16) -> Analysis:
    counts = [
        counts_of(name, [(HOSTILE + str(p), n, (p * (place + 1)) % (n + 1)) for p in range(9)])
        for place, name in enumerate(models)
    ]
    return analyse(counts, Settings(Resampling(20)))


@pytest.mark.parametrize("models", [("a",), ("a", "b"), tuple("abcdefgh")])
@pytest.mark.parametrize("n", [1, 16, 1000])
def test_every_curve_has_a_line_a_band_and_figures(models: tuple[str, ...], n: int) -> None:
    found = analysed(*models, n=n)
    votes = [majority(name, [Votes(1, (1, 2), 1)], [1, 4]) for name in models]
    reader = read(page(found, votes, [1, n]))
    lines = len(models) + len(found.comparisons)
    assert reader.tags.count("polyline") == reader.tags.count("polygon") == lines
    assert reader.tags.count("figure") == 2 + bool(found.comparisons)
    estimate = f"{100 * found.curves[0].estimate[0]:.1f} ["
    assert any(each.startswith(estimate) for each in reader.text)


def test_nothing_is_fetched_and_names_are_inert() -> None:
    text = page(analysed(HOSTILE, "b\n\x1b[31m"), [], [1, 16])
    reader = read(text)
    assert "script" not in reader.tags
    assert not {name for name, _ in reader.attributes} & FETCHING
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert "\x1b" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
