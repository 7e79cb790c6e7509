"""Traces of order puzzles, judged by searching for orders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from veridical.proof.logic.orders.constraints import (
    Constraint,
    Solver,
    TooMuchError,
    negated,
    term,
    text,
)
from veridical.proof.logic.orders.reading import Puzzle, Reader, read_puzzle
from veridical.proof.logic.orders.steps import Force, Said, claims
from veridical.proof.logic.report import WRONG, checked_step
from veridical.proof.logic.text import ANSWER, Span
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

_FROM_ALL = re.compile(r"\b(?:elimination|only|remaining|all (?:the )?statements)\b", re.IGNORECASE)


def examine_orders(problem: str, segments: Sequence[Segment]) -> Examination | None:
    """Judges each step of such a trace; None where the problem is of another kind."""
    puzzle = read_puzzle(problem)
    if puzzle is None:
        return None
    solver = Solver(puzzle.objects)
    try:
        if solver.order(puzzle.statements) is None:
            return None
    except TooMuchError:
        return None
    reader = Reader(puzzle.objects, puzzle.kind, puzzle.scale)
    walk = _Walk(puzzle, solver, reader)
    steps = tuple(walk.step(segment) for segment in segments)
    if walk.answered is not None:
        return Examination(steps, conclusion=walk.answered, complete=True)
    chosen = [(one, walk.last[claim]) for one, claim in puzzle.options if claim in walk.last]
    if len(chosen) != 1:
        return Examination(steps, complete=True)
    letter, right = chosen[0]
    return Examination(steps, conclusion=right, complete=True, answers=(letter,))


@dataclass(slots=True)
class _Walk:
    """The state of a walk through a trace.

    Attributes:
        puzzle: The puzzle.
        solver: Finds orders.
        reader: Reads the steps.
        cited: The statements of the problem that the trace repeated so far, and what it rightly derived.
        wrong: What it wrongly said so far.
        answered: Whether its answer is right, None while there is none.
        last: The claims of the last step that has any, and whether they are right.
    """

    puzzle: Puzzle
    solver: Solver
    reader: Reader
    cited: set[Constraint] = field(default_factory=set)
    wrong: set[Constraint] = field(default_factory=set)
    answered: bool | None = None
    last: dict[Constraint, bool] = field(default_factory=dict)

    def step(self, segment: Segment) -> CheckedStep:
        """Judges the next step."""
        said, unread = claims(segment.text, self.reader)
        given = set(self.puzzle.statements)
        self.cited |= given & {one.constraint for one in said}
        everything = _FROM_ALL.search(segment.text) is not None
        checked: list[CheckedClaim] = []
        repeats: list[bool] = []
        for one in said:
            stepwise = one.partial and not everything and bool(self.cited)
            finding = self._finding(one, stepwise=stepwise)
            repeats.append(one.constraint in self.wrong)
            checked.append(self._checked(one, finding, given))
        self._take_over(said, checked)
        if answer := self._answer(segment.text):
            checked.append(answer)
            repeats.append(any(term(one) == answer.claim.statement for one in self.wrong))
        found = [claim.finding.verdict for claim in checked]
        own = [verdict for verdict, again in zip(found, repeats, strict=True) if not again]
        pairs = [
            ClaimVerdict.ENTAILED if again and verdict in WRONG else verdict
            for verdict, again in zip(found, repeats, strict=True)
        ]
        inherits = not WRONG.intersection(own)
        missed = [span.text for span in unread]
        return checked_step(segment, checked, pairs, inherits=inherits, unread=missed)

    def _take_over(self, said: Sequence[Said], checked: Sequence[CheckedClaim]) -> None:
        for one, claim in zip(said, checked, strict=True):
            if claim.finding.verdict in WRONG:
                self.wrong.add(one.constraint)
            elif claim.finding.verdict is ClaimVerdict.ENTAILED and one.force is Force.IS:
                self.cited.add(one.constraint)
        right = {
            one.constraint: claim.finding.verdict is ClaimVerdict.ENTAILED
            for one, claim in zip(said, checked, strict=True)
        }
        self.last = right or self.last

    def _checked(self, one: Said, finding: Finding, given: Iterable[Constraint]) -> CheckedClaim:
        role = Role.GIVEN if one.constraint in given else Role.DERIVED
        claim = Claim(one.span.text, one.span.start, one.span.end, term(one.constraint), role)
        return CheckedClaim(claim, text(one.constraint), finding)

    def _finding(self, one: Said, *, stepwise: bool) -> Finding:
        try:
            return self._decided(one, stepwise=stepwise)
        except TooMuchError:
            return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.TOO_COMPLEX)

    def _decided(self, one: Said, *, stepwise: bool) -> Finding:
        statements = self.puzzle.statements
        if self.solver.order((*statements, one.constraint)) is None:
            note = "no order that fits the statements has it so"
            return _wrong(ClaimVerdict.CONTRADICTED, self.solver.order(statements), note)
        breaking = self.solver.order((*statements, negated(one.constraint)))
        if breaking is not None:
            if one.force is Force.MAY:
                return Finding(ClaimVerdict.UNVERIFIED, open=OpenReason.AMBIGUOUS)
            return _wrong(
                ClaimVerdict.NOT_ENTAILED, breaking, "another order fits the statements too"
            )
        if stepwise and one.force is Force.IS:
            early = self.solver.order((*self.cited, negated(one.constraint)))
            if early is not None:
                note = "follows, but not from what it cites"
                return _wrong(ClaimVerdict.NOT_ENTAILED, early, note)
        return Finding(ClaimVerdict.ENTAILED, Method.SIMULATION, (PROBLEM,))

    def _answer(self, words: str) -> CheckedClaim | None:
        match = ANSWER.search(words)
        claim = dict(self.puzzle.options).get(match[1]) if match else None
        if match is None or claim is None:
            return None
        said = Said(Span(match[0], match.start()), claim)
        finding = self._finding(said, stepwise=False)
        self.answered = finding.verdict is ClaimVerdict.ENTAILED
        told = Claim(match[0], match.start(), match.end(), term(claim), Role.ANSWER)
        return CheckedClaim(told, text(claim), finding)


def _wrong(verdict: ClaimVerdict, order: tuple[str, ...] | None, note: str) -> Finding:
    """A refuted claim; the order that refutes it is the counterexample."""
    places = tuple((name, str(at)) for at, name in enumerate(order or (), 1))
    return Finding(verdict, Method.SIMULATION, (PROBLEM,), places, ErrorKind.RULE, note=note)
