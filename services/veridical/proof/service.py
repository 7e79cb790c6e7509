"""The proof verifier: messages of the contract to the domain and back."""

from __future__ import annotations

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_INCORRECT
from veridical.api.v1.task_pb2 import Outcome as OutcomeMessage
from veridical.api.v1.verdict_pb2 import REASON_RESPONSE_TOO_LARGE, Reason, Verdict, VerifierInfo
from veridical.proof.messages import read_item
from veridical.proof.metrics import ProofMetrics
from veridical.proof.settings import ProofSettings
from veridical.proof.steps import MAX_STEPS
from veridical.proof.trace import Report, TraceRequest
from veridical.proof.verdict.reward import Outcome, ProofReason, RewardPolicy, judge
from veridical.proof.workers import worker_spec
from veridical.serving.identity import identify, library_versions
from veridical.serving.metrics import ServerMetrics
from veridical.serving.pooled import Asked, PooledVerifier
from veridical.serving.verdicts import new_verdict
from veridical.serving.verifier import Description, Work

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


class ProofVerifier(PooledVerifier[TraceRequest, Report, RewardPolicy]):
    """Decides proof tasks: has pool workers check traces."""

    kinds = ("proof",)

    def __init__(self, settings: ProofSettings, metrics: ServerMetrics, info: VerifierInfo) -> None:
        super().__init__(worker_spec(), settings, metrics, info)
        self._found = ProofMetrics(metrics.registry)

    def describe(self) -> Description:
        """Library versions and policy defaults."""
        return Description(libraries=library_versions(_LIBRARIES), defaults=_DEFAULTS)

    def read(self, work: Work) -> Verdict | Asked[TraceRequest, RewardPolicy]:
        """Segments a response; gives the verdict on one with too many steps.

        Raises:
            InvalidArgument: The item breaks the contract.
        """
        asked = read_item(work.item, work.task.proof)
        if len(asked.request.steps) <= MAX_STEPS:
            return Asked(asked.request, asked.policy)
        detail = f"more than {MAX_STEPS} steps"
        return new_verdict(
            work.item, OUTCOME_INCORRECT, REASON_RESPONSE_TOO_LARGE, detail, verifier=self.info
        )

    def conclude(
        self, item: Item, asked: Asked[TraceRequest, RewardPolicy], answer: Report
    ) -> Verdict:
        """The verdict that a report means under the item's policy."""
        self._found.observe(answer)
        judgement = judge(answer.result, asked.state)
        verdict = new_verdict(
            item,
            _OUTCOMES[judgement.outcome],
            _REASONS[judgement.reason],
            judgement.detail,
            verifier=self.info,
        )
        verdict.proof.ParseFromString(answer.evidence)
        if answer.result.score is not None:
            verdict.score = answer.result.score
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
