"""Backends that are away, refuse, or answer nonsense: never a wrong reward, never too late."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from veridical.api.v1.code_pb2 import CodeTask
from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_UNDECIDED, Task
from veridical.api.v1.verdict_pb2 import (
    REASON_BACKEND_UNAVAILABLE,
    REASON_EQUAL,
    REASON_OVERLOADED,
    Verdict,
)
from veridical.api.v1.verifier_pb2 import (
    VerifyBatchRequest,
    VerifyBatchResponse,
    VerifyRequest,
    VerifyStreamRequest,
)
from veridical.client import math_item

pytestmark = pytest.mark.slow

Start = Callable[..., Any]
BATCH = VerifyBatchRequest(items=[math_item(str(i), str(i), str(i)) for i in range(5)])
CORRECT = {"outcome": OUTCOME_CORRECT, "reward": 1.0, "reason": REASON_EQUAL}


def correct(*ids: str) -> VerifyBatchResponse:
    return VerifyBatchResponse(verdicts=[Verdict(id=each, **CORRECT) for each in ids])  # type: ignore[arg-type]


ODD_IDS = {
    "none": [],
    "too few": list("0123"),
    "out of order": list("10234"),
    "repeated": list("00000"),
    "too many": list("012345"),
    "without ids": [""] * 5,
}


def test_verdicts_of_other_items_are_never_taken(start: Start, odd: Any) -> None:
    ids: list[str] = []
    backend = odd(lambda request, context: correct(*ids))
    gateway = start("reward", "--backends", backend.address)
    for case, odd_ids in ODD_IDS.items():
        ids[:] = odd_ids
        asked = len(backend.requests)
        verdicts = gateway.stub.VerifyBatch(BATCH, timeout=1).verdicts
        assert [verdict.id for verdict in verdicts] == list("01234"), case
        for verdict in verdicts:
            said = (verdict.outcome, verdict.reason)
            assert said == (OUTCOME_UNDECIDED, REASON_BACKEND_UNAVAILABLE), case
            assert not verdict.HasField("reward")
        assert len(backend.requests) > asked + 1, case


def test_values_of_a_later_version_pass_through(start: Start, odd: Any) -> None:
    later = Verdict(id="0", outcome=OUTCOME_CORRECT, reward=1.0, reason=9999)  # type: ignore[arg-type]
    backend = odd(lambda request, context: VerifyBatchResponse(verdicts=[later]))
    gateway = start("reward", "--backends", backend.address)
    request = VerifyRequest(item=BATCH.items[0])
    assert gateway.stub.Verify(request, timeout=30).verdict.reason == 9999


@pytest.mark.parametrize(
    "code",
    [grpc.StatusCode.INTERNAL, grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNKNOWN],
)
def test_a_backend_that_fails_gives_no_rewards(
    start: Start, odd: Any, code: grpc.StatusCode
) -> None:
    backend = odd(lambda request, context: context.abort(code, "secret"))
    gateway = start("reward", "--backends", backend.address)
    verdicts = gateway.stub.VerifyBatch(BATCH, timeout=30).verdicts
    assert {verdict.reason for verdict in verdicts} == {REASON_BACKEND_UNAVAILABLE}
    assert not any(verdict.HasField("reward") for verdict in verdicts)
    assert "secret" not in verdicts[0].detail
    assert len(backend.requests) == 1


class Refusing:
    """Has no room for a number of calls; `pushback` is what it says of coming again."""

    def __init__(self, calls: int, pushback: str | None) -> None:
        self._left, self._pushback = calls, pushback

    def __call__(self, request: VerifyBatchRequest, context: Any) -> VerifyBatchResponse:
        self._left -= 1
        if self._left >= 0:
            if self._pushback is not None:
                context.set_trailing_metadata((("grpc-retry-pushback-ms", self._pushback),))
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "no room")
        return correct(*(item.id for item in request.items))


def test_a_full_backend_is_asked_again_when_it_says_so(start: Start, odd: Any) -> None:
    backend = odd(Refusing(2, "300"))
    gateway = start("reward", "--backends", backend.address)
    began = time.monotonic()
    verdicts = gateway.stub.VerifyBatch(BATCH, timeout=60).verdicts
    assert [verdict.reward for verdict in verdicts] == [1] * 5
    assert time.monotonic() - began >= 0.6
    assert len(backend.requests) == 3


@pytest.mark.parametrize("pushback", [None, "-1", "soon", ""])
def test_a_full_backend_is_not_asked_again_when_it_does_not_say_so(
    start: Start, odd: Any, pushback: str | None
) -> None:
    backend = odd(Refusing(1, pushback))
    gateway = start("reward", "--backends", backend.address)
    verdicts = gateway.stub.VerifyBatch(BATCH, timeout=30).verdicts
    assert {verdict.reason for verdict in verdicts} == {REASON_OVERLOADED}
    assert not any(verdict.HasField("reward") for verdict in verdicts)
    assert len(backend.requests) == 1


def test_a_full_math_server_is_asked_until_it_has_room(start: Start) -> None:
    """Its own refusal carries what the gateway looks for."""
    math = start("math", "--workers", "1", "--max-items-in-flight", "2")
    flags = ("--backends", math.service.address, "--backend-batch-items", "2")
    gateway = start("reward", *flags)
    items = [math_item(str(i), rf"\frac{{x}}{{2}}+{i}", rf"{i}+0.5x") for i in range(12)]
    verdicts = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items), timeout=60).verdicts
    assert [verdict.reward for verdict in verdicts] == [1] * 12
    assert math.metric("grpc_server_handled_total", grpc_code="RESOURCE_EXHAUSTED") > 0


@pytest.mark.parametrize("method", ["VerifyBatch", "VerifyStream"])
def test_a_backend_gets_no_more_in_a_call_than_it_takes(start: Start, method: str) -> None:
    few = start("math", "--workers", "1", "--max-batch-items", "3")
    little = start("math", "--workers", "1", "--max-message-bytes", "20000")
    both = f"{few.service.address},{little.service.address}"
    gateway = start("reward", "--backends", both)
    items = [math_item(str(i), str(i), "x" * 6000 + rf"\boxed{{{i}}}") for i in range(50)]
    if method == "VerifyBatch":
        verdicts = gateway.stub.VerifyBatch(VerifyBatchRequest(items=items), timeout=60).verdicts
    else:
        request = VerifyStreamRequest(items=items)
        responses = gateway.stub.VerifyStream(iter([request]), timeout=60)
        verdicts = [verdict for response in responses for verdict in response.verdicts]
    assert sorted(int(verdict.id) for verdict in verdicts) == list(range(50))
    assert {verdict.reward for verdict in verdicts} == {1}
    for backend in (few, little):
        assert backend.metric("veridical_verdicts_total", outcome="correct") > 10
        assert "RESOURCE_EXHAUSTED" not in backend.service.log.read_text()
        assert "INVALID_ARGUMENT" not in backend.service.log.read_text()


def test_a_backend_that_is_down_at_first_is_used_when_it_comes(
    start: Start, odd: Any, start_service: Any
) -> None:
    late = f"unix:{start_service.folder}/late.sock"
    gateway = start("reward", "--backends", f"{odd(kinds=['code']).address},{late}")
    call = gateway.stub.VerifyBatch.future(BATCH, timeout=90)
    with pytest.raises(grpc.FutureTimeoutError):
        call.result(1)
    start_service("math", "--workers", "1", address=late)
    assert [verdict.reward for verdict in call.result().verdicts] == [1] * 5


def test_a_backend_that_stays_away_costs_its_own_items(
    start: Start, odd: Any, start_service: Any
) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", f"{math.service.address},{odd(kinds=['code']).address}")
    assert gateway.stub.VerifyBatch(BATCH).verdicts[0].reward == 1
    math.service.stop(signal.SIGKILL)
    code = Item(id="c", response="x", task=Task(code=CodeTask()))
    fresh = [math_item(f"f{i}", str(i), f"{i}.") for i in range(3)]
    began = time.monotonic()
    verdicts = gateway.stub.VerifyBatch(
        VerifyBatchRequest(items=[fresh[0], code, *fresh[1:]]), timeout=4
    ).verdicts
    assert time.monotonic() - began < 4
    assert verdicts[1].reward == 1
    lost = [verdicts[0], *verdicts[2:]]
    assert {verdict.reason for verdict in lost} == {REASON_BACKEND_UNAVAILABLE}
    assert not any(verdict.HasField("reward") for verdict in lost)


def test_a_backend_without_room_at_the_end_of_time_is_overloaded(start: Start, odd: Any) -> None:
    backend = odd(Refusing(1000, "50"))
    gateway = start("reward", "--backends", backend.address)
    verdicts = gateway.stub.VerifyBatch(BATCH, timeout=2).verdicts
    assert {verdict.reason for verdict in verdicts} == {REASON_OVERLOADED}


def test_a_backend_that_was_never_there_is_told_once() -> None:
    command = [sys.executable, "-m", "veridical.reward", "--listen", "127.0.0.1:0"]
    command += ["--backends", "unix:/nonexistent/math.sock"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as gateway:
        assert gateway.stderr is not None
        told = json.loads(gateway.stderr.readline())
        gateway.terminate()
        rest = gateway.stderr.read()
    assert (told["level"], told["message"]) == ("warning", "backend cannot be reached")
    assert told["backend"] == "unix:/nonexistent/math.sock"
    assert "cannot be reached" not in rest


def test_one_call_that_breaks_off_is_no_lost_backend(start: Start, odd: Any) -> None:
    """As where a connection ends of age just as it is used."""

    def answer(request: VerifyBatchRequest, context: Any) -> VerifyBatchResponse:
        if len(backend.requests) == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "goaway")
        return correct(*(item.id for item in request.items))

    backend = odd(answer)
    gateway = start("reward", "--backends", backend.address)
    assert [each.reward for each in gateway.stub.VerifyBatch(BATCH).verdicts] == [1] * 5
    assert len(backend.requests) == 2
    assert warnings_of(gateway) == []


def test_a_backend_that_went_is_told_once(start: Start) -> None:
    math = start("math", "--workers", "1")
    gateway = start("reward", "--backends", math.service.address)
    math.service.stop(signal.SIGKILL)
    until = time.monotonic() + 30
    while not warnings_of(gateway) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.6)
    (told,) = warnings_of(gateway)
    assert (told["message"], told["backend"]) == ("backend lost", math.service.address)


def warnings_of(gateway: Any) -> list[dict[str, str]]:
    """The lines of the gateway's log that say more than how it goes."""
    lines = gateway.service.log.read_text().splitlines()
    return [told for line in lines if (told := json.loads(line))["level"] != "info"]
