"""Whether the conclusion of a trace is the gold, by the math verifier."""

from __future__ import annotations

from veridical.math import (
    Comparison,
    Decision,
    Extraction,
    MathPolicy,
    MathReason,
    Outcome,
    conclude,
    decide,
)
from veridical.math.worker import compare
from veridical.proof.trace import GoldMatch

_EXPLICIT = (
    Extraction.BOXED,
    Extraction.HASHES,
    Extraction.ANSWER_TAGS,
    Extraction.FINAL_ANSWER,
    Extraction.ANSWER_LINE,
)
_MAX_SHOWN = 200
"""Characters of a conclusion or a gold in a note."""
_POLICY = MathPolicy(extraction=_EXPLICIT)
_ANYWHERE = MathPolicy()
_MATCHES = {
    Outcome.CORRECT: GoldMatch.EQUAL,
    Outcome.INCORRECT: GoldMatch.UNEQUAL,
    Outcome.UNDECIDED: GoldMatch.OPEN,
}


def gold_match(gold: str, response: str, conclusion: str) -> tuple[GoldMatch, str]:
    """Say whether a response ends in the gold, and why not.

    Args:
        gold: The expected conclusion, empty for none.
        response: The whole trace.
        conclusion: Its last claim, which counts where the response commits to no answer; empty for none.
    """
    if not gold:
        return GoldMatch.ABSENT, ""
    decision = _decided(gold, response, _POLICY)
    if decision.reason is MathReason.NO_ANSWER and conclusion:
        decision = _decided(gold, rf"\boxed{{{conclusion}}}", _POLICY)
    elif decision.reason is MathReason.NO_ANSWER:
        decision = _decided(gold, response, _ANYWHERE)
    return _MATCHES[decision.outcome], _why(decision, gold)


def _decided(gold: str, response: str, policy: MathPolicy) -> Decision:
    found = decide(gold, response, policy, truncated=False)
    return conclude(found, compare(found.request)) if isinstance(found, Comparison) else found


def _why(decision: Decision, gold: str) -> str:
    if decision.outcome is Outcome.CORRECT:
        return ""
    extracted = decision.evidence.extracted.strip()
    if decision.outcome is Outcome.INCORRECT and extracted:
        return f"the conclusion is {extracted[:_MAX_SHOWN]}, the gold {gold[:_MAX_SHOWN]}"
    told = decision.reason.value.replace("_", " ")
    return f"{told}: {decision.detail}" if decision.detail else told
