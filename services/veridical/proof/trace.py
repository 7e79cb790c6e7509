"""What is asked about a trace and what is answered, as plain data that a worker's channel can carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from veridical.proof.model import (
    ClaimVerdict,
    Domain,
    ErrorKind,
    Format,
    Method,
    OpenReason,
    Role,
    Warning,
)

NO_ERROR = -1
"""What `TraceResult.first_error` is where no step is wrong."""


class Validity(StrEnum):
    """Whether a whole proof holds."""

    VALID = "valid"
    INVALID = "invalid"
    UNDETERMINED = "undetermined"


class ValidityReason(StrEnum):
    """Why a proof is invalid, or why its validity is not known.

    The members up to NO_STEPS make it INVALID; those below leave it UNDETERMINED.
    """

    STEP_CONTRADICTED = "step_contradicted"
    STEP_NOT_ENTAILED = "step_not_entailed"
    PREMISE_NOT_GIVEN = "premise_not_given"
    ASSUMES_CONCLUSION = "assumes_conclusion"
    INCONSISTENT_ASSUMPTION = "inconsistent_assumption"
    INCOMPLETE = "incomplete"
    WRONG_QUANTITY = "wrong_quantity"
    ANSWER_NOT_DERIVED = "answer_not_derived"
    GOLD_MISMATCH = "gold_mismatch"
    NO_STEPS = "no_steps"
    STEP_OPEN = "step_open"
    NOTHING_DERIVED = "nothing_derived"
    CONCLUSION_OPEN = "conclusion_open"
    GOLD_OPEN = "gold_open"
    UNGROUNDED = "ungrounded"


class Downstream(StrEnum):
    """What follows the first error."""

    CONSISTENT = "consistent"
    """The later steps cohere with the wrong result."""
    REPAIRED = "repaired"
    """A later step silently uses the right result."""
    CANCELLED = "cancelled"
    """A second error makes up for the first."""
    BROKEN = "broken"
    """A later step has an error of its own."""


class GoldMatch(StrEnum):
    """Whether the conclusion is the gold."""

    ABSENT = "absent"
    EQUAL = "equal"
    UNEQUAL = "unequal"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """A trace to check.

    Attributes:
        problem: The problem text.
        steps: The steps of a given trace; empty for a response.
        response: A model's whole output, thinking included; empty for a given trace.
        gold: The expected conclusion, empty for none.
        format: How the steps are written.
        domain: Where free variables live.
    """

    problem: str
    steps: tuple[str, ...] = ()
    response: str = ""
    gold: str = ""
    format: Format = Format.AUTO
    domain: Domain = Domain.REAL


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What was found about one claim; the fields are those of `model.Claim` and `model.Finding`."""

    text: str
    start: int
    end: int
    normal: str
    role: Role
    verdict: ClaimVerdict
    method: Method | None = None
    premises: tuple[int, ...] = ()
    counterexample: tuple[tuple[str, str], ...] = ()
    error: ErrorKind | None = None
    open: OpenReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What was found about one step; the fields are those of `model.CheckedStep`."""

    text: str
    start: int | None
    end: int | None
    verdict: ClaimVerdict
    pair: ClaimVerdict
    claims: tuple[ClaimResult, ...]
    inherits: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coherence:
    """How far each step goes with the steps before it.

    Attributes:
        decided: Share of the decided pairs that cohere; None where none is decided.
        lower: The same, were every open pair incoherent; None where there are no pairs.
        upper: The same, were every open pair coherent; None where there are no pairs.
    """

    decided: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class TraceResult:
    """What was found about a trace.

    Attributes:
        steps: One for each step, in order.
        first_error: Index of the first wrong step from 0, `NO_ERROR` for none.
        first_error_kind: What kind it is of, None where there is none.
        downstream: What follows the first error, None where there is none.
        coherence: Local coherence.
        coverage: Share of the claims that count which were decided; None where none counts.
        score: Share of the claims that count which hold; None where none counts.
        step_coverage: Share of the steps of which every claim was decided; None without steps.
        validity: Whether the whole proof holds.
        validity_reason: Why it does not, None for a valid one.
        validity_note: The same for a person.
        gold: Whether the conclusion is the gold.
        warnings: What is odd but refutes nothing.
    """

    steps: tuple[StepResult, ...]
    first_error: int
    first_error_kind: ErrorKind | None
    downstream: Downstream | None
    coherence: Coherence
    coverage: float | None
    score: float | None
    step_coverage: float | None
    validity: Validity
    validity_reason: ValidityReason | None
    validity_note: str
    gold: GoldMatch
    warnings: tuple[Warning, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker says of a trace: its evidence as it goes out, and beside it what the server looks at.

    Attributes:
        result: What was found, without the steps and the warnings.
        steps: Steps by verdict.
        warnings: Warnings by kind.
        evidence: The evidence of the verdict, in bytes of the contract: writing that of a long trace takes
            too long for the server.
    """

    result: TraceResult
    steps: dict[ClaimVerdict, int]
    warnings: dict[str, int]
    evidence: bytes
