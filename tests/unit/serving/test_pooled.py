"""Verifiers with a worker pool: what becomes of an item before, in and behind its worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, Task
from veridical.api.v1.verdict_pb2 import (
    REASON_EQUAL,
    REASON_INVALID_ITEM,
    REASON_OVERLOADED,
    REASON_VERIFIER_CRASHED,
    Verdict,
    VerifierInfo,
)
from veridical.serving.call import Call, current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.metrics import ServerMetrics
from veridical.serving.pool import WorkerSpec
from veridical.serving.pooled import Asked, PooledSettings, PooledVerifier
from veridical.serving.verdicts import new_verdict
from veridical.serving.verifier import Description, Work

TARGETS = Path(__file__).parents[2] / "support"
INFO = VerifierInfo(name="acts", version="1")


class Acts(PooledVerifier[str, str, str]):
    """Has workers do what responses say; prompts say what else is to happen."""

    kinds = ("math",)

    def __init__(self, settings: PooledSettings) -> None:
        spec = WorkerSpec("pool_targets:act", str, str)
        super().__init__(spec, settings, ServerMetrics(INFO.name, INFO.version), INFO)

    def describe(self) -> Description:
        return Description()

    def read(self, work: Work) -> Verdict | Asked[str, str]:
        prompt = work.item.prompt
        if prompt == "broken contract":
            raise InvalidArgument("prompt", "is not to be so")
        if prompt == "defect before":
            raise RuntimeError("tangerine")
        return Asked(work.item.response, prompt)

    def conclude(self, item: Item, asked: Asked[str, str], answer: str) -> Verdict:
        if asked.state == "defect behind":
            raise RuntimeError("tangerine")
        return new_verdict(item, OUTCOME_CORRECT, REASON_EQUAL, answer, verifier=INFO)


def judged(settings: PooledSettings, items: Sequence[Item]) -> dict[str, Verdict]:
    """The verdicts by id, each of which must come once."""
    found: dict[int, Verdict] = {}

    def settle(place: int, verdict: Verdict) -> None:
        assert place not in found
        found[place] = verdict

    async def call() -> None:
        verifier = Acts(settings)
        await verifier.start()
        until = asyncio.get_running_loop().time() + 60.0
        current_call.set(Call("/test", None, None, deadline=until))  # type: ignore[arg-type]
        try:
            await verifier.verify([Work(item, Task(), "math") for item in items], settle)
        finally:
            await verifier.close()

    asyncio.run(call())
    assert sorted(found) == list(range(len(items)))
    assert [found[place].id for place in sorted(found)] == [item.id for item in items]
    return {verdict.id: verdict for verdict in found.values()}


@pytest.fixture(autouse=True)
def _targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{TARGETS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


def test_what_goes_wrong_with_an_item_touches_no_other() -> None:
    items = [
        Item(id="good", response="echo"),
        Item(id="contract", response="echo", prompt="broken contract"),
        Item(id="before", response="echo", prompt="defect before"),
        Item(id="crash", response="exit"),
        Item(id="behind", response="echo", prompt="defect behind"),
        Item(id="alike", response="echo"),
    ]
    found = judged(PooledSettings(workers=1), items)
    assert [found[name].reason for name in ("good", "alike")] == [REASON_EQUAL] * 2
    assert found["contract"].reason == REASON_INVALID_ITEM
    assert found["contract"].detail.startswith("prompt")
    for name in ("before", "crash", "behind"):
        assert (found[name].reason, found[name].HasField("reward")) == (
            REASON_VERIFIER_CRASHED,
            False,
        )
        assert "tangerine" not in found[name].detail
    assert found["good"].timings.run_seconds > 0


def test_equal_requests_of_a_call_are_asked_once() -> None:
    items = [Item(id=str(number), response="look at the clock") for number in range(20)]
    found = judged(PooledSettings(workers=2), items)
    assert len({verdict.detail for verdict in found.values()}) == 1


def test_what_finds_no_room_in_the_queue_is_undecided() -> None:
    items = [Item(id=str(number), response=f"echo {number}") for number in range(20)]
    found = judged(PooledSettings(workers=1, queue_items=4), items)
    assert {verdict.reason for verdict in found.values()} == {REASON_OVERLOADED}
