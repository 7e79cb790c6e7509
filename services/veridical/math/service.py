"""The math verifier: messages of the contract to the domain and back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from veridical.api.v1 import math_pb2
from veridical.api.v1.item_pb2 import FINISH_REASON_ABORT, FINISH_REASON_LENGTH, Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Outcome as OutcomeMessage
from veridical.api.v1.verdict_pb2 import Reason, Verdict, VerifierInfo
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
from veridical.serving.errors import InvalidArgument
from veridical.serving.identity import identify, library_versions
from veridical.serving.items import longer_than, response_text
from veridical.serving.metrics import ServerMetrics
from veridical.serving.pool import Fault
from veridical.serving.pooled import Asked, PooledVerifier
from veridical.serving.verdicts import new_verdict
from veridical.serving.verifier import Description, Work

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
    """What the verdict on a comparison takes besides its result."""

    comparison: Comparison
    policy: _Policy


class MathVerifier(PooledVerifier[CompareRequest, CompareResult, _Pending]):
    """Decides math tasks: what is cheap on the event loop, the rest in pool workers."""

    kinds = ("math",)

    def __init__(self, settings: MathSettings, metrics: ServerMetrics, info: VerifierInfo) -> None:
        super().__init__(worker_spec(), settings, metrics, info)
        self._in_server = metrics.stage("server")

    def describe(self) -> Description:
        """Library versions and policy defaults."""
        return Description(libraries=library_versions(_LIBRARIES), defaults=_DEFAULTS)

    def read(self, work: Work) -> Verdict | Asked[CompareRequest, _Pending]:
        """Decides what takes no symbolic comparison.

        Raises:
            InvalidArgument: The task breaks the contract.
        """
        start = time.perf_counter()
        task = work.task.math
        policy = _policy_of(task)
        if longer_than(task.gold, _MAX_GOLD_BYTES):
            raise InvalidArgument("task.math.gold", f"longer than {_MAX_GOLD_BYTES} bytes")
        truncated = work.item.finish_reason in _CUT_OFF
        found = decide(
            task.gold,
            response_text(work.item),
            policy.domain,
            truncated=truncated,
            prompt=work.item.prompt,
        )
        if isinstance(found, Comparison):
            return Asked(found.request, _Pending(found, policy))
        self._in_server.observe(time.perf_counter() - start)
        return self._verdict(work.item, found, policy)

    def conclude(
        self, item: Item, asked: Asked[CompareRequest, _Pending], answer: CompareResult
    ) -> Verdict:
        """The verdict that a comparison's result means."""
        return self._verdict(item, conclude(asked.state.comparison, answer), asked.state.policy)

    def on_fault(self, item: Item, asked: Asked[CompareRequest, _Pending], fault: Fault) -> Verdict:
        """Tells, beside the reason, what was to be compared."""
        verdict = super().on_fault(item, asked, fault)
        verdict.math.CopyFrom(_evidence(asked.state.comparison.evidence, asked.state.policy))
        return verdict

    def _verdict(self, item: Item, decision: Decision, policy: _Policy) -> Verdict:
        return new_verdict(
            item,
            _OUTCOMES[decision.outcome],
            _REASONS[decision.reason],
            decision.detail,
            verifier=self.info,
            math=_evidence(decision.evidence, policy),
        )


def math_info(settings: MathSettings) -> VerifierInfo:
    """The identity of a math verifier with these settings."""
    limits = settings.model_dump(
        include={"cpu_seconds", "wall_seconds", "memory_mib", "max_response_bytes"}
    )
    return identify("math", "veridical.math", library_versions(_LIBRARIES), {**limits, **_DEFAULTS})


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
