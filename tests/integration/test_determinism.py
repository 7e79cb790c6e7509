"""The same items get the same verdicts, whatever the workers, the order and the batches."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import Parse

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

FILE = Path(__file__).parents[2] / "examples" / "gsm8k" / "items.jsonl"
PAIRS = (
    (r"\frac{x}{2}+1", r"\frac{x+2}{2}"),
    (r"\frac{x}{2}+1", r"\frac{x+3}{2}"),
    (r"\sqrt{8}", r"2\sqrt{2}"),
    (r"\sqrt{2}", "1.41421356"),
    (r"\{1,2,3\}", r"\{3,2,1\}"),
    (r"(1,2)", r"(2,1)"),
    (r"[0,1)", r"[0,1)"),
    (r"\sin^2 x+\cos^2 x", "1"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{pmatrix}1&2\\3&5\end{pmatrix}"),
    (r"x^2-1", r"(x-1)(x+1)"),
    (r"\log_2 8", "3"),
    (r"e^{i\pi}", "-1"),
    (r"\int_0^1 x\,dx", r"\frac{1}{2}"),
    (r"\frac{\pi}{4}", "0.785398"),
    ("", "3"),
    (r"\frac{", "3"),
    ("3", r"\frac{\frac"),
    ("9^{9^{9^9}}", "3"),
    ("3", "9^{9^{9^9}}"),
    (r"x=1", r"1"),
)


def items() -> list[Item]:
    real = [Parse(line, Item()) for line in FILE.read_text(encoding="utf-8").splitlines()]
    made = [
        math_item(f"{i}-{j}", gold, rf"so \boxed{{{answer}}}")
        for i, (gold, _) in enumerate(PAIRS)
        for j, (_, answer) in enumerate(PAIRS)
    ]
    return [*real, *made]


@pytest.fixture(scope="module")
def expected(shared_services: Any) -> dict[str, Verdict]:
    return decided(shared_services("math", "--workers", "1").address, items(), 64)


@pytest.mark.parametrize(
    ("workers", "batch_items", "through_gateway"),
    [(1, 1000, False), (2, 7, False), (8, 100, False), (2, 250, True)],
)
def test_verdicts_are_the_same(
    start_service: Any,
    expected: dict[str, Verdict],
    workers: int,
    batch_items: int,
    through_gateway: bool,
) -> None:
    address = start_service("math", "--workers", str(workers)).address
    if through_gateway:
        address = start_service("reward", "--backends", address).address
    shuffled = items()
    random.Random(workers).shuffle(shuffled)
    found = decided(address, shuffled, batch_items)
    assert found.keys() == expected.keys()
    for name, verdict in found.items():
        assert verdict == expected[name]


def test_the_items_are_worth_it(expected: dict[str, Verdict]) -> None:
    """There are enough of them, of every outcome, and workers had to decide many."""
    outcomes = Counter(verdict.outcome for verdict in expected.values())
    assert len(outcomes) == 3
    assert min(outcomes.values()) >= 20
    rules = [verdict.math.rule for verdict in expected.values()]
    assert rules.count("symbolic") + rules.count("numeric") >= 50


def decided(address: str, asked: list[Item], batch_items: int) -> dict[str, Verdict]:
    """The verdicts by id, without what may differ between runs."""
    verdicts: dict[str, Verdict] = {}
    with grpc.insecure_channel(address) as channel:
        stub = VerifierServiceStub(channel)
        for start in range(0, len(asked), batch_items):
            request = VerifyBatchRequest(items=asked[start : start + batch_items])
            for verdict in stub.VerifyBatch(request, timeout=100).verdicts:
                verdict.ClearField("timings")
                verdict.ClearField("cached")
                verdict.verifier.ClearField("instance")
                assert verdict.id not in verdicts
                verdicts[verdict.id] = verdict
    return verdicts
