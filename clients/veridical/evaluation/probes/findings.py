"""What the probes of a run found, gathered from what it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_UNDECIDED
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.counts import Counts, counts_of
from veridical.evaluation.probes.asking import Outcomes
from veridical.evaluation.probes.coherence import Coherence, coherence
from veridical.evaluation.probes.guessing import Guessable, guessable
from veridical.evaluation.probes.memorisation import SHARES, recall
from veridical.evaluation.probes.perplexity import Perplexities, perplexities
from veridical.evaluation.probes.plan import Probe, ProbePlan
from veridical.evaluation.probes.probing import memory_name
from veridical.evaluation.probes.questions import bare_problems, control_problems, cut
from veridical.evaluation.probes.spurious import VERIFIER, Spurious, spurious, spurious_tasks
from veridical.evaluation.probes.store import Answer, ProbeStore
from veridical.evaluation.runs.store import Drawn


@dataclass(frozen=True, slots=True)
class Remembered:
    """How one model went on with problems of which it saw a part.

    Attributes:
        model: Its name.
        is_control: Whether the problems are those that nobody can know.
        share: How much it saw, 0 to 1.
        problems: How many.
        rouge_l: Mean ROUGE-L of the hidden part, 0 to 1.
        exact: Share whose hidden part came word by word.
        judged: Of how many the answer was decided.
        right: Share of those whose answer is right; None where there are none.
    """

    model: str
    is_control: bool
    share: float
    problems: int
    rouge_l: float
    exact: float
    judged: int
    right: float | None


@dataclass(frozen=True, slots=True)
class Note:
    """What a probe could not do.

    Attributes:
        probe: Which.
        model: Whose sampler it was; empty where it was the verifier.
        outcomes: How much, and why.
    """

    probe: Probe
    model: str
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Findings:
    """What the probes found.

    Attributes:
        plan: Which were run.
        perplexity: Each model's responses in the eyes of each.
        by_text: Scores of texts that had to be cut into tokens again.
        direct: Direct answers of each model.
        guessable: What they say; None where there are none.
        memory: A row a model, kind of problems and share.
        spurious: A row a reward and model, the verifier's own first.
        coherence: A row a model and correctness of the answer.
        notes: What could not be done.
    """

    plan: ProbePlan
    perplexity: tuple[Perplexities, ...]
    by_text: int
    direct: tuple[Counts, ...]
    guessable: Guessable | None
    memory: tuple[Remembered, ...]
    spurious: tuple[Spurious, ...]
    coherence: tuple[Coherence, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Gathering:
    """What findings are gathered from.

    Args:
        store: What probes kept.
        plan: Which probes count.
        models: The models in order, the base first.
        problems: The problems of the run.
        responses: The samples of the run that were scored and judged again.
        seed: Of the run.
        outcomes: By probe and model: what could not be done.
    """

    store: ProbeStore
    plan: ProbePlan
    models: Sequence[str]
    problems: Sequence[Item]
    responses: Sequence[Drawn]
    seed: int
    outcomes: Mapping[tuple[Probe, str], Outcomes]

    def findings(self) -> Findings:
        """Return what the probes of the plan found."""
        probes = self.plan.probes
        table, by_text = self._perplexity() if Probe.PERPLEXITY in probes else ((), 0)
        direct = tuple(self._direct()) if Probe.GUESSING in probes else ()
        return Findings(
            plan=self.plan,
            perplexity=table,
            by_text=by_text,
            direct=direct,
            guessable=guessable(direct) if direct else None,
            memory=tuple(self._memory()) if Probe.MEMORISATION in probes else (),
            spurious=tuple(self._spurious()) if Probe.SPURIOUS in probes else (),
            coherence=tuple(self._coherence()) if Probe.COHERENCE in probes else (),
            notes=tuple(
                Note(*key, outcomes)
                for key, outcomes in self.outcomes.items()
                if outcomes != Outcomes()
            ),
        )

    def _perplexity(self) -> tuple[tuple[Perplexities, ...], int]:
        writers = {each.key: each.model for each in self.responses}
        found, by_text = [], 0
        for scorer in self.models:
            scores = [each for each in self.store.scores(scorer) if each.key in writers]
            by_text += sum(not each.is_exact for each in scores)
            for writer in self.models:
                values = [each.perplexity for each in scores if writers[each.key] == writer]
                found.append(perplexities(scorer, writer, values))
        return tuple(each for each in found if each is not None), by_text

    def _direct(self) -> Iterator[Counts]:
        for model in self.models:
            rows: dict[str, tuple[int, int, int]] = {}
            for answer in self.store.answers(Probe.GUESSING, model):
                if answer.verdict is not None and answer.number < self.plan.direct:
                    n, c, u = rows.get(answer.name, (0, 0, 0))
                    outcome = answer.verdict.outcome
                    right, undecided = outcome == OUTCOME_CORRECT, outcome == OUTCOME_UNDECIDED
                    rows[answer.name] = n + 1, c + right, u + undecided
            if rows:
                yield counts_of(model, rows)

    def _memory(self) -> Iterator[Remembered]:
        controls = control_problems(self.problems, self.seed)
        for is_control, problems in ((False, self.problems), (True, controls)):
            bare = bare_problems([each.prompt for each in problems])
            for share in SHARES:
                hidden = {
                    item.group: parts.hidden
                    for item, each in zip(problems, bare, strict=True)
                    if (parts := cut(each, share)) is not None
                }
                for model in self.models:
                    name = memory_name(share, is_control=is_control)
                    answers = self.store.answers(name, model)
                    if answers:
                        yield _remembered(model, share, answers, hidden, is_control=is_control)

    def _spurious(self) -> Iterator[Spurious]:
        owned = {each.key: each.verdict for each in self.responses if each.verdict is not None}
        truth = _rewards(owned)
        names = list(spurious_tasks(self.problems[0].task))
        rewards = {VERIFIER: truth, **{name: _rewards(self.store.verdicts(name)) for name in names}}
        for name, given in rewards.items():
            for model in self.models:
                own = {each.key for each in self.responses if each.model == model}
                found = spurious(
                    name, model, {key: each for key, each in given.items() if key in own}, truth
                )
                if found is not None:
                    yield found

    def _coherence(self) -> Iterator[Coherence]:
        verdicts = self.store.verdicts(Probe.COHERENCE)
        for model in self.models:
            for is_right in (True, False):
                found = [
                    verdicts[each.key].proof
                    for each in self.responses
                    if each.model == model
                    and each.key in verdicts
                    and each.verdict is not None
                    and each.verdict.HasField("reward")
                    and (each.verdict.reward == 1.0) is is_right
                ]
                row = coherence(model, is_right=is_right, found=found)
                if row is not None:
                    yield row


def _rewards(verdicts: Mapping[int, Verdict]) -> dict[int, float]:
    return {key: each.reward for key, each in verdicts.items() if each.HasField("reward")}


def _remembered(
    model: str,
    share: float,
    answers: Sequence[Answer],
    hidden: Mapping[str, str],
    *,
    is_control: bool,
) -> Remembered:
    recalls = [recall(hidden[each.name], each.sample.text) for each in answers]
    rewards = [
        each.verdict.reward
        for each in answers
        if each.verdict is not None and each.verdict.HasField("reward")
    ]
    return Remembered(
        model=model,
        is_control=is_control,
        share=share,
        problems=len(recalls),
        rouge_l=sum(each.rouge_l for each in recalls) / len(recalls),
        exact=sum(each.exact for each in recalls) / len(recalls),
        judged=len(rewards),
        right=sum(rewards) / len(rewards) if rewards else None,
    )
