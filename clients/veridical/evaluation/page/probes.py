"""The probes on the page: sentences, then figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from veridical.evaluation.analysis import Analysis
from veridical.evaluation.page.table import NONE, Cell, Column, share, table
from veridical.evaluation.page.text import sentence
from veridical.evaluation.probes.coherence import Coherence
from veridical.evaluation.probes.findings import Findings
from veridical.evaluation.probes.guessing import MAX_GUESSED
from veridical.evaluation.probes.perplexity import Perplexities
from veridical.evaluation.probes.plan import Probe
from veridical.evaluation.probes.spurious import SHOWN
from veridical.evaluation.probes.words import probe_words
from veridical.evaluation.words import counted, shown

TITLES = {
    Probe.PERPLEXITY: "Perplexity: does the base find the others' responses likely?",
    Probe.GUESSING: "Guessing: which problems are answered without reasoning?",
    Probe.MEMORISATION: "Memorisation: are the problems known by heart?",
    Probe.SPURIOUS: "Spurious rewards: did the form change, or the answers?",
    Probe.COHERENCE: "Coherence and validity: do right answers rest on right steps?",
}


def probes_section(
    found: Findings, analysis: Analysis, without_guesses: Analysis | None
) -> Iterator[str]:
    """Yield a section a probe."""
    models = [curve.model for curve in analysis.curves]
    told = list(probe_words(found, analysis, without_guesses))
    tables = {
        Probe.PERPLEXITY: lambda: _perplexity(found, models),
        Probe.GUESSING: lambda: _direct(found),
        Probe.MEMORISATION: lambda: _memory(found, models),
        Probe.SPURIOUS: lambda: _spurious(found, models),
        Probe.COHERENCE: lambda: _coherence(found.coherence),
    }
    for probe in found.plan.probes:
        sentences = "".join(f"<p>{sentence(each)}</p>" for of, each in told if of is probe)
        yield f"<h2>{escape(TITLES[probe])}</h2>{sentences}{tables[probe]()}"
    if not found.plan.probes:
        yield '<h2>Probes</h2><p class="note">None was asked for.</p>'


def _perplexity(found: Findings, models: Sequence[str]) -> str:
    rows = found.perplexity
    if not rows:
        return ""
    cells = {(each.scorer, each.writer): each for each in rows}
    columns = [
        Column("scored by"),
        *(Column(f"responses of {shown(each)}", has_range=True) for each in models),
    ]
    lines = []
    for scorer in models:
        row = [cells.get((scorer, writer)) for writer in models]
        if any(row):
            lines.append([Cell(shown(scorer)), *map(_quartiles, row)])
    count = max(each.responses for each in rows)
    note = (
        f'<p class="note">Medians and quartiles of exp(− mean log-probability of the tokens), of up to '
        f"{counted(count, 'response')} each, the first {found.plan.responses:,} of each problem.</p>"
    )
    return table(columns, lines) + note


def _quartiles(found: Perplexities | None) -> Cell:
    if found is None:
        return NONE
    return Cell(f"{found.median:.2f}", f"[{found.low:.2f}, {found.high:.2f}]")


def _direct(found: Findings) -> str:
    if not found.direct:
        return ""
    columns = [
        *(Column("model"), Column("direct answers"), Column("right, %")),
        *(Column("problems right at times, below 5 %"), Column("5 % or more"), Column("never")),
    ]
    rows = []
    for each in found.direct:
        accuracy = each.c / each.decided.clip(1)
        low, high = (accuracy > 0) & (accuracy < MAX_GUESSED), accuracy >= MAX_GUESSED
        figures = (int(low.sum()), int(high.sum()), int((accuracy == 0).sum()))
        decided = max(int(each.decided.sum()), 1)
        row = [Cell(shown(each.model)), Cell(f"{each.samples:,}")]
        row += [Cell(share(int(each.c.sum()) / decided)), *(Cell(f"{n:,}") for n in figures)]
        rows.append(row)
    return table(columns, rows)


def _memory(found: Findings, models: Sequence[str]) -> str:
    if not found.memory:
        return ""
    columns = [
        *(Column("model"), Column("problems of"), Column("shown, %"), Column("problems")),
        *(Column("ROUGE-L, %"), Column("word by word, %"), Column("answered right, %")),
    ]
    rows = sorted(found.memory, key=lambda each: (models.index(each.model), each.is_control))
    lines = [
        [
            Cell(shown(each.model)),
            Cell("the control" if each.is_control else "the study"),
            *(Cell(f"{100 * each.share:.0f}"), Cell(f"{each.problems:,}")),
            *(Cell(share(each.rouge_l)), Cell(share(each.exact))),
            NONE if each.right is None else Cell(share(each.right)),
        ]
        for each in rows
    ]
    note = (
        '<p class="note">A model is shown the first part of each problem and goes on, greedily. The control '
        "is as many sums made for this study, as long as its problems: nobody can know them, so that what is "
        "found there is chance.</p>"
    )
    return table(columns, lines) + note


def _spurious(found: Findings, models: Sequence[str]) -> str:
    if not found.spurious:
        return ""
    cells = {(each.reward, each.model): each for each in found.spurious}
    columns = [Column("reward")]
    columns += [Column(f"mean, {shown(each)}, %") for each in models]
    columns += [Column(f"equals the verifier's, {shown(each)}, %") for each in models]
    lines = []
    for reward, words in SHOWN.items():
        rows = [cells.get((reward, model)) for model in models]
        if any(rows):
            means = [NONE if each is None else Cell(share(each.mean)) for each in rows]
            equal = [NONE if each is None else Cell(share(each.agreement)) for each in rows]
            lines.append([Cell(words), *means, *equal])
    count = max(each.responses for each in found.spurious)
    return (
        table(columns, lines)
        + f'<p class="note">Of up to {counted(count, "response")} of each model.</p>'
    )


def _coherence(rows: Sequence[Coherence]) -> str:
    if not rows:
        return ""
    columns = [
        *(Column("model"), Column("answer"), Column("responses"), Column("valid")),
        *(Column("invalid"), Column("cannot tell"), Column("with decided pairs of steps")),
        *(Column("local coherence, %"), Column("claims decided, %")),
    ]
    lines = [
        [
            Cell(shown(each.model)),
            Cell("right" if each.is_right else "wrong"),
            *(Cell(f"{n:,}") for n in (each.responses, each.valid, each.invalid, each.open)),
            Cell(f"{each.paired:,}"),
            NONE if each.coherence is None else Cell(share(each.coherence)),
            NONE if each.coverage is None else Cell(share(each.coverage)),
        ]
        for each in rows
    ]
    note = (
        '<p class="note">Valid: every step follows and leads to the answer. Invalid: a step or the answer is '
        "refuted. Local coherence is the mean share of decided pairs of steps that cohere.</p>"
    )
    return table(columns, lines) + note
