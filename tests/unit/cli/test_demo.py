"""What the demo shows where a verdict and the publisher's label differ, which its own items never do."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest
from rich.console import Console

from veridical.client import MathEvidence, Outcome, Reason, Verdict, math_item

DEMO = Path(__file__).parents[3] / "examples" / "demo.py"


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("demo", DEMO)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "demo", module)
    spec.loader.exec_module(module)
    return module


def test_evidence_is_shown_where_the_publisher_says_otherwise(demo: ModuleType) -> None:
    labels = {"model": "m", "publisher_says_correct": "false"}
    item = math_item("1", "18", "A: [/b] 18", labels=labels)
    verdict = Verdict(
        id="1",
        outcome=Outcome.OUTCOME_CORRECT,
        reward=1.0,
        reason=Reason.REASON_EQUAL,
        math=MathEvidence(extracted="[/b] 18", rule="text"),
    )
    console = Console(file=io.StringIO(), width=80)
    demo.show_disagreements(console, [demo.Judged(item, verdict)])
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    for part in (
        "label: 1",
        "1: correct (equal)",
        "[/b] 18",
        "text",
        "publisher  incorrect",
    ):
        assert part in shown


def test_undecided_items_are_left_out_of_the_mean(demo: ModuleType) -> None:
    labels = {"model": "m", "publisher_says_correct": "true"}
    judged = [
        demo.Judged(
            math_item("1", "1", "1", labels=labels),
            Verdict(outcome=Outcome.OUTCOME_CORRECT, reward=1.0),
        ),
        demo.Judged(
            math_item("2", "1", "1", labels=labels), Verdict(outcome=Outcome.OUTCOME_UNDECIDED)
        ),
    ]
    console = Console(file=io.StringIO(), width=80)
    console.print(demo.reward_table(judged))
    assert isinstance(console.file, io.StringIO)
    row = console.file.getvalue().splitlines()[1].split()
    assert row == ["m", "2", "1", "1.000", "1.000", "50.0%"]
