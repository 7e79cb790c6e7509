"""One walk through a trace: what is known so far, and what it makes of the next step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from veridical.math.equality.work import Work, WorkExceededError
from veridical.math.terms import Logic, Number, Relation, Symbol, Term
from veridical.proof.budget import Budget
from veridical.proof.context.alternatives import alternatives, joined, value_claim
from veridical.proof.context.answers import Answers
from veridical.proof.context.continued import continued_from
from veridical.proof.context.ledger import Ledger
from veridical.proof.context.moves import (
    Surroundings,
    is_by_sums,
    is_cancelling,
    is_copy,
    is_equation,
    is_flag,
    is_rewriting,
    may_refute,
    tells_apart,
)
from veridical.proof.context.premises import claims_solution, is_discharged, is_premise
from veridical.proof.context.quantified import rests_on_examples, scope_of
from veridical.proof.context.rewritten import (
    concluded_from,
    follows_from,
    may_be_system,
    rewritten_from,
)
from veridical.proof.context.shown import shown
from veridical.proof.deciders import decide
from veridical.proof.deciders.decide import BUDGET
from veridical.proof.deciders.following import is_signed, refute_following
from veridical.proof.deciders.properties import property_of
from veridical.proof.deciders.rewriting import refute_rewriting
from veridical.proof.deciders.session import Session
from veridical.proof.deciders.universal import refute_for_all
from veridical.proof.model import (
    PROBLEM,
    CheckedClaim,
    CheckedStep,
    Claim,
    ClaimVerdict,
    Domain,
    ErrorKind,
    Fact,
    Finding,
    Method,
    OpenReason,
    Role,
    StepReading,
)
from veridical.proof.parts import names_of

_WORST_FIRST = (
    ClaimVerdict.CONTRADICTED,
    ClaimVerdict.NOT_ENTAILED,
    ClaimVerdict.UNVERIFIED,
    ClaimVerdict.ASSUMED,
    ClaimVerdict.ENTAILED,
    ClaimVerdict.NO_CLAIM,
)
_CLAIM = 50
"""Units of work that every claim takes, whatever is asked about it."""
_MAX_ASKED = 40
"""Questions of one trace that may come to the solver."""
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
        budget: Budget,
    ) -> None:
        self._budget = budget
        self._readings = readings
        self._domain = domain
        self._surroundings = Surroundings(text, readings, budget)
        self._facts = Ledger()
        self._wrong = Ledger()
        self._refuted: set[Term] = set()
        self._wrong_names: frozenset[str] = frozenset()
        self._rounded: set[Fraction] = set()
        self._case = ""
        self._answers = Answers(budget)
        self._session = Session(_MAX_ASKED)
        self._before: Fact | None = None
        self._unsound: set[int] = set()
        self._is_inconsistent = False
        for claim in problem:
            if is_premise(claim, text):
                self._facts.add(Fact(joined(claim.statement), PROBLEM, Role.GIVEN))

    def step(self, at: int) -> CheckedStep:
        """Decide the claims of the next step, which has the number `at`."""
        reading = self._readings[at]
        several = alternatives(reading.claims)
        wrong_before = self._wrong_names
        checked = tuple(self._claim(claim, at, several) for claim in reading.claims)
        if reading.closes_case and self._facts.depth:
            self._facts.close()
        return _step_of(reading, checked, self._inherited(checked, wrong_before))

    def _claim(self, claim: Claim, at: int, several: dict[str, Term]) -> CheckedClaim:
        self._enter_case(claim)
        self._budget.begin(_CLAIM)
        return CheckedClaim(claim, shown(claim.statement), self._finding(claim, at, several))

    def _finding(self, claim: Claim, at: int, several: dict[str, Term]) -> Finding:
        if claim.role in _TAKEN:
            return self._taken(claim, at)
        if claim.role is Role.NEGATED:
            return self._negated(claim)
        if claim.role is Role.ANSWER and not isinstance(claim.statement, Relation | Logic):
            return self._answers.find(claim.statement)
        is_free = claim.condition is None or not names_of(claim.statement)
        if claim.role in {Role.DERIVED, Role.ANSWER} and is_free:
            return self._derived(claim, at, several)
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNSUPPORTED)

    def _enter_case(self, claim: Claim) -> None:
        """Leave the open case and enter the one that a claim stands in."""
        if claim.case == self._case:
            return
        if self._case and self._facts.depth:
            self._facts.close()
        if claim.case:
            self._facts.open()
        self._case = claim.case

    def _taken(self, claim: Claim, at: int) -> Finding:
        """Take in what is given, defined or supposed, unless the problem says otherwise."""
        if claim.role in {Role.GIVEN, Role.ASSUMPTION}:
            wrong = self._against_problem(claim, at)
            if wrong is not None:
                return wrong
        if claim.role is Role.ASSUMPTION and not claim.case:
            self._facts.open()
        if claim.role is Role.DEFINITION:
            self._rebind(claim.statement)
        statement = joined(claim.statement)
        if Fact(statement, PROBLEM, Role.GIVEN) not in self._facts.about(statement):
            self._facts.add(Fact(statement, at, claim.role))
        return Finding(ClaimVerdict.ASSUMED, Method.CONTEXT)

    def _against_problem(self, claim: Claim, at: int) -> Finding | None:
        """Return that a given equation is miscopied, or an assumption never discharged impossible."""
        goal = joined(claim.statement)
        facts = [fact for fact in self._facts.about(goal) if fact.step == PROBLEM]
        if not names_of(goal) or not any(is_copy(goal, fact.statement) for fact in facts):
            return None
        finding = self._decided(goal, facts)
        supposed = claim.role is Role.ASSUMPTION
        if finding.verdict is not ClaimVerdict.CONTRADICTED or (
            supposed and is_discharged(self._readings[at:])
        ):
            return None
        self._note(goal, finding, at)
        self._is_inconsistent = self._is_inconsistent or supposed
        return _of_premise(finding, "inconsistent with" if supposed else "not as in")

    def _rebind(self, statement: Term) -> None:
        if isinstance(statement, Relation) and isinstance(statement.left, Symbol):
            self._facts.rebind(statement.left.name)

    def _negated(self, claim: Claim) -> Finding:
        finding = self._decided(claim.statement, self._facts.about(claim.statement))
        if finding.verdict is ClaimVerdict.CONTRADICTED:
            return replace(finding, verdict=ClaimVerdict.ENTAILED, error=None)
        return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNKNOWN)

    def _derived(self, claim: Claim, at: int, several: dict[str, Term]) -> Finding:
        goal = self._goal(claim, at, several)
        self._note_rounding(claim)
        facts = self._facts.about(goal)
        finding = self._decided(goal, facts, approximate=claim.approximate)
        if finding.verdict in _WRONG:
            finding = self._weighed(claim, goal, finding, at)
        if finding.verdict is ClaimVerdict.UNVERIFIED and names_of(goal):
            finding = self._second_look(claim, finding, at, facts)
        elif value_claim(claim.statement) is not None and goal != claim.statement:
            # One of several values: two lines that work out the same are none.
            finding = self._as_continued(claim, finding, at)
        if finding.method is Method.CONTEXT and value_claim(claim.statement) is not None:
            finding = self._as_concluded(claim, finding, at)
        if claims_solution(self._readings[at].segment.text):
            finding = self._as_solution(claim, finding)
        self._note(goal, finding, at)
        self._before = None if finding.verdict in _WRONG else Fact(goal, at, Role.DERIVED)
        return finding

    def _second_look(
        self, claim: Claim, finding: Finding, at: int, facts: Sequence[Fact]
    ) -> Finding:
        """Refute an open claim for what the words around it make of it."""
        found = self._as_rewriting(claim, finding, at, facts)
        for look in (self._as_rewritten, self._as_continued, self._as_universal):
            if found.verdict is ClaimVerdict.UNVERIFIED:
                found = look(claim, finding, at)
        return found

    def _as_rewriting(
        self, claim: Claim, finding: Finding, at: int, facts: Sequence[Fact]
    ) -> Finding:
        """Refute an equality that is meant for all values."""
        if not is_rewriting(claim, at, facts, self._surroundings):
            return finding
        return refute_rewriting(claim.statement, self._budget.work(BUDGET)) or finding

    def _as_rewritten(self, claim: Claim, finding: Finding, at: int) -> Finding:
        """Refute an equation that is said to be the one before, rewritten."""
        before = rewritten_from(claim, at, self._surroundings)
        if before is None:
            return self._as_rearranged(claim, finding, at)
        one, other = before.statement, claim.statement
        if not isinstance(one, Relation) or not isinstance(other, Relation):
            return finding
        if self._is_known_otherwise(one) or one in self._refuted:
            return finding
        is_exact = may_be_system(before, claim, at, self._surroundings)
        found = refute_following(one, other, self._budget.work(BUDGET), exact=is_exact)
        if found is None:
            return finding
        same = before in self._readings[at].claims
        return replace(found, premises=(at if same else at - 1,))

    def _as_continued(self, claim: Claim, finding: Finding, at: int) -> Finding:
        """Refute another right side than the equation before has for the same left side."""
        continued = continued_from(claim, at, self._surroundings)
        if continued is None:
            return finding
        before, same = continued
        if before.statement in self._refuted:
            return finding
        if names_of(same):
            found = refute_rewriting(same, self._budget.work(BUDGET))
        else:
            found = self._decided(same, (), approximate=claim.approximate)
        if found is None or found.verdict not in _WRONG:
            return finding
        is_here = before in self._readings[at].claims
        return replace(found, premises=(at if is_here else at - 1,))

    def _as_universal(self, claim: Claim, finding: Finding, at: int) -> Finding:
        """Refute what is said of all numbers, or say that examples do not show it."""
        text = self._surroundings.text(at)
        scope = scope_of(claim, text, self._surroundings.problem)
        if scope is None:
            return finding
        # An equation is an instance that was looked at, not a bound.
        facts = [
            fact for fact in self._facts.about(claim.statement) if not is_equation(fact.statement)
        ]
        found = refute_for_all(claim.statement, scope, facts, self._budget.work(BUDGET))
        if found is None and rests_on_examples(claim, self._readings[:at]):
            return Finding(
                ClaimVerdict.NOT_ENTAILED, error=ErrorKind.RULE, note="shown by examples alone"
            )
        return found or finding

    def _as_rearranged(self, claim: Claim, finding: Finding, at: int) -> Finding:
        """Refute an equation that is one before it with a sign changed."""
        statement = claim.statement
        if not isinstance(statement, Relation):
            return finding
        work = self._budget.work(BUDGET)
        for fact in self._facts.about(statement):
            before = fact.statement
            if fact.step == at and tells_apart(self._surroundings.text(at)):
                continue
            if isinstance(before, Relation) and self._is_signed(before, statement, work):
                found = refute_following(before, statement, work)
                return replace(found, premises=(fact.step,)) if found else finding
        return finding

    def _is_signed(self, before: Relation, statement: Relation, work: Work) -> bool:
        try:
            gaps = [self._session.gap(each, work) for each in (before, statement)]
        except WorkExceededError:
            return False
        return is_signed(*gaps)

    def _as_concluded(self, claim: Claim, finding: Finding, at: int) -> Finding:
        """Refute a value that was known before, where the equation that it is said to follow from gives another."""
        before = concluded_from(claim, at, self._surroundings)
        one, other = before.statement if before else None, claim.statement
        if not isinstance(one, Relation) or not isinstance(other, Relation):
            return finding
        found = refute_following(one, other, self._budget.work(BUDGET))
        return replace(found, premises=(at,)) if found else finding

    def _is_known_otherwise(self, before: Relation) -> bool:
        """Say whether facts give values to symbols of an equation, which may have been put in."""
        facts = self._facts.about(before)
        names = names_of(before)
        values = (value_claim(fact.statement) for fact in facts if fact.statement != before)
        return any(value is not None and value.name in names for value in values)

    def _decided(self, goal: Term, facts: Sequence[Fact], *, approximate: bool = False) -> Finding:
        return decide(
            goal,
            facts,
            self._domain,
            approximate=approximate,
            rounded=self._rounded,
            session=self._session,
            work=self._budget.work(BUDGET),
        )

    def _weighed(self, claim: Claim, goal: Term, finding: Finding, at: int) -> Finding:
        """Return a refutation as it counts in its surroundings."""
        is_sound = is_by_sums(finding) and not self._unsound & {*finding.premises}
        if finding.premises and not is_sound and not is_cancelling(claim, at, self._surroundings):
            finding = self._decided(goal, self._reliable(goal), approximate=claim.approximate)
        if finding.verdict not in _WRONG or not is_flag(claim, finding, at, self._surroundings):
            return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.UNGROUNDED, note=finding.note)
        if finding.premises == (PROBLEM,) and self._is_miscopied(claim.statement):
            return _of_premise(finding, "not as in")
        return finding

    def _reliable(self, goal: Term) -> list[Fact]:
        """Return facts that may refute: those that are sound, and the statement just before."""
        facts = [fact for fact in self._facts.about(goal) if self._is_sound(fact)]
        if self._before is not None and self._before not in facts:
            facts.append(self._before)
        return [fact for fact in facts if may_refute(fact.statement, goal)]

    def _is_sound(self, fact: Fact) -> bool:
        return fact.role is not Role.DERIVED or fact.step not in self._unsound

    def _is_miscopied(self, statement: Term) -> bool:
        return value_claim(statement) is None and any(
            fact.step == PROBLEM and is_copy(statement, fact.statement)
            for fact in self._facts.about(statement)
        )

    def _as_solution(self, claim: Claim, finding: Finding) -> Finding:
        """Check a value that is said to solve the problem's equation against it alone."""
        if value_claim(claim.statement) is None:
            return finding
        facts = [f for f in self._facts.about(claim.statement) if f.step == PROBLEM]
        against = self._decided(claim.statement, facts)
        if against.verdict is ClaimVerdict.CONTRADICTED and against.method is Method.ARITHMETIC:
            return replace(against, verdict=ClaimVerdict.NOT_ENTAILED, error=ErrorKind.RULE)
        return finding

    def _goal(self, claim: Claim, at: int, several: dict[str, Term]) -> Term:
        value = value_claim(claim.statement)
        so = follows_from(claim, at, self._surroundings)
        if value is not None and value.name in several and not so:
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
        if finding.verdict not in _WRONG:
            self._answers.note(goal, finding, at, is_sound=not self._unsound & {*finding.premises})
        if not names_of(goal) or property_of(goal) is not None:
            return
        if finding.verdict is not ClaimVerdict.ENTAILED or self._unsound & {*finding.premises}:
            self._unsound.add(at)
        if finding.verdict in _WRONG:
            self._refuted.add(goal)
            self._wrong.add(Fact(goal, at, Role.DERIVED))
            self._wrong_names |= names_of(goal)
        elif finding.premises or finding.verdict is not ClaimVerdict.ENTAILED:
            self._facts.add(Fact(goal, at, Role.DERIVED))

    def _inherited(self, checked: Sequence[CheckedClaim], names: frozenset[str]) -> bool:
        """Say whether the wrong claims of a step follow from wrong claims before it."""
        wrong = [each for each in checked if each.finding.verdict in _WRONG]
        if wrong and self._is_inconsistent:
            return all(each.claim.role is not Role.ASSUMPTION for each in wrong)
        return bool(wrong) and all(
            self._follows_from_wrong(each.claim.statement, names) for each in wrong
        )

    def _follows_from_wrong(self, statement: Term, names: frozenset[str]) -> bool:
        facts = [fact for fact in self._wrong.about(statement) if fact.statement != statement]
        if not names_of(statement) or not facts:
            return False
        others = self._facts.about(statement, but=names)
        finding = self._decided(statement, (*others, *facts))
        return finding.verdict is ClaimVerdict.ENTAILED


def _of_premise(finding: Finding, note: str) -> Finding:
    return replace(
        finding,
        verdict=ClaimVerdict.NOT_ENTAILED,
        error=ErrorKind.PREMISE,
        note=f"{note} the problem: {finding.note}",
    )


def _step_of(reading: StepReading, claims: tuple[CheckedClaim, ...], inherits: bool) -> CheckedStep:
    verdict = worst(claim.finding.verdict for claim in claims)
    pair = ClaimVerdict.ENTAILED if inherits else verdict
    return CheckedStep(reading.segment, verdict, pair, claims, inherits, reading.unread)


def worst(verdicts: Iterable[ClaimVerdict]) -> ClaimVerdict:
    """Return the verdict of a whole from those of its parts."""
    return min(verdicts, key=_WORST_FIRST.index, default=ClaimVerdict.NO_CLAIM)
