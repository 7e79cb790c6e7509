"""The math verifier: messages of the contract to the domain and back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from veridical.api.v1 import math_pb2
from veridical.api.v1.item_pb2 import FINISH_REASON_ABORT, FINISH_REASON_LENGTH, Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Outcome as OutcomeMessage
from veridical.api.v1.verdict_pb2 import (
    REASON_OVERLOADED,
    Reason,
    Timings,
    Verdict,
    VerifierInfo,
)
from veridical.math import (
    CompareRequest,
    CompareResult,
    Comparison,
    Decision,
    Extraction,
    MathEvidence,
    MathPolicy,
    MathReason,
    OrderPolicy,
    Outcome,
    PercentPolicy,
    RefutingPoint,
    UnitPolicy,
    conclude,
    decide,
)
from veridical.math.settings import MathSettings
from veridical.math.workers import worker_spec
from veridical.serving.call import current_call
from veridical.serving.errors import InvalidArgument
from veridical.serving.fairness.turns import TURN
from veridical.serving.identity import identify, library_versions
from veridical.serving.items import longer_than
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

E = TypeVar("E", bound=Enum)

_LIBRARIES = ("latex2sympy2_extended", "math-verify", "mpmath", "sympy")
_MAX_GOLD_BYTES = 65_536
_MAX_SHOWN = 1024
_CUT_OFF = (FINISH_REASON_LENGTH, FINISH_REASON_ABORT)

_DEFAULTS = {
    "percent": PercentPolicy.VALUE.value,
    "units": UnitPolicy.OPTIONAL.value,
    "order": OrderPolicy.BY_FORM.value,
}
"""What a field left at its default means, for Describe."""


_EXTRACTIONS = {
    place: math_pb2.Extraction.Value(f"EXTRACTION_{place.name}") for place in Extraction
}
"""The contract's number for each place of extraction."""

_NOWHERE = math_pb2.EXTRACTION_UNSPECIFIED
"""The contract's number for no place."""

_OUTCOMES = {outcome: OutcomeMessage.Value(f"OUTCOME_{outcome.name}") for outcome in Outcome}
_REASONS = {reason: Reason.Value(f"REASON_{reason.name}") for reason in MathReason}


@dataclass(frozen=True, slots=True)
class _Policy:
    """A task's policy in both shapes: for the domain, and as evidence echoes it."""

    domain: MathPolicy
    echo: MathTask


@dataclass(frozen=True, slots=True)
class _Pending:
    """An item that a worker must compare."""

    place: int
    work: Work
    policy: _Policy
    comparison: Comparison


class MathVerifier:
    """Decides math tasks: what is cheap on the event loop, the rest in pool workers."""

    kinds = ("math",)

    def __init__(self, settings: MathSettings, metrics: ServerMetrics, info: VerifierInfo) -> None:
        self.info = info
        self._pool = WorkerPool(worker_spec(), settings.pool_limits(), metrics)
        self._in_server = metrics.stage("server")
        self._queue = metrics.stage("queue")
        self._run = metrics.stage("run")

    def takes(self, kind: str) -> bool:
        """Whether it is math."""
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
        pending: list[_Pending] = []
        for place, each in enumerate(work):
            if place % TURN == 0:
                await call.take_turn(place, len(work))
            found = self._decide_safely(place, each)
            if isinstance(found, _Pending):
                pending.append(found)
            else:
                settle(place, found)
        if pending:
            await self._compare(pending, until, settle)

    def _decide_safely(self, place: int, work: Work) -> Verdict | _Pending:
        """Keeps a defect that an item shows to that item."""
        try:
            return self._decide(place, work)
        except Exception:
            return defective_item(work.item, self.info)

    def _decide(self, place: int, work: Work) -> Verdict | _Pending:
        start = time.perf_counter()
        task = work.task.math
        try:
            policy = _policy_of(task)
            if longer_than(task.gold, _MAX_GOLD_BYTES):
                raise InvalidArgument("task.math.gold", f"longer than {_MAX_GOLD_BYTES} bytes")
        except InvalidArgument as error:
            return invalid_item(work.item, error, self.info)
        truncated = work.item.finish_reason in _CUT_OFF
        found = decide(
            task.gold,
            _text(work.item),
            policy.domain,
            truncated=truncated,
            prompt=work.item.prompt,
        )
        if isinstance(found, Comparison):
            return _Pending(place, work, policy, found)
        self._in_server.observe(time.perf_counter() - start)
        return self._verdict(work.item, found, policy)

    async def _compare(self, pending: Sequence[_Pending], until: float, settle: Settle) -> None:
        """Has workers compare what the server could not decide, equal pairs once, while there is time."""
        pairs: dict[CompareRequest, list[_Pending]] = {}
        for each in pending:
            pairs.setdefault(each.comparison.request, []).append(each)
        requests = list(pairs)

        def conclude_pair(number: int, outcome: Answered[CompareResult] | Fault) -> None:
            for each in pairs[requests[number]]:
                settle(each.place, self._conclude(each, outcome))

        left = max(0.0, until - asyncio.get_running_loop().time())
        try:
            caller = current_call.get().caller
            await self._pool.run_each(requests, conclude_pair, within_seconds=left, owner=caller)
        except PoolFull as error:
            for each in pending:
                item = each.work.item
                settle(each.place, undecided(item, REASON_OVERLOADED, str(error), self.info))

    def _conclude(self, pending: _Pending, outcome: Answered[CompareResult] | Fault) -> Verdict:
        item = pending.work.item
        timings = Timings(queue_seconds=outcome.queue_seconds, run_seconds=outcome.seconds)
        self._queue.observe(outcome.queue_seconds)
        self._run.observe(outcome.seconds)
        if isinstance(outcome, Fault):
            verdict = undecided(item, FAULT_REASONS[outcome.kind], outcome.detail, self.info)
            verdict.timings.CopyFrom(timings)
            verdict.math.CopyFrom(_evidence(pending.comparison.evidence, pending.policy))
            return verdict
        decision = conclude(pending.comparison, outcome.value)
        return self._verdict(item, decision, pending.policy, timings)

    def _verdict(
        self, item: Item, decision: Decision, policy: _Policy, timings: Timings | None = None
    ) -> Verdict:
        return new_verdict(
            item,
            _OUTCOMES[decision.outcome],
            _REASONS[decision.reason],
            decision.detail,
            verifier=self.info,
            math=_evidence(decision.evidence, policy),
            timings=timings,
        )


