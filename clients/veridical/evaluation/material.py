"""What a report is made of, and how it is gathered from a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from veridical.evaluation.analysis import Analysis, analyse
from veridical.evaluation.examples import Example, chosen, examples
from veridical.evaluation.majority import Majority, majority
from veridical.evaluation.probes.findings import Findings
from veridical.evaluation.runs.results import counts
from veridical.evaluation.runs.store import RunStore
from veridical.evaluation.survey import Survey, surveyed


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to repeat a run with.

    Attributes:
        name: What it is.
        value: Its value.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What a report shows.

    Attributes:
        analysis: pass@k and what follows from it.
        ks: The k of the tables.
        majorities: majority@k of each model; may be empty.
        cut: Share of each model's samples that were cut off by length, where it is known.
        findings: What the probes found; None where there is no run to probe.
        without_guesses: The analysis again without the problems that can be guessed; None where none
            is, or nothing is left.
        examples: Responses to look at.
        facts: Settings and versions beside those of the analysis.
    """

    analysis: Analysis
    ks: tuple[int, ...]
    majorities: tuple[Majority, ...] = ()
    cut: Mapping[str, float] = field(default_factory=dict)
    findings: Findings | None = None
    without_guesses: Analysis | None = None
    examples: tuple[Example, ...] = ()
    facts: tuple[Fact, ...] = ()


def run_material(
    store: RunStore,
    models: Sequence[str],
    findings: Findings,
    facts: tuple[Fact, ...],
    ks: tuple[int, ...] | None = None,
) -> Material:
    """Gather what a run found.

    Args:
        store: The run.
        models: Its models, the base first.
        findings: What its probes found.
        facts: What it was made with.
        ks: The k of the tables; None: 1, 2, 4, ... and where curves end.

    Raises:
        AnalysisError: There is nothing to compare.
        RunError: A model has no judged sample.
    """
    analysis = analyse(counts(store, models))
    choices = chosen(analysis)
    survey = surveyed(store, {each.group for each in choices})
    shown = ks or usual_ks(analysis)
    who = (
        Fact(f"verifier {name}", f"{version}, fingerprint {fingerprint}")
        for name, version, fingerprint in survey.verifiers()
    )
    return Material(
        analysis=analysis,
        ks=shown,
        majorities=tuple(_majorities(survey, analysis, shown)),
        cut=survey.cut(),
        findings=findings,
        without_guesses=_without_guesses(analysis, findings),
        examples=examples(choices, survey),
        facts=(*facts, *who),
    )


def usual_ks(analysis: Analysis) -> tuple[int, ...]:
    """Return 1, 2, 4, ... and where each curve ends."""
    ends = {end for curve in analysis.curves for end in (len(curve.estimate), len(curve.low))}
    powers = {1 << power for power in range(max(ends).bit_length())}
    return tuple(sorted(powers | ends))


def _without_guesses(analysis: Analysis, findings: Findings) -> Analysis | None:
    guessed = set(findings.guessable.guessed if findings.guessable is not None else ())
    left = set(analysis.groups) - guessed
    if len(left) == len(analysis.groups) or not left - set(analysis.unjudged):
        return None
    kept = [place for place, group in enumerate(analysis.groups) if group in left]
    places = np.array(kept, dtype=np.int64)
    return analyse([curve.counts.take(places) for curve in analysis.curves], analysis.settings)


def _majorities(survey: Survey, analysis: Analysis, ks: Sequence[int]) -> list[Majority]:
    unjudged = set(analysis.unjudged)
    groups = [group for group in analysis.groups if group not in unjudged]
    found = []
    for curve in analysis.curves:
        votes = survey.votes(curve.model, groups)
        if votes is not None:
            within = [k for k in ks if k <= len(curve.estimate)]
            seed = analysis.settings.resampling.seed
            found.append(majority(curve.model, votes, within, seed))
    return found
