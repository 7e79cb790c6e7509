"""The proof verifier: messages of the contract to the domain and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_INCORRECT
from veridical.api.v1.task_pb2 import Outcome as OutcomeMessage
from veridical.api.v1.verdict_pb2 import (
    REASON_OVERLOADED,
    REASON_RESPONSE_TOO_LARGE,
    Reason,
    Timings,
    Verdict,
    VerifierInfo,
)
from veridical.proof.messages import ProofItem, read_item
from veridical.proof.metrics import ProofMetrics
from veridical.proof.settings import ProofSettings
from veridical.proof.steps import MAX_STEPS
from veridical.proof.trace import Report, TraceRequest
from veridical.proof.verdict.reward import Outcome, ProofReason, RewardPolicy, judge
from veridical.proof.workers import worker_spec
from veridical.serving.call import current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.fairness.turns import TURN
from veridical.serving.identity import identify, library_versions
from veridical.serving.metrics import ServerMetrics
from veridical.serving.pool import Answered, Fault, PoolFull, WorkerPool
from veridical.serving.verdicts import (
    FAULT_REASONS,
    defective_item,
    invalid_item,
    new_verdict,
    undecided,
)
from veridical.serving.verifier import Description, Settle, Work

_LIBRARIES = ("latex2sympy2_extended", "math-verify", "mpmath", "sympy", "z3-solver")
_DEFAULTS = {
    "format": "auto",
    "domain": "real",
    "accept": RewardPolicy().accept.value,
    "min_coverage": f"{RewardPolicy().min_coverage:g}",
    "below_coverage": RewardPolicy().below_coverage.value,
}
"""What a field left at its default means, for Describe."""

_OUTCOMES = {outcome: OutcomeMessage.Value(f"OUTCOME_{outcome.name}") for outcome in Outcome}
_REASONS = {reason: Reason.Value(f"REASON_{reason.name}") for reason in ProofReason}


@dataclass(frozen=True, slots=True)
class _Pending:
    """An item whose trace a worker must check."""

    place: int
    item: Item
    asked: ProofItem


class ProofVerifier:
    """Decides proof tasks: has pool workers check traces, equal ones of a call once."""

    kinds = ("proof",)

    def __init__(self, settings: ProofSettings, metrics: ServerMetrics, info: VerifierInfo) -> None:
        self.info = info
        self._pool = WorkerPool(worker_spec(), settings.pool_limits(), metrics)
        self._queue = metrics.stage("queue")
        self._run = metrics.stage("run")
        self._found = ProofMetrics(metrics.registry)

    def takes(self, kind: str) -> bool:
        """Whether it is proof."""
        return kind in self.kinds

    @property
    def ready(self) -> bool:
        """Whether workers are warm."""
        return self._pool.warm

    def describe(self) -> Description:
        """Library versions and policy defaults."""
        return Description(libraries=library_versions(_LIBRARIES), defaults=_DEFAULTS)

    async def start(self) -> None:
        """Warms the workers."""
        await self._pool.start()

    async def close(self) -> None:
        """Ends the workers."""
        await self._pool.close()

    async def verify(self, work: Sequence[Work], settle: Settle) -> None:
        """Tells `settle` the verdict on each item as it comes."""
        call = current_call.get()
        until = call.work_until(len(work))
        alike: dict[TraceRequest, list[_Pending]] = {}
        for place, each in enumerate(work):
            if place % TURN == 0:
                await call.take_turn(place, len(work))
            found = self._read_safely(place, each)
            if isinstance(found, _Pending):
                alike.setdefault(found.asked.request, []).append(found)
            else:
                settle(place, found)
        if alike:
            await self._check(alike, until, settle)

    def _read_safely(self, place: int, work: Work) -> Verdict | _Pending:
        """Keeps a defect that an item shows to that item."""
        try:
            return self._read(place, work)
        except Exception:
            return defective_item(work.item, self.info)

    def _read(self, place: int, work: Work) -> Verdict | _Pending:
        """Reads an item; gives the verdict on one that breaks the contract or has too many steps."""
        item = work.item
        try:
            asked = read_item(item, work.task.proof)
        except InvalidArgument as error:
            return invalid_item(item, error, self.info)
        if len(asked.request.steps) <= MAX_STEPS:
            return _Pending(place, item, asked)
        detail = f"more than {MAX_STEPS} steps"
        return new_verdict(
            item, OUTCOME_INCORRECT, REASON_RESPONSE_TOO_LARGE, detail, verifier=self.info
        )

    async def _check(
        self, alike: dict[TraceRequest, list[_Pending]], until: float, settle: Settle
    ) -> None:
        """Has workers check traces while there is time."""
        requests = list(alike)

        def conclude(number: int, outcome: Answered[Report] | Fault) -> None:
            for each in alike[requests[number]]:
                settle(each.place, self._conclude_safely(each, outcome))

        left = max(0.0, until - asyncio.get_running_loop().time())
        try:
            caller = current_call.get().caller
            await self._pool.run_each(requests, conclude, within_seconds=left, owner=caller)
        except PoolFull as error:
            for each in (each for group in alike.values() for each in group):
                settle(each.place, undecided(each.item, REASON_OVERLOADED, str(error), self.info))

    def _conclude_safely(self, pending: _Pending, outcome: Answered[Report] | Fault) -> Verdict:
        """Keeps a defect that an item shows to that item."""
        try:
            return self._conclude(pending, outcome)
        except Exception:
            return defective_item(pending.item, self.info)

    def _conclude(self, pending: _Pending, outcome: Answered[Report] | Fault) -> Verdict:
        timings = Timings(queue_seconds=outcome.queue_seconds, run_seconds=outcome.seconds)
        self._queue.observe(outcome.queue_seconds)
        self._run.observe(outcome.seconds)
        if isinstance(outcome, Fault):
            reason = FAULT_REASONS[outcome.kind]
            verdict = undecided(pending.item, reason, outcome.detail, self.info)
            verdict.timings.CopyFrom(timings)
            return verdict
        report = outcome.value
        result = report.result
        self._found.observe(report)
        judgement = judge(result, pending.asked.policy)
        verdict = new_verdict(
            pending.item,
            _OUTCOMES[judgement.outcome],
            _REASONS[judgement.reason],
            judgement.detail,
            verifier=self.info,
            timings=timings,
        )
        verdict.proof.ParseFromString(report.evidence)
        if result.score is not None:
            verdict.score = result.score
        return verdict


def proof_info(settings: ProofSettings) -> VerifierInfo:
    """The identity of a proof verifier with these settings."""
    limits = settings.model_dump(
        include={"cpu_seconds", "wall_seconds", "memory_mib", "max_response_bytes"}
    )
    # Verdicts rest on the reader and the comparison of the math package as well.
    limits["math"] = identify("math", "veridical.math", {}, {}).fingerprint
    return identify(
        "proof", "veridical.proof", library_versions(_LIBRARIES), {**limits, **_DEFAULTS}
    )
