from __future__ import annotations

import io

from rich.console import Console, RenderableType

from veridical.cli.render import description, summary
from veridical.cli.tally import Tally
from veridical.client import (
    DescribeResponse,
    Outcome,
    Reason,
    ServerLimits,
    Verdict,
    VerifierInfo,
    verdict_from_json,
)


def _text(renderable: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


def test_summary_counts_by_outcome_and_reason() -> None:
    tally = Tally()
    for _ in range(2):
        tally.add(Verdict(outcome=Outcome.OUTCOME_CORRECT, reason=Reason.REASON_EQUAL))
    tally.add(Verdict(outcome=Outcome.OUTCOME_INCORRECT, reason=Reason.REASON_NO_ANSWER))
    tally.add(Verdict(outcome=Outcome.OUTCOME_UNDECIDED, reason=Reason.REASON_INVALID_ITEM))
    rows = [line.split() for line in _text(summary(tally)).splitlines()]
    assert rows[:4] == [
        ["outcome", "reason", "items", "share"],
        ["correct", "equal", "2", "50.0%"],
        ["incorrect", "no_answer", "1", "25.0%"],
        ["undecided", "invalid_item", "1", "25.0%"],
    ]
    # 2 of 3: an undecided item is no zero.
    assert "mean reward 0.667; 1 undecided, without a reward" in _text(summary(tally))


def test_summary_without_a_decision_has_no_mean() -> None:
    tally = Tally()
    tally.add_names("undecided", "overloaded")
    assert tally.mean_reward is None
    assert "none decided" in _text(summary(tally))


def test_summary_shows_the_first_of_each_undecided_reason() -> None:
    tally = Tally()
    for line, detail in ((3, "id: \x1bbad\nid"), (4, "later")):
        tally.add_names("undecided", "invalid_item", detail, line)
    tally.add_names("correct", "equal", "fine", 5)
    text = _text(summary(tally))
    assert "invalid_item, first: line 3: id:  bad id\n" in text
    assert "later" not in text
    assert "fine" not in text


def test_one_item_is_one_item() -> None:
    tally = Tally()
    tally.add_names("undecided", "overloaded")
    assert "1 item, none decided" in _text(summary(tally))


def test_unknown_values_are_shown_by_number() -> None:
    tally = Tally()
    tally.add(verdict_from_json('{"outcome": 9, "reason": 999}'))
    assert "reason_999" in _text(summary(tally))


def test_summary_of_nothing() -> None:
    assert _text(summary(Tally())) == "no items\n"


def test_description_names_the_verifiers_behind_a_gateway() -> None:
    math = DescribeResponse(
        verifier=VerifierInfo(name="math", version="1.2"),
        kinds=["math"],
        defaults={"units": "optional"},
        library_versions={"sympy": "1.14"},
    )
    gateway = DescribeResponse(
        verifier=VerifierInfo(name="reward", version="1.2", fingerprint="f" * 32),
        kinds=["all", "math"],
        limits=ServerLimits(max_response_bytes=1 << 20, max_call_seconds=600.0),
        backends=[math],
    )
    text = _text(description(gateway))
    assert text.startswith("reward 1.2   all, math\n")
    assert "\n  math 1.2   math\n" in text
    for fact in ("1,048,576", "600", "f" * 32, "sympy", "default units"):
        assert fact in text
