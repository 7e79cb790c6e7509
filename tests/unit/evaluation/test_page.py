"""The report: well-formed, complete, and deaf to what names say."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.api.v1.code_pb2 import CodeEvidence
from veridical.api.v1.format_pb2 import FormatEvidence
from veridical.api.v1.math_pb2 import MathEvidence, MathTask, RefutingPoint
from veridical.api.v1.proof_pb2 import GLOBAL_VALIDITY_INVALID, ProofEvidence
from veridical.api.v1.task_pb2 import OUTCOME_INCORRECT, Task
from veridical.api.v1.verdict_pb2 import (
    REASON_FORMAT_MISMATCHED,
    REASON_NOT_EQUAL,
    REASON_STEP_CONTRADICTED,
    REASON_WRONG_ANSWER,
    Verdict,
)
from veridical.evaluation.analysis import Analysis, Settings, analyse
from veridical.evaluation.bootstrap import Resampling
from veridical.evaluation.counts import counts_of
from veridical.evaluation.majority import Votes, majority
from veridical.evaluation.material import Material
from veridical.evaluation.page.evidence import evidence_rows
from veridical.evaluation.page.html import page
from veridical.evaluation.page.svg import ticks_of_k
from veridical.evaluation.page.text import block, inline, sentence

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
    reader = read(page(Material(found, (1, n), tuple(votes))))
    lines = len(models) + len(found.comparisons)
    assert reader.tags.count("polygon") == lines
    assert reader.tags.count("polyline") == lines + len(models), "one of each is in the legend"
    assert reader.tags.count("figure") == 2 + bool(found.comparisons)
    assert f"{100 * found.curves[0].estimate[0]:.1f}" in reader.text


def test_nothing_is_fetched_and_names_are_inert() -> None:
    text = page(Material(analysed(HOSTILE, "b\n\x1b[31m"), (1, 16)))
    reader = read(text)
    assert "script" not in reader.tags
    assert not {name for name, _ in reader.attributes} & FETCHING
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert "\x1b" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.booleans())
def test_text_stays_text_whatever_it_holds(text: str, in_line: bool) -> None:
    reader = read(inline(text) if in_line else block(text, "kind"))
    assert set(reader.tags) <= {"bdi", "pre", "span"}
    told = "".join(reader.text)
    for character in text:
        named = f"U+{ord(character):04X}" in told
        assert named or character in told or (in_line and character == "\n")
    assert not [
        each for each in told if not each.isprintable() and each != "\n" and not each.isspace()
    ]


def test_long_text_is_cut_in_the_middle() -> None:
    told = block("a" * 500_000 + "b" * 500_000)
    assert len(told) < 3_000
    assert "998,000 characters left out" in told
    assert len(inline("c" * 9_000)) < 400


def test_sentences_have_real_minus_signs_and_names_keep_theirs() -> None:
    told = sentence("step-3 at k = 4 is -2.5 [-3.0, 1] points, 5 % of a<b")
    assert told == "step-3 at k = 4 is −2.5 [−3.0, 1] points, 5&nbsp;% of a&lt;b"


def test_the_ends_of_axes_are_named() -> None:
    assert ticks_of_k(1) == [1]
    assert ticks_of_k(16) == [1, 2, 4, 8, 16]
    assert ticks_of_k(12) == [1, 2, 4, 8, 12]
    assert ticks_of_k(9) == [1, 2, 4, 8]
    assert ticks_of_k(1000) == [1, 4, 16, 64, 256, 1000]


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (
            Verdict(
                reason=REASON_NOT_EQUAL,
                detail="not the gold",
                math=MathEvidence(
                    extracted="x+1",
                    answer_normal="1+x",
                    gold_normal="x",
                    refuting_point=RefutingPoint(
                        assignment={"x": "2"}, gold_value="2", answer_value="3"
                    ),
                ),
            ),
            {
                "detail": "not the gold",
                "gold": "x",
                "answer": "x+1 (read as 1+x)",
                "refuted": "at x = 2: the gold is 2, the answer 3",
            },
        ),
        (
            Verdict(
                reason=REASON_WRONG_ANSWER,
                code=CodeEvidence(
                    tests=3,
                    passed=2,
                    results=[
                        {"name": "t", "reason": "wrong_answer", "expected": "1", "actual": "2"}
                    ],
                ),
            ),
            {"tests": "2 of 3 passed", "failed": "t: wrong answer", "expected": "1", "came": "2"},
        ),
        (
            Verdict(
                reason=REASON_STEP_CONTRADICTED,
                proof=ProofEvidence(
                    first_error=1, global_validity=GLOBAL_VALIDITY_INVALID, local_coherence=0.5
                ),
            ),
            {"as a whole": "invalid", "first error": "step 2", "local coherence": "0.50"},
        ),
        (
            Verdict(reason=REASON_FORMAT_MISMATCHED, format=FormatEvidence(missed=["think_tags"])),
            {"missed": "think_tags"},
        ),
    ],
)
def test_evidence_is_told_by_kind(verdict: Verdict, told: dict[str, str]) -> None:
    verdict.outcome = OUTCOME_INCORRECT
    rows = dict(evidence_rows(verdict, Task(math=MathTask(gold="x"))))
    assert rows.pop("verdict").startswith("incorrect: ")
    assert rows == told
