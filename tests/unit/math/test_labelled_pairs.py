"""Rows of public labelled sets that must never get worse; see tests/data/math/NOTICE."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from veridical.math import Comparison, MathPolicy, Outcome, conclude, decide
from veridical.math.worker import compare

PAIRS = Path(__file__).parents[2] / "data" / "math" / "pairs.jsonl"
ROWS = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_the_label_is_met(row: dict[str, str]) -> None:
    found = decide(row["gold"], row["answer"], MathPolicy(), truncated=False)
    if isinstance(found, Comparison):
        found = conclude(found, compare(found.request))
    assert found.outcome is (Outcome.CORRECT if row["label"] else Outcome.INCORRECT)
