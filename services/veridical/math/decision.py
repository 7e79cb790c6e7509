"""The plain data that the math domain takes in and gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from veridical.math.policy import Extraction, MathPolicy


class Outcome(Enum):
    """What a decision says about a response."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDED = "undecided"


class MathReason(Enum):
    """Why a response got its outcome; the contract has a reason of the same name for each."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    NO_ANSWER = "no_answer"
    ANSWER_TOO_COMPLEX = "answer_too_complex"
    ANSWER_UNPARSABLE = "answer_unparsable"
    GOLD_UNPARSABLE = "gold_unparsable"
    HEDGED_ANSWER = "hedged_answer"
    SEVERAL_ANSWERS = "several_answers"
    NEGATED_ANSWER = "negated_answer"
    FALSE_CHAIN = "false_chain"
    PROMPT_ECHO = "prompt_echo"
    TRUNCATED = "truncated"


class MathRule(Enum):
    """The step that decided."""

    EXTRACTION = "extraction"
    """No answer, or not exactly one, could be taken from the response."""
    LIMITS = "limits"
    """Answer or gold is beyond the static limits."""
    TEXT = "text"
    """The normalised texts are equal."""
    RATIONAL = "rational"
    """Both sides are plain numbers, or lists of them, and were compared exactly."""
    STRUCTURE = "structure"
    """Both sides were read as the same term."""
    RESIDUE = "residue"
    """Both sides were compared modulo a prime, at points that hang on both."""
    NUMERIC = "numeric"
    """Both sides are closed forms, or functions, and were compared by value."""
    KIND = "kind"
    """The sides are of different kinds, such as a number and words."""
    WORDS = "words"
    """Words, choices or times were compared."""
    UNIT = "unit"
    """Quantities were compared, with their units."""
    MEMBERS = "members"
    """Lists, sets, tuples or matrices were compared member by member."""
    REGION = "region"
    """Sets of reals (intervals, inequalities) were compared."""
    EQUATION = "equation"
    """Equations were compared by what solves them."""
    SYMBOLIC = "symbolic"
    """math-verify compared the parsed expressions."""
    PARSE = "parse"
    """One of the sides could not be parsed."""


@dataclass(frozen=True, slots=True)
class RefutingPoint:
    """A point at which two sides differ.

    Attributes:
        variables: Names of the variables and their values there, in order of the names; empty for
            sides without variables.
        gold_value: The gold's value there, as a short text.
        answer_value: The answer's value there.
    """

    variables: tuple[tuple[str, str], ...]
    gold_value: str
    answer_value: str


@dataclass(frozen=True, slots=True)
class MathEvidence:
    """What a decision rests on.

    Attributes:
        extracted: The answer as it stands in the response, empty if there is none.
        start: Offset of `extracted` in the response, in Unicode code points; -1 if there is none.
        end: Offset behind the last code point of `extracted`; -1 if there is none.
        extraction: The form in which the answer was found, None if there is none.
        gold_normal: The gold as it was compared.
        answer_normal: The answer as it was compared.
        rule: The step that decided; None while a comparison is under way.
        point: Where gold and answer differ, if the step found such a point.
    """

    extracted: str = ""
    start: int = -1
    end: int = -1
    extraction: Extraction | None = None
    gold_normal: str = ""
    answer_normal: str = ""
    rule: MathRule | None = None
    point: RefutingPoint | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The domain's verdict on one response.

    Attributes:
        outcome: CORRECT, INCORRECT or UNDECIDED.
        reason: Why.
        detail: One sentence for a person; empty where the reason says it all.
        evidence: What was extracted and compared, and which rule decided.
    """

    outcome: Outcome
    reason: MathReason
    detail: str
    evidence: MathEvidence


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What a worker needs to compare a gold and an answer; small, and equal for equal pairs.

    Attributes:
        gold: The gold.
        answer: The answer.
        policy: How they are compared.
        alternative: What the response gives beside the answer; it must equal the gold as well. Empty
            for nothing.
    """

    gold: str
    answer: str
    policy: MathPolicy
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class CompareResult:
    """What a worker found.

    Attributes:
        reason: EQUAL, NOT_EQUAL, HEDGED_ANSWER, GOLD_UNPARSABLE, ANSWER_UNPARSABLE or
            ANSWER_TOO_COMPLEX.
        rule: The step that decided.
        detail: One sentence for a person; empty where the reason says it all.
        point: Where the two differ, if the step found such a point.
    """

    reason: MathReason
    rule: MathRule
    detail: str = ""
    point: RefutingPoint | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair that the server could not decide by itself.

    Attributes:
        request: What to send to a worker.
        evidence: What is known so far; it stays in the server.
        unequal: The reason if the worker finds the two unequal.
    """

    request: CompareRequest
    evidence: MathEvidence
    unequal: MathReason = MathReason.NOT_EQUAL
