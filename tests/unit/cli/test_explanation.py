from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from veridical.cli.excerpt import excerpt
from veridical.cli.explanation import explanation
from veridical.cli.reasons import PLACES, REASONS
from veridical.client import (
    AllTask,
    Extraction,
    FormatTask,
    Item,
    MathEvidence,
    MathTask,
    Outcome,
    PercentPolicy,
    Reason,
    Task,
    Timings,
    Trace,
    Verdict,
    math_item,
    reason_name,
    verdict_from_json,
)


def _text(verdict: Verdict, item: Item | None = None, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(explanation(verdict, item, width))
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


def test_every_reason_of_the_contract_has_words() -> None:
    names = {reason_name(reason) for reason in Reason.values() if reason}
    assert names == set(REASONS)


def test_every_place_of_the_contract_has_words() -> None:
    assert set(Extraction.keys()) - set(PLACES) == {"EXTRACTION_UNSPECIFIED"}


def _verdict() -> Verdict:
    verdict = Verdict(
        id="7",
        outcome=Outcome.OUTCOME_INCORRECT,
        reward=0.0,
        reason=Reason.REASON_NOT_EQUAL,
        timings=Timings(total_seconds=0.25, run_seconds=0.125),
        cached=True,
        math=MathEvidence(
            extracted="x + 2",
            answer_start=7,
            answer_end=12,
            extraction=Extraction.EXTRACTION_BOXED,
            gold_normal="x+1",
            answer_normal="x+2",
            rule="residue",
            policy=MathTask(percent=1, units=2, order=1, rtol=0.0, extraction=[1, 2]),
        ),
    )
    point = verdict.math.refuting_point
    point.assignment["x"] = "3"
    point.gold_value, point.answer_value = "4", "5"
    return verdict


def test_math_evidence_is_shown_whole() -> None:
    text = _text(_verdict(), math_item("7", "x+1", r"\boxed{x + 2}"))
    assert text.splitlines() == [
        "7  incorrect / not_equal   reward 0, cached",
        "  because   the answer does not equal the gold",
        r"  found     in the last \boxed{...}, code points 7 to 12",
        r"            \boxed{x + 2}",
        "                   ^^^^^",
        "  gold      x+1",
        "  answer    x + 2   in normal form x+2",
        "  decided   by residue: exact values at points that nobody can foresee",
        "  refuted   at x = 3: the gold is 4, the answer 5",
        "  policy    percent value, units required, order by_form, rtol 0, extraction",
        "            boxed hashes",
        "  time      in all 250 ms, running 125 ms",
    ]


@pytest.mark.parametrize(
    ("gold", "answer", "percent", "is_told"),
    [
        ("50", "50%", 1, True),
        ("50%", "50", 1, True),
        ("50", "60%", 1, False),
        ("50", "50%", 2, False),
    ],
)
def test_a_percent_sign_on_one_side_alone_is_pointed_out(
    gold: str, answer: str, percent: int, is_told: bool
) -> None:
    verdict = _verdict()
    verdict.math.gold_normal, verdict.math.answer_normal = gold, answer
    verdict.math.policy.percent = PercentPolicy.ValueType(percent)
    assert ("  hint  " in _text(verdict)) == is_told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(18.3125, "18.3 s"), (0.9996, "1 s"), (99.96, "100 s"), (1234.5, "1,234 s"), (4e-4, "0.4 ms")],
)
def test_times_are_readable(seconds: float, told: str) -> None:
    verdict = _verdict()
    verdict.timings.total_seconds = seconds
    assert f"  time      in all {told}, running 125 ms\n" in _text(verdict)


def test_a_program_that_does_not_compile_shows_what_its_compiler_said() -> None:
    verdict = Verdict(
        outcome=Outcome.OUTCOME_INCORRECT,
        reason=Reason.REASON_COMPILE_ERROR,
        detail="main.c:1: error\n    1 | int main( {\n      |         ^\n",
    )
    failed = verdict.code.results.add(reason="compile_error", stderr=verdict.detail)
    text = _text(verdict)
    assert "the program does not compile: main.c:1: error 1 | int main( { | ^\n" in text
    assert "  failed    all tests: compile_error; nothing was run\n" in text
    assert "                1 | int main( {\n                  |         ^\n" in text
    failed.cpu_seconds, failed.memory_kib = 0.25, 2048 << 10
    assert "compile_error; 250 ms of CPU time, 2,048 MiB\n" in _text(verdict)


