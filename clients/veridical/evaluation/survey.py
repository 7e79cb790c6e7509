"""One pass over the samples of a run, for what its counts do not tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.majority import Votes
from veridical.evaluation.runs.store import Drawn, RunStore


@dataclass(slots=True)
class Survey:
    """What samples of a run show, gathered one by one.

    Args:
        groups: Problems of which responses are wanted.
    """

    groups: Collection[str]
    _samples: dict[str, int] = field(default_factory=dict)
    _cut: dict[str, int] = field(default_factory=dict)
    _tallies: dict[tuple[str, str], _Tally] = field(default_factory=dict)
    _has_votes: bool = True
    _responses: dict[tuple[str, str], Drawn] = field(default_factory=dict)
    _verifiers: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, drawn: Drawn) -> None:
        """Take note of a sample."""
        model = drawn.model
        self._samples[model] = self._samples.get(model, 0) + 1
        is_cut = drawn.sample.finish_reason == FINISH_REASON_LENGTH
        self._cut[model] = self._cut.get(model, 0) + is_cut
        if drawn.verdict is not None:
            self._add_judged(drawn, drawn.verdict)

    def cut(self) -> dict[str, float]:
        """Return the share of each model's samples that were cut off by length."""
        return {model: self._cut[model] / samples for model, samples in self._samples.items()}

    def votes(self, model: str, groups: Sequence[str]) -> list[Votes] | None:
        """Return the votes of a model on these problems; None unless all are answers of math tasks."""
        if not self._has_votes:
            return None
        return [self._tallies[model, group].votes() for group in groups]

    def response(self, model: str, group: str) -> Drawn | None:
        """Return the first right response of a model to a wanted problem, or else its first wrong one."""
        return self._responses.get((model, group))

    def verifiers(self) -> list[tuple[str, str, str]]:
        """Return name, version and fingerprint of those who judged."""
        return sorted(self._verifiers)

    def _add_judged(self, drawn: Drawn, verdict: Verdict) -> None:
        key = drawn.model, drawn.item.group
        who = verdict.verifier
        self._verifiers.add((who.name, who.version, who.fingerprint))
        if drawn.item.task.WhichOneof("kind") == "math":
            self._tallies.setdefault(key, _Tally()).add(verdict)
        else:
            self._has_votes = False
        if drawn.item.group in self.groups:
            before = self._responses.get(key)
            if before is None or _rank(drawn) > _rank(before):
                self._responses[key] = drawn


def surveyed(store: RunStore, groups: Collection[str]) -> Survey:
    """Return a survey of all samples of a run."""
    survey = Survey(groups)
    for drawn in store.drawn():
        survey.add(drawn)
    return survey


@dataclass(slots=True)
class _Tally:
    """The votes of one problem and model, while samples come in."""

    right: int = 0
    none: int = 0
    wrong: dict[int, int] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        answer = verdict.math.answer_normal or verdict.math.extracted
        if verdict.outcome == OUTCOME_CORRECT:
            self.right += 1
        elif verdict.outcome == OUTCOME_INCORRECT and answer:
            # Equal within one run is all that is asked of it; answers themselves may be long.
            key = hash(answer)
            self.wrong[key] = self.wrong.get(key, 0) + 1
        elif verdict.outcome == OUTCOME_INCORRECT:
            self.none += 1

    def votes(self) -> Votes:
        return Votes(self.right, tuple(self.wrong.values()), self.none)


def _rank(drawn: Drawn) -> int:
    outcome = drawn.verdict.outcome if drawn.verdict is not None else 0
    return (outcome == OUTCOME_INCORRECT) + 2 * (outcome == OUTCOME_CORRECT)
