"""What probes found, in sentences. Figures are in percent unless they are perplexities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from veridical.evaluation.analysis import Analysis
from veridical.evaluation.counts import Counts
from veridical.evaluation.probes.asking import Outcomes
from veridical.evaluation.probes.coherence import Coherence
from veridical.evaluation.probes.findings import Findings, Note, Remembered
from veridical.evaluation.probes.plan import Probe
from veridical.evaluation.probes.spurious import VERIFIER
from veridical.evaluation.words import counted, crossing_words, listed, shown

_SHARE = 0.6
"""The share of a problem that words are about; arXiv 2507.10532 does the same."""
_MET = 0.1
"""How far above the control recall must be to be called a sign."""
_BETTER = 0.05
"""How far answers without reasoning must be above samples to be told."""
_FORMS = ("boxed", "python")


def probe_words(
    found: Findings, analysis: Analysis, without_guesses: Analysis | None
) -> Iterator[tuple[Probe, str]]:
    """Yield sentences, each with the probe that it is of.

    Args:
        found: What the probes found.
        analysis: What pass@k found.
        without_guesses: The same without problems that can be guessed.
    """
    models = [curve.model for curve in analysis.curves]
    told = {
        Probe.PERPLEXITY: perplexity_words(found, models),
        Probe.GUESSING: guessing_words(found, analysis, without_guesses),
        Probe.MEMORISATION: memory_words(found, models),
        Probe.SPURIOUS: spurious_words(found, models),
        Probe.COHERENCE: coherence_words(found.coherence),
    }
    for probe in found.plan.probes:
        for sentence in told[probe]:
            yield probe, sentence
        for note in found.notes:
            if note.probe is probe:
                yield probe, note_words(note)


def perplexity_words(found: Findings, models: Sequence[str]) -> Iterator[str]:
    """Yield how likely the base finds what the others write."""
    medians = {(each.scorer, each.writer): each.median for each in found.perplexity}
    base = models[0]
    for other in models[1:]:
        if (base, other) in medians and (base, base) in medians:
            own, theirs = medians[base, base], medians[base, other]
            told = (
                f"{shown(base)} finds the responses of {shown(other)} at a median perplexity of "
                f"{theirs:.2f}, its own at {own:.2f}"
            )
            if theirs <= own:
                yield f"{told}: they are at least as likely to it as its own."
            else:
                yield f"{told}: they are less likely to it than its own."
    if found.by_text:
        verb = "is of a text" if found.by_text == 1 else "are of texts"
        yield (
            f"{counted(found.by_text, 'score')} {verb} cut into tokens again, since the tokens drawn were not "
            "told or belong to another tokenizer; scores of the tokens drawn may differ slightly."
        )


def guessing_words(found: Findings, analysis: Analysis, without: Analysis | None) -> Iterator[str]:
    """Yield which problems can be guessed, and what is left of the comparison without them."""
    if found.guessable is None:
        yield "No direct answers: no problem has a math task, or none was judged."
        return
    kinds = found.guessable
    count = max(int(each.n.max()) for each in found.direct)
    yield (
        f"Each model was asked {counted(count, 'time')} for the answer alone. Problems guessed (right at times, below "
        f"5 %, by the better model): {len(kinds.guessed):,}; answered without reasoning (5 % or more): "
        f"{len(kinds.known):,}; never: {len(kinds.sound):,}."
    )
    yield from _held_back(found.direct, analysis)
    if kinds.guessed:
        yield f"Guessed: {listed(kinds.guessed)}."
    if without is not None:
        last = [(curve, len(curve.estimate)) for curve in without.curves]
        ends = ", ".join(
            f"{shown(curve.model)} pass@{k} {100 * curve.estimate[k - 1]:.1f}" for curve, k in last
        )
        yield f"Without the guessed ones, {counted(len(without.groups), 'problem')}: {ends}."
        for comparison in without.comparisons:
            yield crossing_words(comparison)


def _held_back(direct: Sequence[Counts], analysis: Analysis) -> Iterator[str]:
    """Yield which models do better without reasoning, on the problems of the direct answers."""
    first = {curve.model: curve for curve in analysis.curves}
    for each in direct:
        counts = first[each.model].counts
        own = [place for place, group in enumerate(counts.groups) if group in set(each.groups)]
        decided = int(counts.decided[own].sum())
        if decided and each.decided.sum():
            usual = int(counts.c[own].sum()) / decided
            alone = int(each.c.sum()) / int(each.decided.sum())
            if alone - usual >= _BETTER:
                yield (
                    f"{shown(each.model)} is right in {100 * alone:.1f} % of its answers without reasoning, and "
                    f"in {100 * usual:.1f} % of its samples: the prompt or the limit of tokens may hold it back."
                )


def memory_words(found: Findings, models: Sequence[str]) -> Iterator[str]:
    """Yield how much of the problems each model knows by heart, beside the control."""
    rows = {(each.model, each.is_control): each for each in found.memory if each.share == _SHARE}
    for model in models:
        problems, control = rows.get((model, False)), rows.get((model, True))
        if problems is not None and control is not None:
            yield _recall_words(model, problems, control)


def spurious_words(found: Findings, models: Sequence[str]) -> Iterator[str]:
    """Yield how rewards of the form alone moved beside the verifier's."""
    means = {(each.reward, each.model): each.mean for each in found.spurious}
    base = models[0]
    for other in models[1:]:
        gains = {
            reward: 100 * (means[reward, other] - means[reward, base])
            for reward in (VERIFIER, *_FORMS)
            if (reward, other) in means and (reward, base) in means
        }
        if VERIFIER in gains and len(gains) > 1:
            forms = ", ".join(f"{name} {gains[name]:+.1f}" for name in _FORMS if name in gains)
            told = (
                f"From {shown(base)} to {shown(other)} the verifier's mean reward moves by "
                f"{gains[VERIFIER]:+.1f} points, rewards of the form alone: {forms}"
            )
            most = max(gains[name] for name in _FORMS if name in gains)
            rest = "; the form changed more than the answers" if most > abs(gains[VERIFIER]) else ""
            yield f"{told}{rest}."


