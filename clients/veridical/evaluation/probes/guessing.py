"""Which problems can be guessed: answered at times without any reasoning.

With many samples a problem that is guessed right once in a hundred times counts as solved. The paper drops
problems that a model asked for the answer alone gets right with a small chance above 0 (arXiv 2504.13837,
appendix; of AIME 24 it keeps 18 of 30).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from veridical.evaluation.counts import Counts

MAX_GUESSED = 0.05
"""Accuracy of direct answers below which a right one is taken for a guess."""


@dataclass(frozen=True, slots=True)
class Guessable:
    """What direct answers say about problems.

    Attributes:
        guessed: Right at times, below the bound, by any of the models: to be left out.
        known: Right as often as the bound or more: the answer needs no reasoning, or is remembered.
        sound: Never right without reasoning.
        undecided: Never right, and some direct answers were UNDECIDED.
    """

    guessed: tuple[str, ...]
    known: tuple[str, ...]
    sound: tuple[str, ...]
    undecided: tuple[str, ...]


def guessable(direct: Sequence[Counts], bound: float = MAX_GUESSED) -> Guessable:
    """Sort problems by how often direct answers are right, the best model deciding.

    Args:
        direct: Direct answers of each model, counted.
        bound: Accuracy, above 0 to 1.
    """
    best: dict[str, float] = {}
    open_ones: set[str] = set()
    for counts in direct:
        rows = zip(counts.groups, counts.decided, counts.c, counts.u, strict=True)
        for group, decided, right, undecided in rows:
            accuracy = float(right / decided) if decided else 0.0
            best[group] = max(best.get(group, 0.0), accuracy)
            if undecided:
                open_ones.add(group)
    return Guessable(
        guessed=tuple(each for each, accuracy in best.items() if 0 < accuracy < bound),
        known=tuple(each for each, accuracy in best.items() if accuracy >= bound),
        sound=tuple(
            each for each, accuracy in best.items() if not accuracy and each not in open_ones
        ),
        undecided=tuple(
            each for each, accuracy in best.items() if not accuracy and each in open_ones
        ),
    )
