"""How likely a sample was, from what an engine tells of it: a bound from above."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from veridical.sampling.model import DrawSettings


class Step(NamedTuple):
    """What an engine tells of one drawn token: natural log-probabilities at temperature 1."""

    drawn: float
    """Of the token itself."""
    likeliest: Sequence[float]
    """Of the likeliest tokens, any number of them; the drawn one may be among them."""


def log_chance_bound(steps: Iterable[Step], settings: DrawSettings) -> float:
    """The natural logarithm of the most that the chance of drawing these tokens can be."""
    if settings.temperature == 0:
        return 0.0
    return math.fsum(_bound(step, settings) for step in steps)


def _bound(step: Step, settings: DrawSettings) -> float:
    """The same for one token.

    Its chance is its weight p^(1/T) over the sum of the weights of all that top-k and top-p keep. The
    sum is at least that of the known tokens that are surely kept: those before which the known weights
    alone, which make any share look larger than it is, hold less than top-p.
    """
    known = sorted(step.likeliest, reverse=True)
    if not known or step.drawn < known[-1]:  # otherwise it is one of them
        known.append(step.drawn)
    known = known[: settings.top_k]
    weights = [math.exp((each - known[0]) / settings.temperature) for each in known]
    total, before, kept = math.fsum(weights), 0.0, 0.0
    for weight in weights:
        if before >= settings.top_p * total:
            break
        kept += weight
        before += weight
    drawn = math.exp((step.drawn - known[0]) / settings.temperature)
    return math.log(drawn / max(kept, drawn)) if drawn else -math.inf
