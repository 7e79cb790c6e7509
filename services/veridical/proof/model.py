"""What is found in a trace: steps, claims, findings and verdicts, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from veridical.math.terms import Term

PROBLEM = -1
"""The step number of the problem text, in `Finding.premises` and `Fact.step`."""


class Format(StrEnum):
    """How the steps are written; `AUTO` is told from the text."""

    AUTO = "auto"
    LATEX = "latex"
    PLAIN = "plain"
    GSM8K = "gsm8k"
    FOL = "fol"


class Domain(StrEnum):
    """Where free variables live."""

    REAL = "real"
    COMPLEX = "complex"
    INTEGER = "integer"
    POSITIVE = "positive"


class Role(StrEnum):
    """What a claim is put forward as.

    GIVEN restates the problem, DEFINITION names something (`let s = a + b`), ASSUMPTION supposes
    something (`suppose`, `if`, `try`), CASE opens a case, DERIVED is said to follow, NEGATED is said
    not to hold, GOAL says what is to be found, and ANSWER is the conclusion (a box, `####`, "the answer is").
    """

    GIVEN = "given"
    DEFINITION = "definition"
    ASSUMPTION = "assumption"
    CASE = "case"
    DERIVED = "derived"
    NEGATED = "negated"
    GOAL = "goal"
    ANSWER = "answer"


class ClaimVerdict(StrEnum):
    """What was found about a claim, a step or a pair of steps."""

    ENTAILED = "entailed"
    CONTRADICTED = "contradicted"
    NOT_ENTAILED = "not_entailed"
    ASSUMED = "assumed"
    UNVERIFIED = "unverified"
    NO_CLAIM = "no_claim"


class OpenReason(StrEnum):
    """Why a claim is UNVERIFIED."""

    UNREAD = "unread"
    UNSUPPORTED = "unsupported"
    AMBIGUOUS = "ambiguous"
    UNGROUNDED = "ungrounded"
    TOO_COMPLEX = "too_complex"
    UNKNOWN = "unknown"


class Method(StrEnum):
    """What decided a claim."""

    ARITHMETIC = "arithmetic"
    RANDOM_EVALUATION = "random_evaluation"
    ELIMINATION = "elimination"
    SYMPY = "sympy"
    Z3 = "z3"
    ENUMERATION = "enumeration"
    CONTEXT = "context"
    FORWARD_CHAINING = "forward_chaining"
    SIMULATION = "simulation"


class ErrorKind(StrEnum):
    """What is wrong with a step, in the classes of arXiv 2510.18176."""

    PREMISE = "premise"
    RULE = "rule"
    CALCULATION = "calculation"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a trace.

    Attributes:
        text: The step as written.
        start: Where it starts in the response, in Unicode code points; None for a given trace.
        end: Where it ends, exclusive; None for a given trace.
    """

    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement.

    Attributes:
        text: It as written.
        start: Where it starts in its step, in Unicode code points.
        end: Where it ends, exclusive.
        statement: It as a term: a Relation, or a Logic of some; of an ANSWER any term.
        role: What it is put forward as.
        chain: Number of the chain `a = b <= c` within the step that it is a link of, from 0.
        approximate: Whether the text says "about" or uses an approximate sign.
        condition: What it is said to hold under ("if x > 0, then ..."), None for nothing.
        case: Label of the case ("case 2", "x=1") it stands in, empty for none.
    """

    text: str
    start: int
    end: int
    statement: Term
    role: Role = Role.DERIVED
    chain: int = 0
    approximate: bool = False
    condition: Term | None = None
    case: str = ""


@dataclass(frozen=True, slots=True)
class StepReading:
    """A step and the claims in it.

    Attributes:
        segment: The step.
        claims: In the order of writing.
        closes_case: Whether it ends the open case ("contradiction", "so this case is impossible").
        unread: Formulas that look like claims and could not be read, as written.
    """

    segment: Segment
    claims: tuple[Claim, ...]
    closes_case: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that may be used as a premise.

    Attributes:
        statement: It as a term.
        step: The step that it comes from; `PROBLEM` for the problem.
        role: What it was put forward as.
    """

    statement: Term
    step: int
    role: Role


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one claim.

    Attributes:
        verdict: The verdict.
        method: What decided, None where nothing did.
        premises: Steps whose facts were used, `PROBLEM` for the problem, ascending.
        counterexample: Names and exact values that refute the claim; for arithmetic the values of both
            sides, under `left` and `right`.
        error: The kind of error, None where there is none.
        open: Why it is UNVERIFIED, None where it is not.
        note: Why, for a person.
    """

    verdict: ClaimVerdict
    method: Method | None = None
    premises: tuple[int, ...] = ()
    counterexample: tuple[tuple[str, str], ...] = ()
    error: ErrorKind | None = None
    open: OpenReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim and what was found about it.

    Attributes:
        claim: The claim as read.
        normal: It in normal form.
        finding: What was found.
    """

    claim: Claim
    normal: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A step and what was found about it.

    Attributes:
        segment: The step.
        verdict: The worst verdict of its claims.
        pair: The verdict on following from the steps before it.
        claims: In order.
        inherits: Whether its error is only that it uses the wrong result of an earlier step.
        unread: Formulas that look like claims and could not be read, as written.
    """

    segment: Segment
    verdict: ClaimVerdict
    pair: ClaimVerdict
    claims: tuple[CheckedClaim, ...]
    inherits: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Warning:
    """Something odd that refutes nothing.

    Attributes:
        kind: A stable lower-case name, such as `ungrounded_operand`.
        text: What was seen, for a person.
        step: The step, None for the whole trace.
    """

    kind: str
    text: str
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What a domain of reasoning (mathematics, English logic, a state simulation) found.

    Attributes:
        steps: One for each step, in order.
        warnings: What is odd.
        conclusion: Whether the asked thing follows: True, False, None where it is not known.
        complete: Whether every assumption is discharged and every case treated; None if not known.
        answers: Ways to write what the conclusion amounts to where the question wants a word or a letter
            (`False`, `B`) and the trace ends in a statement; empty where it says the answer itself.
    """

    steps: tuple[CheckedStep, ...]
    warnings: tuple[Warning, ...] = field(default=())
    conclusion: bool | None = None
    complete: bool | None = None
    answers: tuple[str, ...] = ()
