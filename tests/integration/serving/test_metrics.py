"""What a running server exports."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import pytest

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import math_item

MIX = [
    math_item("1", "2", "2"),
    math_item("2", "2", "3"),
    math_item("3", "2", "4"),
    math_item("4", "", "4"),
    math_item("5", r"\frac{x}{2}+1", r"\frac{x+2}{2}"),
    Item(id="6"),
]
EXPECTED = {
    ("math", "correct", "equal"): 2,
    ("math", "incorrect", "not_equal"): 2,
    ("math", "undecided", "gold_unparsable"): 1,
    ("none", "undecided", "invalid_item"): 1,
}


def test_counts_are_right_after_a_known_mix(
    math: Any, math_metrics_port: int, metric: Callable[..., float]
) -> None:
    def counts() -> list[float]:
        read = [
            metric(
                math_metrics_port, "veridical_verdicts_total", **dict(zip(names, key, strict=True))
            )
            for key in EXPECTED
        ]
        calls = {"grpc_method": "VerifyBatch", "grpc_code": "OK", "grpc_type": "unary"}
        read.append(metric(math_metrics_port, "grpc_server_handled_total", **calls))
        for stage in ("server", "queue", "run"):
            read.append(metric(math_metrics_port, "veridical_verify_seconds_count", stage=stage))
        return read

    names = ("kind", "outcome", "reason")
    before = counts()
    math.VerifyBatch(VerifyBatchRequest(items=MIX))
    grown = [now - then for now, then in zip(counts(), before, strict=True)]
    assert grown == [*EXPECTED.values(), 1, 4, 1, 1]


def test_workers_queue_and_build_are_there(
    math: Any, math_metrics_port: int, metric: Callable[..., float]
) -> None:
    def workers(state: str) -> float:
        return metric(math_metrics_port, "veridical_workers", verifier="math", state=state)

    assert sum(workers(state) for state in ("starting", "idle", "busy")) >= 1
    with urlopen(f"http://127.0.0.1:{math_metrics_port}/metrics") as response:
        text = response.read().decode()
    for state in ("starting", "idle", "busy"):
        assert f'veridical_workers{{state="{state}",verifier="math"}}' in text
    assert 'veridical_queue_depth{verifier="math"} 0.0' in text
    assert 'veridical_items_in_flight{verifier="math"} 0.0' in text
    assert 'veridical_build_info{verifier="math",version="' in text


@pytest.mark.system
def test_promtool_finds_nothing_to_complain_of(math: Any, math_metrics_port: int) -> None:
    math.VerifyBatch(VerifyBatchRequest(items=MIX))
    with urlopen(f"http://127.0.0.1:{math_metrics_port}/metrics") as response:
        text = response.read()
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
