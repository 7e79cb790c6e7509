"""What a server process writes: JSON lines, and nothing of what callers sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyRequest
from veridical.api.v1.verifier_pb2_grpc import VerifierServiceStub
from veridical.client import math_item

SECRET = "zanzibar"


def test_log_lines_are_json_and_hold_nothing_of_the_items(
    start_service: Any, connect: Callable[[str], grpc.Channel]
) -> None:
    service = start_service(
        "math", "--workers", "1", "--cpu-seconds", "0.5", "--log-level", "debug"
    )
    stub = VerifierServiceStub(connect(service.address))
    texts = [
        SECRET,
        rf"\boxed{{{SECRET}}}",
        rf"\boxed{{\frac{{x}}{{2}} + {SECRET}}}",
        rf"\boxed{{\{SECRET}{{\left(}}}}",
        rf"\boxed{{\begin{{matrix}} {SECRET} & \end{{cases}}}}",
    ]
    items = [
        math_item(f"{SECRET}-{i}-{j}", gold, text, prompt=SECRET, labels={SECRET: SECRET})
        for i, gold in enumerate([*texts, rf"\frac{{{SECRET}}}{{3}}"])
        for j, text in enumerate(texts)
    ]
    stub.VerifyBatch(VerifyBatchRequest(items=items))
    with pytest.raises(grpc.RpcError):
        stub.Verify(VerifyRequest(item=math_item("", SECRET, SECRET)))
    assert service.stop() == 0
    lines = service.log.read_text().splitlines()
    parsed = [json.loads(line) for line in lines]
    messages = [line["message"] for line in parsed if line["level"] == "info"]
    assert (messages[0], messages[-1]) == ("serving", "stopped")
    calls = [line for line in parsed if line["message"] == "call"]
    codes = {line["method"].rpartition("/")[2]: line["code"] for line in calls}
    assert codes == {"Check": "OK", "VerifyBatch": "OK", "Verify": "INVALID_ARGUMENT"}
    assert SECRET not in service.log.read_text()
