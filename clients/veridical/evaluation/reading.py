"""Reading files of verdicts and of counts, line by line, in memory that grows with problems alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from veridical.evaluation.counts import Counts, counts_of
from veridical.evaluation.majority import Votes
from veridical.evaluation.series import Point

MAX_FAULTS = 10
"""How many bad lines are told before the rest is only counted."""

_MAX_INDEX = 1_000_000


class LineFault(Exception):
    """A line that cannot be counted; the text says why."""


class _Math(msgspec.Struct):
    extracted: str = ""
    answer_normal: str = ""


class _Line(msgspec.Struct):
    """What is looked at in a line: a verdict if it has an outcome, a count if it has n, else a point."""

    group: str = ""
    outcome: str | int | None = None
    sample_index: int | None = None
    labels: dict[str, str] = {}
    math: _Math | None = None
    model: str | None = None
    n: int | None = None
    c: int | None = None
    u: int = 0
    k: int | None = None
    pass_at_1: float | None = None
    pass_at_k: float | None = None


_CORRECT = frozenset({"OUTCOME_CORRECT", 1})
_INCORRECT = frozenset({"OUTCOME_INCORRECT", 2})
_UNDECIDED = frozenset({"OUTCOME_UNDECIDED", 3})


@dataclass(slots=True)
class _Tally:
    """One problem of one model, while its lines come in."""

    n: int = 0
    c: int = 0
    u: int = 0
    given: bool = False
    """Whether a line of counts gave it all at once."""
    seen: int = 0
    """The sample indices seen, one bit each."""
    answers: dict[int, int] = field(default_factory=dict)
    """INCORRECT samples by a hash of their answer."""

    def votes(self) -> Votes:
        wrong = tuple(self.answers.values())
        return Votes(self.c, wrong, self.n - self.u - self.c - sum(wrong))


@dataclass(slots=True)
class Reader:
    """Counts samples by model and problem.

    Attributes:
        label: The label of a verdict that names its model.
        answers: Whether to count answers as well, for majority@k; memory then grows with different
            answers.
        faults: The first bad lines, at most `MAX_FAULTS`.
        fault_count: Number of all bad lines.
        lines: Number of good lines.
        points: Models of which only pass@1 and pass@k are known, in order.
        point_k: The k of these.
    """

    label: str = "model"
    answers: bool = False
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0
    lines: int = 0
    points: list[Point] = field(default_factory=list)
    point_k: int | None = None
    _models: dict[str, dict[str, _Tally]] = field(default_factory=dict)
    _decoder: msgspec.json.Decoder[_Line] = field(
        default_factory=lambda: msgspec.json.Decoder(_Line)
    )

    def read(self, lines: Iterable[bytes], name: str) -> None:
        """Count the lines of a file; one that names no model belongs to the model of the file's name.

        Bad lines are noted in `faults`.
        """
        model = Path(name).stem
        for number, content in enumerate(lines, 1):
            if content.isspace():
                continue
            try:
                self._add(content, model)
                self.lines += 1
            except LineFault as fault:
                self.fault_count += 1
                if len(self.faults) < MAX_FAULTS:
                    self.faults.append(f"{name}, line {number}: {fault}")

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models, in the order they were met."""
        return tuple(self._models)

    def counts(self) -> Iterator[Counts]:
        """Yield the counts of each model."""
        for model, problems in self._models.items():
            rows = {group: (each.n, each.c, each.u) for group, each in problems.items()}
            yield counts_of(model, rows)

    def votes(self, model: str, groups: tuple[str, ...]) -> list[Votes]:
        """Return the votes of a model on these problems."""
        return [self._models[model][group].votes() for group in groups]

    def _add(self, content: bytes, fallback: str) -> None:
        try:
            line = self._decoder.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise LineFault(str(error)) from None
        if line.pass_at_1 is not None:
            self._add_point(line)
            return
        if not line.group:
            raise LineFault("group: missing; it says which samples are of one problem")
        if line.outcome is not None:
            tally = self._tally(line.labels.get(self.label) or fallback, line.group)
            self._add_verdict(line, tally)
        elif line.n is not None:
            self._add_counts(line, self._tally(line.model or fallback, line.group))
        else:
            raise LineFault(
                "neither a verdict (outcome), nor a count (group, model, n, c), nor a figure (pass_at_1)"
            )

    def _tally(self, model: str, group: str) -> _Tally:
        return self._models.setdefault(model, {}).setdefault(group, _Tally())

    def _add_point(self, line: _Line) -> None:
        if not line.model or line.pass_at_k is None or line.k is None or line.k < 1:
            raise LineFault("a figure wants model, k (1 or more), pass_at_1 and pass_at_k")
        if self.point_k not in (None, line.k):
            raise LineFault(f"k = {line.k}, and {self.point_k} in a line before")
        if any(each.name == line.model for each in self.points):
            raise LineFault(f"model {line.model[:60]!r} stands in a line before")
        self.point_k = line.k
        self.points.append(Point(line.model, line.pass_at_1 or 0.0, line.pass_at_k))

    def _add_counts(self, line: _Line, tally: _Tally) -> None:
        if line.n is None or line.c is None:
            raise LineFault("c: missing")
        if not (line.n >= 1 and line.c >= 0 and line.u >= 0 and line.c + line.u <= line.n):
            raise LineFault("n >= 1, c >= 0, u >= 0 and c + u <= n must hold")
        if tally.n:
            raise LineFault(f"group {line.group[:60]!r} of this model was counted before")
        if self.answers:
            raise LineFault("majority@k needs the answers of verdicts; a count has none")
        tally.n, tally.c, tally.u, tally.given = line.n, line.c, line.u, True

    def _add_verdict(self, line: _Line, tally: _Tally) -> None:
        if tally.given:
            raise LineFault(f"group {line.group[:60]!r} of this model was counted before")
        right, undecided = line.outcome in _CORRECT, line.outcome in _UNDECIDED
        if not (right or undecided or line.outcome in _INCORRECT):
            raise LineFault(f"outcome: {str(line.outcome)[:60]!r} is none")
        if self.answers and right and line.math is None:
            raise LineFault("majority@k needs the answers of math verdicts; this one has none")
        _note_index(line, tally)
        tally.n += 1
        tally.c += right
        tally.u += undecided
        if self.answers and not right and not undecided:
            _note_answer(line.math, tally)


def _note_index(line: _Line, tally: _Tally) -> None:
    index = line.sample_index
    if index is None:
        return
    if not 0 <= index <= _MAX_INDEX:
        raise LineFault(f"sample_index: {index} is not within 0 and {_MAX_INDEX}")
    if tally.seen >> index & 1:
        raise LineFault(f"group {line.group[:60]!r} has sample_index {index} of this model twice")
    tally.seen |= 1 << index


def _note_answer(evidence: _Math | None, tally: _Tally) -> None:
    answer = (evidence.answer_normal or evidence.extracted) if evidence is not None else ""
    if answer:
        # Equal within one run is all that is asked of it, and 64 bits make a chance collision unlikely.
        key = hash(answer)
        tally.answers[key] = tally.answers.get(key, 0) + 1
