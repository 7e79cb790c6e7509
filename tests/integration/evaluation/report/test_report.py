"""The report of a study in a real browser: nothing in it runs, is fetched, or leaves its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from veridical.client import Item, math_item

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

RUN = "window.owned=1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}"><svg onload={RUN}></svg>',
    f"</pre></section></body><svg><script href=http://127.0.0.1:9/x>{RUN}</script></svg>",
    "\x00\x07\x1b[31m\x1b]0;owned\x07 \x9b2J \u202egnp.exe\u202c \u2066\u200f\ufeff \r back",
    "x" * 1_000_000,
    "e\u0301\u0302\u0303\u0304\u0305" * 300 + "\ud55c\uae00 \u05e9\u05dc\u05d5\u05dd \U0001f600",
    f"<style>*{{display:none}}</style><a href='javascript:{RUN}'>&lt;b&gt;</a><!-- ",
    "| a | b |\n" * 3000,
]
"""One of each kind of text that wants out."""
SOLVERS = ("base rl", "base", "rl")
"""Who solves problem i: the i-th of these, in turn."""


def problem(number: int) -> Item:
    text = HOSTILE[number % len(HOSTILE)]
    return math_item(
        "", str(number), "", group=f"{number}{text}"[:120], prompt=f"{text[:60_000]}\n#{number}#"
    )


def say(model: str, prompt: str, seed: int) -> str:
    number = int(prompt.split("#")[1]) if prompt.count("#") > 1 else 0
    answer = number if model[-2:].strip("_") in SOLVERS[number % 3] else "wrong"
    return f"{HOSTILE[(number + 1) % len(HOSTILE)]} so \\boxed{{{answer}}}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the one study of this module left."""
    return {"folder": tmp_path_factory.mktemp("hostile")}


@pytest.fixture
def report(
    run: dict[str, Any],
    problems: Callable[..., Path],
    models: Callable[..., Any],
    study: Callable[..., list[str]],
    finished: Callable[..., Any],
) -> Path:
    """The report of a study whose problems, responses and models mean harm."""
    if "told" not in run:
        items = problems([problem(number) for number in range(len(HOSTILE))])
        started = models(
            say, (f"<b onclick={RUN}>\u202e\x1b[2J_base", f"<script>{RUN}</script>__rl")
        )
        flags = ("-n", "4", "--max-tokens", "300", "--probes", "guessing,spurious,coherence")
        run["told"] = finished(study(items, started, run["folder"], *flags))
    path: Path = run["folder"] / "report.html"
    return path


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_in_it_runs_is_fetched_or_overflows(
    report: Path, chromium: Any, width: int
) -> None:
    page = chromium.page()
    page.open(report, width)
    assert page.evaluate("window.owned") is None
    assert page.evaluate("document.querySelectorAll('script, img, a, iframe, object').length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.named("Log.entryAdded") == []
    assert page.named("Runtime.consoleAPICalled") == []
    assert page.named("Runtime.exceptionThrown") == []
    fetched = [each["request"]["url"] for each in page.named("Network.requestWillBeSent")]
    assert fetched == [report.as_uri()]


def test_every_section_is_there_and_readable(report: Path, chromium: Any) -> None:
    page = chromium.page()
    page.open(report, 1280)
    headings = page.evaluate("[...document.querySelectorAll('h2')].map(e => e.textContent)")
    wanted = ("pass@k", "Who solves what", "How accuracies spread", "Guessing", "Spurious")
    for start in (*wanted, "Coherence", "Responses to look at", "To repeat it"):
        assert any(each.startswith(start) for each in headings), start
    kinds = page.evaluate("[...document.querySelectorAll('.example h3')].map(e => e.textContent)")
    for kind in ("Solved by <b onclick", "Solved by <script>", " and <script>"):
        assert any(kind in each for each in kinds), kinds
    # Nothing lies upon something else, or out of sight.
    hidden = "e => e.getBoundingClientRect().height < 8 || e.getBoundingClientRect().width < 8"
    assert (
        page.evaluate(f"[...document.querySelectorAll('h2, td, pre')].filter({hidden}).length") == 0
    )
    out = "e => e.getBoundingClientRect().right > innerWidth + 1"
    assert page.evaluate(f"[...document.querySelectorAll('pre, p, dd')].filter({out}).length") == 0


def test_what_does_not_print_is_named_and_long_texts_are_cut(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert len(text) < 400_000
    odd = {
        each for each in text if unicodedata.category(each) in ("Cc", "Cf") and each not in "\n\t"
    }
    assert odd == set()
    assert '<span class="odd">U+202E</span>' in text
    assert '<span class="odd">U+0000</span>' in text
    assert "characters left out" in text


def test_it_prints(report: Path, chromium: Any, tmp_path: Path) -> None:
    page = chromium.page()
    page.open(report, 1280)
    page.pdf(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    page.call("Emulation.setEmulatedMedia", media="print")
    page.resize(700)
    assert page.evaluate("document.documentElement.scrollWidth") <= 700


def test_the_terminal_is_left_alone(report: Path, run: dict[str, Any]) -> None:
    for told in (run["told"].stdout, run["told"].stderr):
        text = told.decode()
        odd = [each for each in text if unicodedata.category(each) in ("Cc", "Cf") and each != "\n"]
        assert odd == []
