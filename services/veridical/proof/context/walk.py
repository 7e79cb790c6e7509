"""One walk through a trace: what is known so far, and what it makes of the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from veridical.math.equality.survey import names_of
from veridical.math.terms import Number, Relation, Symbol, Term
from veridical.proof.context.alternatives import alternatives, joined, value_claim
from veridical.proof.context.ledger import Ledger
from veridical.proof.context.moves import Surroundings, is_flag
from veridical.proof.context.premises import is_premise
from veridical.proof.context.shown import shown
from veridical.proof.deciders import decide
from veridical.proof.model import (
    PROBLEM,
    CheckedClaim,
    CheckedStep,
    Claim,
    ClaimVerdict,
    Domain,
    Fact,
    Finding,
    Method,
    OpenReason,
    Role,
    StepReading,
)

_WORST_FIRST = (
    ClaimVerdict.CONTRADICTED,
    ClaimVerdict.NOT_ENTAILED,
    ClaimVerdict.UNVERIFIED,
    ClaimVerdict.ASSUMED,
    ClaimVerdict.ENTAILED,
    ClaimVerdict.NO_CLAIM,
)
_TAKEN = frozenset({Role.GIVEN, Role.DEFINITION, Role.ASSUMPTION, Role.CASE})
_WRONG = frozenset({ClaimVerdict.CONTRADICTED, ClaimVerdict.NOT_ENTAILED})


class Walk:
    """What is known at one place of a trace."""

    def __init__(
        self,
        problem: Sequence[Claim],
        readings: Sequence[StepReading],
        domain: Domain,
        text: str,
    ) -> None:
        self._readings = readings
        self._domain = domain
        self._surroundings = Surroundings(text, readings)
        self._facts = Ledger()
        self._wrong = Ledger()
        self._wrong_names: frozenset[str] = frozenset()
        self._rounded: set[Fraction] = set()
        self._case = ""
        for claim in problem:
            if is_premise(claim, text):
                self._facts.add(Fact(joined(claim.statement), PROBLEM, Role.GIVEN))

    def step(self, at: int) -> CheckedStep:
        """Decide the claims of the next step, which has the number `at`."""
        reading = self._readings[at]
        several = alternatives(reading.claims)
        checked = tuple(self._claim(claim, at, several) for claim in reading.claims)
        if reading.closes_case and self._facts.depth:
            self._facts.close()
        return _step_of(reading, checked, self._inherited(checked))

    def _claim(self, claim: Claim, at: int, several: dict[str, Term]) -> CheckedClaim:
        self._enter_case(claim)
        if claim.role in _TAKEN:
            self._take(claim, at)
            finding = Finding(ClaimVerdict.ASSUMED, Method.CONTEXT)
        elif claim.role in {Role.DERIVED, Role.ANSWER} and claim.condition is None:
            finding = self._derived(claim, at, several)
        elif claim.role is Role.NEGATED:
            finding = self._negated(claim)
        else:
            finding = Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNSUPPORTED)
        return CheckedClaim(claim, shown(claim.statement), finding)

    def _enter_case(self, claim: Claim) -> None:
        """Leave the open case and enter the one that a claim stands in."""
        if claim.case == self._case:
            return
        if self._case and self._facts.depth:
            self._facts.close()
        if claim.case:
            self._facts.open()
        self._case = claim.case

    def _take(self, claim: Claim, at: int) -> None:
        if claim.role is Role.ASSUMPTION and not claim.case:
            self._facts.open()
        if claim.role is Role.DEFINITION:
            self._rebind(claim.statement)
        step = PROBLEM if claim.role is Role.GIVEN else at
        self._facts.add(Fact(joined(claim.statement), step, claim.role))

    def _rebind(self, statement: Term) -> None:
        if isinstance(statement, Relation) and isinstance(statement.left, Symbol):
            self._facts.rebind(statement.left.name)

    def _negated(self, claim: Claim) -> Finding:
        finding = decide(claim.statement, self._facts.about(claim.statement), self._domain)
        if finding.verdict is ClaimVerdict.CONTRADICTED:
            return replace(finding, verdict=ClaimVerdict.ENTAILED, error=None)
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNKNOWN)

    def _derived(self, claim: Claim, at: int, several: dict[str, Term]) -> Finding:
        goal = self._goal(claim, several)
        self._note_rounding(claim)
        finding = decide(
            goal,
            self._facts.about(goal),
            self._domain,
            approximate=claim.approximate,
            rounded=frozenset(self._rounded),
        )
        if finding.verdict in _WRONG and not is_flag(claim, finding, at, self._surroundings):
            finding = Finding(
                ClaimVerdict.UNVERIFIED, open=OpenReason.UNGROUNDED, note=finding.note
            )
        self._note(goal, finding, at)
        return finding

    def _goal(self, claim: Claim, several: dict[str, Term]) -> Term:
        value = value_claim(claim.statement)
        if value is not None and value.name in several:
            return several[value.name]
        return joined(claim.statement)

    def _note_rounding(self, claim: Claim) -> None:
        """Remember decimals that stand for a rounded result."""
        statement = claim.statement
        if not isinstance(statement, Relation) or statement.operator not in {"=", "approx"}:
            return
        for side in (statement.left, statement.right):
            if isinstance(side, Number) and side.step is not None:
                self._rounded.add(abs(side.value))

    def _note(self, goal: Term, finding: Finding, at: int) -> None:
        if not names_of(goal):
            return
        if finding.verdict in _WRONG:
            self._wrong.add(Fact(goal, at, Role.DERIVED))
            self._wrong_names |= names_of(goal)
        elif finding.premises or finding.verdict is not ClaimVerdict.ENTAILED:
            self._facts.add(Fact(goal, at, Role.DERIVED))

    def _inherited(self, checked: Sequence[CheckedClaim]) -> bool:
        """Say whether the wrong claims of a step follow from wrong claims before it."""
        wrong = [each for each in checked if each.finding.verdict in _WRONG]
        return bool(wrong) and all(self._follows_from_wrong(each.claim.statement) for each in wrong)

    def _follows_from_wrong(self, statement: Term) -> bool:
        facts = [fact for fact in self._wrong.about(statement) if fact.statement != statement]
        if not names_of(statement) or not facts:
            return False
        others = self._facts.about(statement, but=self._wrong_names)
        finding = decide(statement, (*others, *facts), self._domain)
        return finding.verdict is ClaimVerdict.ENTAILED


def _step_of(reading: StepReading, claims: tuple[CheckedClaim, ...], inherits: bool) -> CheckedStep:
    verdict = worst(claim.finding.verdict for claim in claims)
    pair = ClaimVerdict.ENTAILED if inherits else verdict
    return CheckedStep(reading.segment, verdict, pair, claims, inherits, reading.unread)


def worst(verdicts: Iterable[ClaimVerdict]) -> ClaimVerdict:
    """Return the verdict of a whole from those of its parts."""
    return min(verdicts, key=_WORST_FIRST.index, default=ClaimVerdict.NO_CLAIM)
