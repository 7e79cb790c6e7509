"""What a worker says of a trace, and what is left for the server to do with it."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest

from veridical.api.v1 import proof_pb2, task_pb2
from veridical.api.v1.item_pb2 import Item, Trace
from veridical.api.v1.verdict_pb2 import (
    REASON_RESPONSE_TOO_LARGE,
    REASON_VERIFIER_CRASHED,
    Verdict,
)
from veridical.proof.check import check_trace
from veridical.proof.messages import evidence
from veridical.proof.service import ProofVerifier, proof_info
from veridical.proof.settings import ProofSettings
from veridical.proof.steps import MAX_STEPS
from veridical.proof.trace import Report, TraceRequest
from veridical.proof.worker import report_on
from veridical.serving.call import Call, current_call
from veridical.serving.metrics import ServerMetrics
from veridical.serving.verifier import Work

LINEAR = TraceRequest("Solve $7x + 15 = 64$.", ("So $7x = 49$.", "Hence $x = 8$.", "Done."))
SECRET = "tangerine"
MOST_SECONDS = 0.05


def test_a_report_says_what_the_check_found() -> None:
    report, result = report_on(LINEAR), check_trace(LINEAR)
    assert sum(report.steps.values()) == len(result.steps)
    assert (report.result.first_error, report.result.steps) == (1, ())
    assert proof_pb2.ProofEvidence.FromString(report.evidence) == evidence(result)
    assert report_on(LINEAR) == report


@pytest.mark.slow
def test_the_report_on_a_long_trace_keeps_the_server_for_a_moment_only() -> None:
    steps = tuple(f"We have $q_{{{n}}}$ apples, so ${n} + 1 = {n + 1}$." for n in range(10_000))
    sent = msgspec.msgpack.encode(report_on(TraceRequest("Solve $7x = 49$.", steps)))
    start = time.thread_time()
    report = msgspec.msgpack.decode(sent, type=Report)
    verdict = Verdict()
    verdict.proof.ParseFromString(report.evidence)
    assert time.thread_time() - start < MOST_SECONDS
    assert len(verdict.proof.steps) == len(steps)


@pytest.fixture
def verifier() -> ProofVerifier:
    settings = ProofSettings()
    info = proof_info(settings)
    return ProofVerifier(settings, ServerMetrics(info.name, info.version), info)


def test_a_defect_in_reading_an_item_spoils_that_item_alone_and_names_none_of_its_text(
    verifier: ProofVerifier,
) -> None:
    task = task_pb2.Task(proof=proof_pb2.ProofTask(problem=SECRET))
    long = Item(id="long", trace=Trace(steps=[SECRET] * (MAX_STEPS + 1)))
    # A work without its task is what no caller can send: reading it is a defect of ours.
    broken = Work(Item(id="broken", response=SECRET), None, "proof")  # type: ignore[arg-type]
    found = verdicts(verifier, [broken, Work(long, task, "proof")])
    assert [found[0].id, found[1].id] == ["broken", "long"]
    assert (found[0].reason, found[0].HasField("reward")) == (REASON_VERIFIER_CRASHED, False)
    assert found[0].detail.startswith("internal error ")
    assert SECRET not in found[0].detail
    assert found[1].reason == REASON_RESPONSE_TOO_LARGE


def verdicts(verifier: ProofVerifier, work: list[Work]) -> dict[int, Verdict]:
    found: dict[int, Verdict] = {}

    async def call() -> None:
        until = asyncio.get_running_loop().time() + 60.0
        current_call.set(Call("/test", None, None, deadline=until))  # type: ignore[arg-type]
        await verifier.verify(work, found.__setitem__)

    asyncio.run(call())
    return found
