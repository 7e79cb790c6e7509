"""Traces of proofs from rules on classes, judged by forward chaining."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from veridical.proof.logic.report import WRONG, checked_step
from veridical.proof.logic.rules.answers import judged_answer, read_answer
from veridical.proof.logic.rules.chaining import (
    MAX_SHOWN,
    Budget,
    Theory,
    TooMuchError,
    derivation,
)
from veridical.proof.logic.rules.language import (
    Fact,
    Reader,
    Rule,
    Statement,
    Vocabulary,
    opposite,
    term,
)
from veridical.proof.logic.rules.puzzle import Puzzle, read_puzzle
from veridical.proof.logic.text import Span, sentences
from veridical.proof.model import (
    PROBLEM,
    CheckedClaim,
    CheckedStep,
    Claim,
    ClaimVerdict,
    ErrorKind,
    Examination,
    Finding,
    Method,
    OpenReason,
    Role,
    Segment,
)

CITED_STEPS = 2
"""A step cites the steps just before it: a fact and a rule."""
MAX_CITED = 20
"""Statements of one step that are taken for cited."""


def examine_rules(problem: str, segments: Sequence[Segment]) -> Examination | None:
    """Judges each step of such a proof; None where the problem is of another kind."""
    if read_puzzle(problem, Reader(Vocabulary.of([problem]))) is None:
        return None
    texts = [problem, *(segment.text for segment in segments)]
    reader = Reader(Vocabulary.of(texts))
    puzzle = read_puzzle(problem, reader)
    if puzzle is None:
        return None
    judge = _Judge.of(puzzle)
    steps = tuple(judge.step(number, segment, reader) for number, segment in enumerate(segments))
    return Examination(steps, conclusion=judge.settles(), complete=True, answers=judge.answers())


@dataclass(slots=True)
class _Judge:
    """The state of a walk through a trace.

    Attributes:
        puzzle: The problem.
        given: The premises as they stand in the problem.
        context: The premises and what follows.
        trusting: The same with all that the trace said so far.
        sound: Whether the premises are known to contradict nobody.
        said: Of each step so far, its statements.
        found: What was found about statements so far.
        answered: What was found about its answer to the query, None while there is none.
    """

    puzzle: Puzzle
    given: frozenset[Statement]
    context: Theory
    trusting: Theory
    sound: bool
    said: list[tuple[Statement, ...]] = field(default_factory=list)
    found: dict[Statement, Finding] = field(default_factory=dict)
    answered: ClaimVerdict | None = None

    @classmethod
    def of(cls, puzzle: Puzzle) -> _Judge:
        budget = Budget()
        context, trusting = Theory(budget), Theory(budget)
        try:
            for statement in puzzle.statements:
                context.add(statement)
                trusting.add(statement)
            sound = context.consistent()
        except TooMuchError:
            sound = False
        return cls(puzzle, frozenset(puzzle.statements), context, trusting, sound)

    def step(self, number: int, segment: Segment, reader: Reader) -> CheckedStep:
        read: list[tuple[Span, Statement]] = []
        unread: list[str] = []
        answers: list[tuple[Span, str]] = []
        for sentence in sentences(segment.text):
            if answer := read_answer(sentence, self.puzzle):
                answers.append((sentence, answer))
                continue
            found, missed = reader.sentence(sentence)
            read += found
            unread += [span.text for span in missed]
        checked: list[CheckedClaim] = []
        pairs: list[ClaimVerdict] = []
        inherits = True
        for span, statement in read:
            finding, pair, inherited = self._judge(number, statement, read)
            checked.append(self._checked(span, statement, finding))
            pairs.append(pair)
            inherits &= inherited or finding.verdict not in WRONG
        self._take_over(checked, [statement for _, statement in read])
        for span, answer in answers:
            claim, inherited = self._answer(span, answer)
            checked.append(claim)
            pairs.append(claim.finding.verdict)
            inherits &= inherited or claim.finding.verdict not in WRONG
        return checked_step(segment, checked, pairs, inherits=inherits, unread=unread)

    def _take_over(self, checked: list[CheckedClaim], statements: list[Statement]) -> None:
        self.said.append(tuple(statements))
        for claim, statement in zip(checked, statements, strict=True):
            if claim.finding.verdict in WRONG:
                with suppress(TooMuchError):
                    self.trusting.add(statement)

    def _checked(self, span: Span, statement: Statement, finding: Finding) -> CheckedClaim:
        role = Role.GIVEN if statement in self.given else Role.DERIVED
        claim = Claim(span.text, span.start, span.end, term(statement), role)
        return CheckedClaim(claim, str(statement), finding)

    def _judge(
        self, number: int, statement: Statement, read: list[tuple[Span, Statement]]
    ) -> tuple[Finding, ClaimVerdict, bool]:
        """What is found about a statement, about its following, and whether it is inherited."""
        if not self.sound:
            open_ = _open(
                OpenReason.AMBIGUOUS, "the premises contradict each other, or are too many"
            )
            return open_, ClaimVerdict.UNVERIFIED, False
        try:
            finding = self.found.get(statement) or self._finding(statement)
            self.found[statement] = finding
            cited = self._from_cited(number, statement, read)
            inherited = finding.verdict in WRONG and self.trusting.entails(statement)
        except TooMuchError:
            return _open(OpenReason.TOO_COMPLEX, ""), ClaimVerdict.UNVERIFIED, False
        if finding.verdict is ClaimVerdict.ENTAILED and statement not in self.given:
            finding = _with_premises(finding, number, cited=cited)
        follows = cited or statement in self.given
        pair = ClaimVerdict.ENTAILED if follows else finding.verdict
        if finding.verdict is ClaimVerdict.ENTAILED and not follows:
            pair = ClaimVerdict.NOT_ENTAILED
        return finding, pair, inherited

    def _from_cited(
        self, number: int, statement: Statement, read: list[tuple[Span, Statement]]
    ) -> bool:
        theory = Theory(self.context.budget)
        for step in self.said[max(0, number - CITED_STEPS) : number]:
            for one in step[:MAX_CITED]:
                theory.add(one)
        for _, one in read[:MAX_CITED]:
            if one != statement:
                theory.add(one)
        return theory.entails(statement)

    def _finding(self, statement: Statement) -> Finding:
        if self.context.entails(statement):
            return Finding(
                ClaimVerdict.ENTAILED,
                Method.FORWARD_CHAINING,
                (PROBLEM,),
                note="; ".join(self._chain(statement)),
            )
        refuter = self.context.refuting(statement)
        if refuter is not None:
            return self._refuted(statement, refuter)
        if not self.puzzle.whole:
            return _open(OpenReason.UNREAD, "it does not follow from the premises that were read")
        return self._not_entailed(statement)

    def _chain(self, statement: Statement) -> tuple[str, ...]:
        if isinstance(statement, Fact):
            return derivation(self.context.about(statement.name), statement.literal)
        return derivation(self.context.supposing(statement.body), statement.head)

    def _refuted(self, statement: Statement, refuter: str) -> Finding:
        head = statement.literal if isinstance(statement, Fact) else statement.head
        fact = Fact(refuter, head.negated())
        return Finding(
            ClaimVerdict.CONTRADICTED,
            Method.FORWARD_CHAINING,
            (PROBLEM,),
            ((refuter, str(fact.literal)),),
            ErrorKind.RULE if isinstance(statement, Fact) else ErrorKind.PREMISE,
            note="; ".join((*self._chain(fact), f"so {fact}")),
        )

    def _not_entailed(self, statement: Statement) -> Finding:
        """The least model of the premises is the counterexample: the claim does not hold in it."""
        if isinstance(statement, Fact):
            name, holds = statement.name, self.context.about(statement.name)
        else:
            name, holds = "something", self.context.supposing(statement.body)
        return Finding(
            ClaimVerdict.NOT_ENTAILED,
            Method.FORWARD_CHAINING,
            (PROBLEM,),
            ((name, ", ".join(map(str, islice(holds, MAX_SHOWN))) or "nothing known"),),
            ErrorKind.RULE if isinstance(statement, Fact) else ErrorKind.PREMISE,
            note=_why(statement, self.context),
        )

    def _answer(self, span: Span, answer: str) -> tuple[CheckedClaim, bool]:
        """An answer to the query, and whether it is wrong only as what the trace said before is."""
        truth = _truth(self.puzzle.query, self.context) if self.sound else None
        whole = self.puzzle.whole and self.sound and self.puzzle.query is not None
        claim = judged_answer(span, answer, truth, whole=whole)
        self.answered = claim.finding.verdict
        believed = _truth(self.puzzle.query, self.trusting)
        return claim, believed is not None and answer == str(believed).lower()

    def settles(self) -> bool | None:
        """Whether the trace reaches a right verdict on the query, None where it reaches none."""
        if self.answered is not None:
            verdicts = {ClaimVerdict.ENTAILED: True, ClaimVerdict.UNVERIFIED: None}
            return verdicts.get(self.answered, False)
        said = self.concludes()
        finding = self.found.get(said) if said else None
        return None if finding is None else finding.verdict is ClaimVerdict.ENTAILED

    def concludes(self) -> Statement | None:
        """What the trace last says of the query: the query, its opposite, or None for nothing."""
        query = self.puzzle.query
        if query is None:
            return None
        wanted = (query, opposite(query))
        said = (one for step in reversed(self.said) for one in reversed(step))
        return next((one for one in said if one in wanted), None)

    def answers(self) -> tuple[str, ...]:
        """The ways to write the answer that the trace's conclusion amounts to, where it gives none."""
        said = self.concludes()
        if said is None or self.answered is not None:
            return ()
        word = "true" if said == self.puzzle.query else "false"
        letters = [letter for letter, option in self.puzzle.options if option == word]
        return (word.title(), *letters)


def _truth(query: Statement | None, theory: Theory) -> bool | None:
    """Whether a query follows, or its opposite does; None for neither and where that cost too much."""
    try:
        if query is not None and theory.entails(query):
            return True
        return False if query is not None and theory.refuting(query) else None
    except TooMuchError:
        return None


def _why(statement: Statement, context: Theory) -> str:
    if isinstance(statement, Rule):
        converse = [Rule((statement.head,), one) for one in statement.body]
        if all(context.entails(one) for one in converse):
            return "only the converse follows from the premises"
        return "no such rule follows from the premises"
    return "it does not follow from the premises"


def _open(reason: OpenReason, note: str) -> Finding:
    return Finding(ClaimVerdict.UNVERIFIED, open=reason, note=note)


def _with_premises(finding: Finding, number: int, *, cited: bool) -> Finding:
    if not cited:
        note = "follows, but not from what it cites"
        return Finding(finding.verdict, finding.method, (PROBLEM,), note=note)
    premises = tuple(range(max(0, number - CITED_STEPS), number)) or (PROBLEM,)
    return Finding(finding.verdict, finding.method, premises, note=finding.note)
