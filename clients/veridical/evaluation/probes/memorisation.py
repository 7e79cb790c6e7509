"""Does a model know a problem by heart? It is shown the first part and goes on (arXiv 2507.10532).

Shown 80, 60 or 40 % of a problem, a model that has met it writes the rest, and may even answer the question
that it was not asked. Problems generated afresh are the control: nobody can know those.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

SHARES = (0.8, 0.6, 0.4)
"""Shares of a problem that are shown."""

_WORD = re.compile(r"\S+")
_TOKEN = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


@dataclass(frozen=True, slots=True)
class Split:
    """A problem in two parts.

    Attributes:
        shown: What the model is given, up to the end of a word.
        hidden: The rest, without the white space in between.
    """

    shown: str
    hidden: str


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of a hidden part came back.

    Attributes:
        rouge_l: F-measure of the longest common subsequence (Lin 2004), 0 to 1.
        exact: Whether the model wrote the hidden part word by word.
    """

    rouge_l: float
    exact: bool


def split(problem: str, share: float) -> Split:
    """Cut a problem behind the first `share` of its words, rounded up; at least one stays hidden.

    Raises:
        ValueError: The share is not within 0 and 1, or the problem has fewer than two words.
    """
    if not 0 < share < 1:
        raise ValueError(f"share: {share} is not within 0 and 1")
    words = list(_WORD.finditer(problem))
    if len(words) < 2:
        raise ValueError("a problem of fewer than two words cannot be cut")
    count = min(math.ceil(share * len(words)), len(words) - 1)
    return Split(problem[: words[count - 1].end()], problem[words[count].start() :].rstrip())


def recall(hidden: str, written: str) -> Recall:
    """Compare what a model wrote with what was hidden, as many tokens of it as were hidden.

    What a model writes beyond that, such as its answer, is no part of the problem.
    """
    wanted = _tokens(hidden)
    found = _tokens(written)[: len(wanted)]
    return Recall(rouge_l(wanted, found), bool(wanted) and wanted == found)


def rouge_l(reference: Sequence[str], candidate: Sequence[str]) -> float:
    """Return ROUGE-L with precision and recall weighing alike (Lin 2004), 0 to 1."""
    if not reference or not candidate:
        return 0.0
    common = common_length(reference, candidate)
    return 2 * common / (len(reference) + len(candidate))


def common_length(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, by Hyyrö's bits (2004): one row a number."""
    places: dict[str, int] = {}
    for place, token in enumerate(left):
        places[token] = places.get(token, 0) | 1 << place
    whole = (1 << len(left)) - 1
    row = whole
    for token in right:
        match = row & places.get(token, 0)
        row = (row + match | row - match) & whole
    return len(left) - row.bit_count()


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())
