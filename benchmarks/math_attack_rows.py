"""The attack files of tests/adversarial/math: wrong answers that some grader rewards or hangs on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "tests" / "adversarial" / "math"
COMPARE = FOLDER / "attacks_compare.jsonl"
"""Wrong answers, each in a box of its own, and floods: attacks on the comparison."""
RESPONSE = FOLDER / "attacks_response.jsonl"
"""Whole responses that commit to no right answer: attacks on the extraction."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack.

    Attributes:
        id: Unique within its file.
        group: The kind of attack.
        gold: A sound gold.
        response: What a model would send; never worth a reward.
        prompt: What the model was given, empty where that does not matter.
        truncated: Whether the response was cut off by its length limit.
        why: Why no reward is due.
    """

    id: str
    group: str
    gold: str
    response: str
    prompt: str
    truncated: bool
    why: str


def read_attacks(path: Path) -> list[Attack]:
    """The attacks of one file, in its order.

    A text may stand as `parts` instead, each a string and how often it is repeated.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_attack(json.loads(line)) for line in lines if line]


def _attack(row: dict[str, Any]) -> Attack:
    if "response" in row or "response_parts" in row:
        response = _text(row, "response")
    else:
        response = rf"\boxed{{{_text(row, 'answer')}}}"
    return Attack(
        id=row["id"],
        group=row["group"],
        gold=row["gold"],
        response=response,
        prompt=row.get("prompt", ""),
        truncated=row.get("truncated", False),
        why=row["why"],
    )


def _text(row: dict[str, Any], field: str) -> str:
    if field in row:
        return str(row[field])
    return "".join(text * times for text, times in row[f"{field}_parts"])
