"""Math answers: extraction from a response, and equality with a gold answer.

`decide` runs in the server and settles what is cheap; what it cannot settle comes back as a
`Comparison`, whose request goes to `veridical.math.worker:compare` in a killable worker and whose
result `conclude` turns into a `Decision`.
"""

from __future__ import annotations

from veridical.math.decide import conclude, decide
from veridical.math.decision import (
    CompareRequest,
    CompareResult,
    Comparison,
    Decision,
    MathEvidence,
    MathReason,
    MathRule,
    Outcome,
    RefutingPoint,
)
from veridical.math.policy import Extraction, MathPolicy, OrderPolicy, PercentPolicy, UnitPolicy

__all__ = [
    "CompareRequest",
    "CompareResult",
    "Comparison",
    "Decision",
    "Extraction",
    "MathEvidence",
    "MathPolicy",
    "MathReason",
    "MathRule",
    "OrderPolicy",
    "Outcome",
    "PercentPolicy",
    "RefutingPoint",
    "UnitPolicy",
    "conclude",
    "decide",
]