def coherence_words(rows: Sequence[Coherence]) -> Iterator[str]:
    """Yield what right answers rest on."""
    for each in rows:
        if each.is_right:
            yield (
                f"Right responses of {shown(each.model)}: {each.responses:,}. Their steps are valid as a whole "
                f"in {each.valid:,}, invalid in {each.invalid:,}, and the proof verifier cannot tell in "
                f"{each.open:,}."
            )
    if not rows:
        yield "No response was examined step by step."
    elif not any(each.is_right for each in rows):
        yield "No response has the right answer, so there is no right answer to rest on steps."


def note_words(note: Note) -> str:
    """Return what a probe could not do."""
    who = shown(note.model) if note.model else "the verifier"
    return f"Not done, {who}: {'; '.join(_outcome_words(note.outcomes))}."


def _outcome_words(outcomes: Outcomes) -> Iterator[str]:
    reason = "".join(each if each.isprintable() else " " for each in outcomes.reason[:200])
    because = f" ({reason})" if reason else ""
    if outcomes.refused:
        yield f"{outcomes.refused:,} refused by the sampler{because}"
    if outcomes.unsupported:
        yield f"{counted(outcomes.unsupported, 'response')}, since no server judges this kind of task"
    if outcomes.left:
        yield f"{outcomes.left:,}, since a service was out of reach{because}; the same command does them"


def _recall_words(model: str, problems: Remembered, control: Remembered) -> str:
    told = (
        f"{shown(model)}, shown {100 * _SHARE:.0f} % of a problem, goes on word by word in "
        f"{100 * problems.exact:.1f} % (control {100 * control.exact:.1f} %), with ROUGE-L "
        f"{100 * problems.rouge_l:.1f} (control {100 * control.rouge_l:.1f})"
    )
    if problems.right is not None and control.right is not None:
        told += f", and answers {100 * problems.right:.1f} % right (control {100 * control.right:.1f} %)"
    if problems.exact - control.exact >= _MET:
        return f"{told}: it may have met these problems in training."
    return f"{told}: no sign that it has met them."
