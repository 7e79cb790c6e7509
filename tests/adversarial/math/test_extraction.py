"""Responses made to be rewarded without committing to the gold, and honest ones beside them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from veridical.math import Comparison, Decision, MathPolicy, Outcome, conclude, decide
from veridical.math.answer.find import find_answer
from veridical.math.worker import compare


def rows(name: str) -> list[dict[str, str]]:
    path = Path(__file__).with_name(f"{name}.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def verdict(row: dict[str, str]) -> Decision:
    found = decide(
        row["gold"],
        row["response"],
        MathPolicy(),
        truncated=bool(row.get("truncated", False)),
        prompt=row.get("prompt", ""),
    )
    return conclude(found, compare(found.request)) if isinstance(found, Comparison) else found


@pytest.mark.parametrize("row", rows("attacks_response"), ids=lambda row: row["id"])
def test_an_attack_earns_nothing_and_is_decided(row: dict[str, str]) -> None:
    assert verdict(row).outcome is Outcome.INCORRECT, row["why"]


@pytest.mark.parametrize("row", rows("benign_response"), ids=lambda row: row["id"])
def test_an_honest_answer_counts_in_every_dress(row: dict[str, str]) -> None:
    assert verdict(row).outcome is Outcome.CORRECT


MEBIBYTE = 1 << 20
FLOODS = [
    r"\phantom{", r"\phantom{}", r"\color{white}", r"\color{white}{", "<!--", "<!-- -->", "\u200b",
    "a\u200b", r"\iffalse ", "<b hidden>", "<b hidden></b>", "% \n", "\n%", "[]:#\n", "#### \n",
    "#### Abc\n", "answer to ", "answer | ", "Final Answer\n", "it's B ", "B or ", "Therefore x is 1. ",
    "wait, it is 1 ", "or 41 ", "1=", "not ", "<|channel|>", r"\boxed{\boxed{", r"{\boxed{1}", "\n\\boxed{1}",
]  # fmt: skip


@pytest.mark.parametrize(
    ("gold", "prefix"),
    [("42", ""), ("42", r"\boxed{41} "), ("42", "The answer is the "), ("B", "")],
)
@pytest.mark.parametrize("flood", FLOODS, ids=ascii)
def test_floods_take_linear_time(flood: str, prefix: str, gold: str) -> None:
    def seconds(size: int) -> float:
        response = prefix + flood * (size // len(flood))
        start = time.process_time()
        find_answer(response, choices=gold == "B", prompt=response[: size // 2])
        return time.process_time() - start

    # Quadratic time would take 64 times as long for 8 times the text; the floor is for the clock.
    small = max(min(seconds(MEBIBYTE // 32) for _ in range(3)), 0.005)
    assert min(seconds(MEBIBYTE // 4) for _ in range(3)) < 24 * small
