"""Traces of swap puzzles, judged by playing the swaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from veridical.math.terms import Apply, Number, Relation, Symbol, Term
from veridical.proof.logic.report import WRONG, checked_step
from veridical.proof.logic.swaps.reading import (
    Holding,
    Pair,
    People,
    Puzzle,
    State,
    holdings,
    read_puzzle,
)
from veridical.proof.logic.text import ANSWER, Span, sentences
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

_AT_START = re.compile(
    r"\b(?:at the (?:start|beginning)|initially|at first|in the beginning)\b", re.IGNORECASE
)
_AT_END = re.compile(r"\b(?:at the end|in the end|finally|final)\b", re.IGNORECASE)


def examine_swaps(problem: str, segments: Sequence[Segment]) -> Examination | None:
    """Judges each step of such a trace; None where the problem is of another kind."""
    puzzle = read_puzzle(problem)
    if puzzle is None:
        return None
    found = _play(puzzle, segments, strict=False)
    if any(step.verdict in WRONG and not step.inherits for step in found.steps):
        return _play(puzzle, segments, strict=True)
    return found


def _play(puzzle: Puzzle, segments: Sequence[Segment], *, strict: bool) -> Examination:
    """Walks through a trace.

    Lists without a named swap may repeat or leave out moments as long as that makes the trace
    right; once it is wrong anyway, `strict` takes them for one swap a list.
    """
    player = _Player(puzzle, People(puzzle.people), puzzle.states(), puzzle.start, strict)
    steps = tuple(player.step(segment) for segment in segments)
    if player.answered is not None or player.concluded is None:
        return Examination(steps, conclusion=player.answered, complete=True)
    letters = [letter for letter, value in puzzle.options if value == player.concluded.value]
    right = player.holds_at_end(player.concluded)
    return Examination(steps, conclusion=right, complete=True, answers=tuple(letters))


@dataclass(frozen=True, slots=True)
class _Told:
    """What a step says.

    Attributes:
        pairs: The swaps that it names, in order.
        now: Who holds what at its moment.
        final: Who holds what at the end.
        letter: The option that it answers with, with where that stands.
        unread: Pieces that name a person and nothing known.
        starts: Whether it speaks of the start.
    """

    pairs: tuple[Pair, ...]
    now: tuple[Holding, ...]
    final: tuple[Holding, ...]
    letter: tuple[Span, str] | None
    unread: tuple[str, ...]
    starts: bool


def _told(text: str, people: People, puzzle: Puzzle) -> _Told:
    pairs: list[Pair] = []
    now: list[Holding] = []
    final: list[Holding] = []
    unread: list[str] = []
    letter = None
    starts = False
    for sentence in sentences(text):
        swaps = people.swaps(sentence.text)
        read, missed = holdings(sentence, people, puzzle)
        at_end = _AT_END.search(sentence.text) is not None and not swaps
        (final if at_end else now).extend(read)
        starts |= _AT_START.search(sentence.text) is not None and not swaps
        pairs += swaps
        unread += [span.text for span in missed]
        if answer := ANSWER.search(sentence.text):
            letter = Span(answer[0], sentence.start + answer.start()), answer[1]
    return _Told(tuple(pairs), tuple(now), tuple(final), letter, tuple(unread), starts)


@dataclass(slots=True)
class _Player:
    """The state of a walk through a trace.

    Attributes:
        puzzle: The puzzle.
        people: Reads the steps.
        states: The true state at first and after each swap.
        believed: What each holds as the trace has it.
        strict: Whether every list without a named swap is taken for the next swap.
        time: How many swaps the trace has played, None once that cannot be told.
        listed: Whether it has told a state.
        answered: Whether the answer of the trace is right, None while there is none.
        concluded: What the asked person holds at the end as it says, None while it does not.
    """

    puzzle: Puzzle
    people: People
    states: tuple[State, ...]
    believed: State
    strict: bool
    time: int | None = 0
    listed: bool = False
    answered: bool | None = None
    concluded: Holding | None = None

    def step(self, segment: Segment) -> CheckedStep:
        """Judges the next step."""
        told = _told(segment.text, self.people, self.puzzle)
        before = self.time or 0
        self.time = self._moment(told)
        self.listed |= bool(told.now)
        unnamed = self.puzzle.swaps[before : self.time or 0]
        for pair in told.pairs or unnamed:
            self.believed = self.puzzle.swapped(self.believed, pair)
        expected = self.believed
        judged = [self._judge(holding, self.time, expected) for holding in told.now]
        self._believe(told.now)
        judged += [self._judge(one, len(self.states) - 1, self.believed) for one in told.final]
        self._believe(told.final)
        asked = [one for one in told.final if one.person == self.puzzle.asked]
        self.concluded = asked[-1] if asked else self.concluded
        if answer := self._answer(told):
            judged.append(answer)
        inherits = all(one.follows for one in judged if one.claim.finding.verdict in WRONG)
        pairs = [_pair(one) for one in judged]
        claims = [one.claim for one in judged]
        return checked_step(segment, claims, pairs, inherits=inherits, unread=told.unread)

    def _moment(self, told: _Told) -> int | None:
        """The number of swaps after which the state of a step is meant, None where that is open."""
        if self.time is None:
            return None
        if told.pairs:
            end = self.time + len(told.pairs)
            return end if self.puzzle.swaps[self.time : end] == told.pairs else None
        if not told.now or (told.starts and self.time == 0):
            return self.time
        last = len(self.states) - 1
        nearest = min(self.time + 1, last) if self.listed else 0
        later = [nearest] if self.strict else range(self.time, last + 1)
        for moment in sorted(later, key=lambda one: (one != nearest, one)):
            if all(self._held(moment, one.person) == one.value for one in told.now):
                return moment
        # A full list fits no moment at all, so it is wrong at the next; a partial one may mean anything.
        whole = {one.person for one in told.now} == set(self.puzzle.people)
        return nearest if whole else None

    def holds_at_end(self, holding: Holding) -> bool:
        """Whether somebody really holds that in the end."""
        return self._held(len(self.states) - 1, holding.person) == holding.value

    def _held(self, moment: int, person: str) -> str:
        return self.states[moment][self.puzzle.people.index(person)]

    def _believe(self, told: Sequence[Holding]) -> None:
        held = dict(zip(self.puzzle.people, self.believed, strict=True))
        held |= {one.person: one.value for one in told}
        self.believed = tuple(held[person] for person in self.puzzle.people)

    def _judge(self, holding: Holding, moment: int | None, expected: State) -> _Judged:
        follows = expected[self.puzzle.people.index(holding.person)] == holding.value
        number = Number(Fraction(len(self.states) - 1 if moment is None else moment))
        held = Apply("holds", (Symbol(holding.person), number))
        role = Role.GIVEN if moment == 0 else Role.DERIVED
        span = holding.span
        claim = Claim(span.text, span.start, span.end, _equal(held, holding.value), role)
        normal = f"{holding.person} holds {holding.value}"
        if moment is None:
            return _Judged(CheckedClaim(claim, normal, _UNPLACED), follows)
        finding = self._finding(holding.person, holding.value, moment)
        return _Judged(CheckedClaim(claim, f"{normal} after {_swaps(moment)}", finding), follows)

    def _finding(self, person: str, value: str, moment: int) -> Finding:
        held = self._held(moment, person)
        note = f"after {_swaps(moment)} {person} holds {held}"
        if held == value:
            return Finding(ClaimVerdict.ENTAILED, Method.SIMULATION, (PROBLEM,), note=note)
        error = ErrorKind.CALCULATION if moment else ErrorKind.PREMISE
        return Finding(
            ClaimVerdict.CONTRADICTED,
            Method.SIMULATION,
            (PROBLEM,),
            ((person, held),),
            error,
            note=note,
        )

    def _answer(self, told: _Told) -> _Judged | None:
        if told.letter is None or self.puzzle.asked is None:
            return None
        span, letter = told.letter
        value = dict(self.puzzle.options).get(letter)
        if value is None:
            return None
        finding = self._finding(self.puzzle.asked, value, len(self.states) - 1)
        self.answered = finding.verdict is ClaimVerdict.ENTAILED
        follows = self.believed[self.puzzle.people.index(self.puzzle.asked)] == value
        held = Apply("holds", (Symbol(self.puzzle.asked), Number(Fraction(len(self.states) - 1))))
        claim = Claim(span.text, span.start, span.end, _equal(held, value), Role.ANSWER)
        normal = f"{self.puzzle.asked} holds {value} at the end"
        return _Judged(CheckedClaim(claim, normal, finding), follows)


_UNPLACED = Finding(
    ClaimVerdict.UNVERIFIED,
    open=OpenReason.AMBIGUOUS,
    note="it is not clear after which swap this is meant",
)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A checked claim, and whether it follows from what the trace said before."""

    claim: CheckedClaim
    follows: bool


def _equal(left: Term, value: str) -> Relation:
    return Relation("=", left, Symbol(value))


def _pair(judged: _Judged) -> ClaimVerdict:
    if judged.follows:
        return ClaimVerdict.ENTAILED
    unplaced = judged.claim.finding.verdict is ClaimVerdict.UNVERIFIED
    return ClaimVerdict.UNVERIFIED if unplaced else ClaimVerdict.CONTRADICTED


def _swaps(number: int) -> str:
    return "1 swap" if number == 1 else f"{number} swaps"