def math_info(settings: MathSettings) -> VerifierInfo:
    """The identity of a math verifier with these settings."""
    limits = settings.model_dump(
        include={"cpu_seconds", "wall_seconds", "memory_mib", "max_response_bytes"}
    )
    return identify("math", "veridical.math", library_versions(_LIBRARIES), {**limits, **_DEFAULTS})


def _text(item: Item) -> str:
    if item.WhichOneof("content") == "trace":
        return "\n\n".join(item.trace.steps)
    return item.response


def _evidence(evidence: MathEvidence, policy: _Policy) -> math_pb2.MathEvidence:
    found = evidence.extraction is not None
    return math_pb2.MathEvidence(
        extracted=evidence.extracted[:_MAX_SHOWN],
        answer_start=evidence.start if found else None,
        answer_end=evidence.end if found else None,
        extraction=_EXTRACTIONS[evidence.extraction] if evidence.extraction else _NOWHERE,
        gold_normal=evidence.gold_normal[:_MAX_SHOWN],
        answer_normal=evidence.answer_normal[:_MAX_SHOWN],
        rule=evidence.rule.value if evidence.rule else "",
        policy=policy.echo,
        refuting_point=_point(evidence.point),
    )


def _point(point: RefutingPoint | None) -> math_pb2.RefutingPoint | None:
    if point is None:
        return None
    return math_pb2.RefutingPoint(
        assignment=dict(point.variables),
        gold_value=point.gold_value,
        answer_value=point.answer_value,
    )


def _policy_of(task: MathTask) -> _Policy:
    """Reads the policy of a task, equal ones once.

    Raises:
        InvalidArgument: A field is out of its bounds.
    """
    return _policy(
        task.percent,
        task.units,
        task.order,
        task.rtol if task.HasField("rtol") else None,
        task.atol if task.HasField("atol") else None,
        task.ignore_variable_names,
        tuple(task.extraction),
    )


@lru_cache(maxsize=1024)
def _policy(
    percent: int,
    units: int,
    order: int,
    rtol: float | None,
    atol: float | None,
    ignore_variable_names: bool,
    extraction: tuple[int, ...],
) -> _Policy:
    if rtol is not None and not 0 <= rtol <= 1:
        raise InvalidArgument("task.math.rtol", "must be between 0 and 1")
    if atol is not None and not 0 <= atol < float("inf"):
        raise InvalidArgument("task.math.atol", "must be a finite number of at least 0")
    domain = MathPolicy(
        percent=_choice(PercentPolicy, "percent", percent or 1),
        units=_choice(UnitPolicy, "units", units or 1),
        order=_choice(OrderPolicy, "order", order or 1),
        rtol=rtol,
        atol=atol,
        ignore_variable_names=ignore_variable_names,
        extraction=tuple(_choice(Extraction, "extraction", place) for place in extraction),
    )
    return _Policy(domain, _echo(domain))


def _choice(kind: type[E], field: str, number: int) -> E:
    """The domain's member for a number of the contract, whose enums keep the same order."""
    members = list(kind)
    if not 1 <= number <= len(members):
        raise InvalidArgument(f"task.math.{field}", f"has no value {number}")
    return members[number - 1]


def _echo(policy: MathPolicy) -> MathTask:
    return MathTask(
        percent=math_pb2.PercentPolicy.Value(f"PERCENT_POLICY_{policy.percent.name}"),
        units=math_pb2.UnitPolicy.Value(f"UNIT_POLICY_{policy.units.name}"),
        order=math_pb2.OrderPolicy.Value(f"ORDER_POLICY_{policy.order.name}"),
        rtol=policy.rtol,
        atol=policy.atol,
        ignore_variable_names=policy.ignore_variable_names,
        extraction=[_EXTRACTIONS[place] for place in policy.extraction],
    )
