"""Whether a whole proof holds: the first reason why it does not, or is not known to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from veridical.math.terms import Relation
from veridical.proof.model import (
    CheckedStep,
    Claim,
    ClaimVerdict,
    ErrorKind,
    Examination,
    Role,
)
from veridical.proof.trace import GoldMatch, TraceRequest, Validity, ValidityReason
from veridical.proof.verdict.asked import Asked, Demand, asked_for
from veridical.proof.verdict.conclusion import answers, assumes, comes_from_nowhere
from veridical.proof.verdict.first_error import error_kind, error_of, first_wrong
from veridical.proof.verdict.gold import gold_match
from veridical.proof.verdict.links import Node, Way

_DELIMITER = re.compile(r"\$|\\[()\[\]]")
UNGROUNDED = "ungrounded_operand"
"""The warning that a number comes from nowhere."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace with all that was found in it so far.

    Attributes:
        request: What is asked.
        problem: The claims of the problem text.
        examination: What was found about the steps.
        way: The claims that lead to the answer.
    """

    request: TraceRequest
    problem: Sequence[Claim]
    examination: Examination
    way: Way

    @property
    def steps(self) -> Sequence[CheckedStep]:
        """The steps with their verdicts."""
        return self.examination.steps


@dataclass(frozen=True, slots=True)
class Whole:
    """What holds of a trace as a whole.

    Attributes:
        validity: Whether it is valid.
        reason: Why not, None for a valid one.
        note: The same for a person.
        gold: Whether its conclusion is the gold.
        answered: Whether its conclusion is right; None where that is not known.
        at: The first wrong step, None for none.
        blamed: The same step, where it is wrong for not following from the others as a whole.
        kind: What kind of error that step has.
    """

    validity: Validity
    reason: ValidityReason | None = None
    note: str = ""
    gold: GoldMatch = GoldMatch.ABSENT
    answered: bool | None = None
    at: int | None = None
    blamed: int | None = None
    kind: ErrorKind | None = None


def assess(trace: Trace) -> Whole:
    """Say whether a proof holds."""
    final = trace.way.final
    gold, gold_note = _gold(trace)
    asked = asked_for(trace.request.problem)
    right = answers(asked, trace.way, trace.problem, trace.request.domain)
    answered = {GoldMatch.EQUAL: True, GoldMatch.UNEQUAL: False}.get(gold, right)
    found = _invalid(trace, final, right, asked)
    if found is None and gold is GoldMatch.UNEQUAL:
        found = _Found(ValidityReason.GOLD_MISMATCH, gold_note)
    if found is not None:
        return Whole(
            Validity.INVALID,
            found.reason,
            found.note,
            gold,
            answered,
            found.at,
            found.at if found.is_global else None,
            found.kind,
        )
    reason, note = _open(trace, final, gold, answered)
    note = gold_note if reason is ValidityReason.GOLD_OPEN else note
    validity = Validity.VALID if reason is None else Validity.UNDETERMINED
    return Whole(validity, reason, note, gold, answered)


@dataclass(frozen=True, slots=True)
class _Found:
    """Why a proof is invalid, and the step to blame."""

    reason: ValidityReason
    note: str
    at: int | None = None
    kind: ErrorKind | None = None
    is_global: bool = False


def _invalid(
    trace: Trace, final: Node | None, right: bool | None, asked: Asked | None
) -> _Found | None:
    """The first reason why a proof cannot be valid, the gold aside."""
    steps = trace.steps
    if not _has_steps(trace):
        return _Found(ValidityReason.NO_STEPS, "there is nothing beside an answer")
    at = first_wrong(steps)
    if at is not None:
        return _wrong_step(steps[at], at)
    if final is None:
        return None
    supposed = assumes(steps, trace.way)
    if supposed is not None:
        note = f"step {supposed} supposes what the conclusion says"
        is_proof = asked is not None and asked.demand is Demand.PROOF
        blamed = supposed if is_proof else None
        return _Found(ValidityReason.ASSUMES_CONCLUSION, note, blamed, ErrorKind.PREMISE)
    if comes_from_nowhere(steps, final, trace.way, trace.request.problem):
        note = "no step has to do with the answer"
        return _Found(
            ValidityReason.ANSWER_NOT_DERIVED, note, final.step, ErrorKind.RULE, is_global=True
        )
    if right is False:
        return _wrong_answer(asked, final)
    if trace.examination.conclusion is False:
        note = "the conclusion is not what was asked about"
        return _Found(ValidityReason.WRONG_QUANTITY, note)
    if trace.examination.complete is False:
        return _Found(ValidityReason.INCOMPLETE, "an assumption or a case is left open")
    return None


def _wrong_answer(asked: Asked | None, final: Node) -> _Found:
    """What does not solve the equation does not follow; the value of something else may well do."""
    if asked is not None and asked.demand is Demand.SOLUTION:
        note, kind = "the answer is not what solves the problem", ErrorKind.RULE
    else:
        note, kind = "the answer is not the value of what was asked for", ErrorKind.PREMISE
    reason = ValidityReason.WRONG_QUANTITY
    return _Found(reason, note, final.step, kind, is_global=kind is ErrorKind.RULE)


def _has_steps(trace: Trace) -> bool:
    """Whether there is more than an answer."""
    if not trace.steps:
        return False
    claims = [each.claim.role for step in trace.steps for each in step.claims]
    return len(trace.steps) > 1 or any(role is not Role.ANSWER for role in claims)


def _wrong_step(step: CheckedStep, at: int) -> _Found:
    kind, finding = error_kind(step), error_of(step)
    wrong = next((c for c in step.claims if c.finding is finding), None)
    if kind is ErrorKind.PREMISE:
        supposed = wrong is not None and wrong.claim.role is Role.ASSUMPTION
        reason = (
            ValidityReason.INCONSISTENT_ASSUMPTION if supposed else ValidityReason.PREMISE_NOT_GIVEN
        )
    elif step.verdict is ClaimVerdict.CONTRADICTED:
        reason = ValidityReason.STEP_CONTRADICTED
    else:
        reason = ValidityReason.STEP_NOT_ENTAILED
    text = wrong.claim.text if wrong is not None else step.segment.text
    why = f": {finding.note}" if finding is not None and finding.note else ""
    return _Found(reason, f"step {at}: {text}{why}", at, kind)


def _open(
    trace: Trace, final: Node | None, gold: GoldMatch, answered: bool | None
) -> tuple[ValidityReason | None, str]:
    """Why it is not known whether a proof holds; None where it does."""
    if gold is GoldMatch.OPEN:
        return ValidityReason.GOLD_OPEN, ""
    derived = final is not None and final.claim.finding.verdict is ClaimVerdict.ENTAILED
    if not derived or not trace.way.supported:
        return ValidityReason.NOTHING_DERIVED, "no claim leads to the answer"
    for number, step in enumerate(trace.steps):
        if step.unread or step.verdict is ClaimVerdict.UNVERIFIED:
            return ValidityReason.STEP_OPEN, f"step {number} could not be decided"
    counting = {node.step for node in trace.way.nodes}
    for warning in trace.examination.warnings:
        if warning.kind == UNGROUNDED and warning.step in counting:
            return ValidityReason.UNGROUNDED, warning.text
    supposed = any(
        each.claim.role in (Role.ASSUMPTION, Role.CASE)
        for step in trace.steps
        for each in step.claims
    )
    if supposed and trace.examination.complete is None:
        return ValidityReason.STEP_OPEN, "whether every assumption is discharged is not known"
    if not answered and not trace.examination.conclusion:
        return ValidityReason.CONCLUSION_OPEN, "whether the answer is what was asked is not known"
    return None, ""


def _text(trace: Trace) -> str:
    request = trace.request
    return "\n\n".join(request.steps) if request.steps else request.response


def _gold(trace: Trace) -> tuple[GoldMatch, str]:
    """Whether the conclusion, or what it amounts to, is the gold."""
    conclusions = (_conclusion(trace.way.final), *trace.examination.answers)
    found = [gold_match(trace.request.gold, _text(trace), each) for each in conclusions]
    return next((each for each in found if each[0] is GoldMatch.EQUAL), found[0])


def _conclusion(final: Node | None) -> str:
    """What the last claim says, for a comparison with the gold."""
    if final is None:
        return ""
    text = _DELIMITER.sub("", final.claim.claim.text).strip(" .")
    is_equation = isinstance(final.statement, Relation) and final.statement.operator == "="
    return text.rpartition("=")[2].strip() if is_equation else text
