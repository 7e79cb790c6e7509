"""A batch with items that hang any SymPy-based checker, and malformed ones, spoils nothing else."""

from __future__ import annotations

import time
from typing import Any

import grpc

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT
from veridical.api.v1.verdict_pb2 import REASON_INVALID_ITEM
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

ITEMS, SECONDS = 5000, 60.0
BOMBS = (
    "9^{9^{9^{9}}}",
    "10^{10^{10^{10}}}+1",
    "((9^9)^9)^{9^9}",
    "123456789!",
    "((10!)!)!",
    r"\binom{10^{9}}{5\cdot 10^{8}}",
    "2^{2^{2^{2^{2^{2}}}}}",
    "(x+y+z+w)^{5000}",
    r"\sum_{n=1}^{10^{12}} n^{99}",
    r"\prod_{k=1}^{10^{9}} k!",
    r"\frac{1}{9^{9^{9}}}",
    r"\sqrt{7^{7^{7^{7}}}}",
)
BAD = (
    Item(id="bad-0"),
    Item(id="bad-1", response="2"),
    Item(id="bad-2", response="2", task_id="nobody"),
    math_item("bad-3", "2", "2", rtol=-1.0),
    math_item("bad-4", "2", "2", sample_index=-5),
    math_item("bad-5", "2", "2", labels={"k": "v" * 300}),
    math_item("bad-6", "2", "2", group="g" * 300),
    math_item("0", "2", "2"),  # an id that is taken
    math_item("", "2", "2"),
    math_item("i" * 300, "2", "2"),
)


def good(number: int) -> Item:
    """Every fourth needs a worker; every fifth is wrong."""
    off = number % 5 == 0
    if number % 4:
        response = f"Therefore the answer is \\boxed{{{number + off}}}."
        return math_item(str(number), str(number), response)
    answer = rf"\frac{{x+{2 * number + off}}}{{2}}"
    return math_item(str(number), rf"\frac{{x}}{{2}}+{number}", rf"\boxed{{{answer}}}")


def bomb(number: int) -> Item:
    """The text of a bomb is in the answer; in every tenth in the gold as well."""
    text = BOMBS[number % len(BOMBS)].replace("9^", f"{number + 9}^", 1)
    gold = f"{text}+1" if number % 10 == 0 else "42"
    return math_item(f"bomb-{number}", gold, rf"So \boxed{{{text}}}.")


def test_every_other_item_is_right_and_in_time(start_service: Any) -> None:
    math = start_service("math", "--workers", "2")
    reward = start_service("reward", "--backends", math.address)
    items = [good(number) for number in range(ITEMS - 60)]
    for number in range(50):
        items.insert(97 * (number + 1), bomb(number))
    for number, item in enumerate(BAD):
        items.insert(211 * (number + 1), item)
    assert len(items) == ITEMS
    options = [("grpc.max_receive_message_length", -1)]
    began = time.monotonic()
    with grpc.insecure_channel(reward.address, options) as channel:
        stub = VerifierServiceStub(channel)
        verdicts = stub.VerifyBatch(VerifyBatchRequest(items=items), timeout=SECONDS).verdicts
    assert time.monotonic() - began < SECONDS
    assert [verdict.id for verdict in verdicts] == [item.id for item in items]
    bad_ids = {id(item) for item in BAD}
    for item, verdict in zip(items, verdicts, strict=True):
        if id(item) in bad_ids:
            assert verdict.reason == REASON_INVALID_ITEM, item.id[:20]
            assert not verdict.HasField("reward")
        elif item.id.startswith("bomb"):
            assert verdict.outcome != OUTCOME_CORRECT
        else:
            assert verdict.reward == float(int(item.id) % 5 != 0), item.id