def test_steps_of_a_trace_are_pointed_into() -> None:
    item = Item(id="7", trace=Trace(steps=["so", r"A: x + 2"]))
    verdict = _verdict()
    assert "so⏎⏎A: x + 2\n                   ^^^^^\n" in _text(verdict, item)


def test_a_verdict_without_its_item_shows_what_it_has() -> None:
    text = _text(_verdict(), None)
    assert "code points 7 to 12\n  gold      x+1\n  answer    x + 2" in text


def test_without_an_answer_the_end_of_the_response_is_shown() -> None:
    verdict = Verdict(outcome=Outcome.OUTCOME_INCORRECT, reason=Reason.REASON_NO_ANSWER)
    verdict.math.rule = "extraction"
    text = _text(verdict, math_item("7", "1", "x" * 500 + " I do not know."))
    assert "  ends      …xxx" in text
    assert "xx I do not know.\n" in text


def test_parts_and_what_a_control_turned_round_are_explained() -> None:
    parts = AllTask(tasks=[Task(math=MathTask(gold="x+1")), Task(format=FormatTask())])
    verdict = Verdict(id="7", outcome=Outcome.OUTCOME_INCORRECT)
    verdict.all.parts.add().CopyFrom(_verdict())
    verdict.all.parts.add(id="7").format.missed.append("think_tags")
    text = _text(verdict, Item(id="7", task=Task(all=parts), response=r"\boxed{x + 2}"))
    assert "\n    gold      x+1\n" in text
    assert '"think_tags"' in text
    turned = Verdict(id="7", outcome=Outcome.OUTCOME_CORRECT, reason=Reason.REASON_CONTROL)
    turned.control.inverted.CopyFrom(_verdict())
    assert "\n  7  incorrect / not_equal" in _text(turned)


def test_values_from_a_newer_server_are_shown_as_they_come() -> None:
    verdict = verdict_from_json('{"outcome": 9, "reason": 999, "math": {"rule": "magic"}}')
    verdict.math.policy.percent = 77  # type: ignore[assignment]
    verdict.math.extraction, verdict.math.answer_start = 88, 0  # type: ignore[assignment]
    text = _text(verdict)
    for told in ("outcome_9 / reason_999", "by magic", "percent 77", "in 88"):
        assert told in text


def test_foreign_texts_move_no_cursor() -> None:
    verdict = _verdict()
    verdict.id, verdict.detail, verdict.math.extracted = "\x1b[2J", "a\x1b]0;b\x07", "\x9b3A\r"
    text = _text(verdict, math_item("7", "\x1b[1m", "\x1b[2J\x00{x}\u202e\u200b+ 2}"))
    assert all(each.isprintable() or each == "\n" for each in text)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXTS, TEXTS, TEXTS, st.integers(20, 90))
def test_carets_stand_under_the_range(before: str, middle: str, behind: str, width: int) -> None:
    text = before + middle + behind
    line, carets = excerpt(text, len(before), len(before) + len(middle), width)
    assert cell_len(line) <= width
    assert cell_len(carets) <= max(width, cell_len(line)) + 1
    assert line.isprintable()
    left, marked = carets.count(" "), carets.count("^")
    assert carets == " " * left + "^" * marked
    assert marked >= 1
    prefix = next(line[:size] for size in range(len(line) + 1) if cell_len(line[:size]) >= left)
    assert cell_len(prefix) == left


@given(TEXTS, TEXTS, TEXTS)
def test_what_fits_is_shown_whole(before: str, middle: str, behind: str) -> None:
    text = before + middle + behind
    line, _ = excerpt(text, len(before), len(before) + len(middle), 1000)
    assert len(line) == len(text)


def test_words_for_reasons_hold_no_values_that_read_as_a_quotation() -> None:
    assert not [words for words in REASONS.values() if re.search(r"\d", words)]
