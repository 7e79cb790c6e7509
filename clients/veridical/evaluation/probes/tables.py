"""What probes found, as tables."""

from __future__ import annotations

from dataclasses import astuple

from veridical.evaluation.probes.findings import Findings
from veridical.evaluation.tables import Table, table


def probe_tables(found: Findings) -> tuple[Table, ...]:
    """Return a table a probe; shares are 0 to 1."""
    guesses = found.guessable
    kinds = ("guessed", "known", "sound", "undecided")
    return (
        table(
            "perplexity", "scorer writer responses median low high", map(astuple, found.perplexity)
        ),
        table(
            "direct_answers",
            "model group n c u",
            (
                (each.model, group, *figures)
                for each in found.direct
                for group, *figures in zip(
                    each.groups, each.n.tolist(), each.c.tolist(), each.u.tolist(), strict=True
                )
            ),
        ),
        table(
            "guessable",
            "group kind",
            (
                (group, kind)
                for kind in kinds
                for group in (getattr(guesses, kind) if guesses is not None else ())
            ),
        ),
        table(
            "memorisation",
            "model control share_shown problems rouge_l exact judged right",
            map(astuple, found.memory),
        ),
        table("spurious", "reward model responses mean agreement", map(astuple, found.spurious)),
        table(
            "coherence",
            "model answer_right responses valid invalid open paired local_coherence coverage",
            map(astuple, found.coherence),
        ),
    )
