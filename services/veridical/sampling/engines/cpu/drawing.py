"""A token, from logits and a random number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from veridical.sampling.model import DrawSettings

Floats: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]

_LIKELIEST = 256
"""Tokens that are sorted at first: nearly always they hold the mass that top-p asks for."""


@dataclass(frozen=True, slots=True)
class Token:
    """One drawn token."""

    id: int
    logprob: float
    """Natural log-probability under the model, at temperature 1 and without truncation."""
    log_chance: float
    """Natural log-probability under the distribution that it was drawn from."""


def draw_token(logits: NDArray[np.float32], settings: DrawSettings, uniform: float) -> Token:
    """Draws a token by the inverse of the cumulative distribution.

    Top-k is applied first, then top-p to what is left: the fewest likeliest tokens that hold at least
    that mass. Of equal tokens the one with the lower index counts as likelier.

    Args:
        logits: One for each token of the vocabulary.
        settings: Temperature, top-p and top-k.
        uniform: A random number, 0 to below 1.

    Raises:
        ValueError: A logit is no number.
    """
    scores = logits.astype(np.float64)
    best = scores.max()
    if not np.isfinite(best):
        raise ValueError("the model's logits are not finite")
    scores -= best
    log_total = float(np.log(np.exp(scores).sum()))
    if settings.temperature == 0:
        chosen = int(scores.argmax())
        return Token(chosen, float(scores[chosen]) - log_total, 0.0)
    weights = np.exp(scores / settings.temperature)
    kept = _kept(weights, settings)
    shares = weights if kept is None else weights[kept]
    place = _drawn(shares, uniform)
    chosen = place if kept is None else int(kept[place])
    chance = float(np.log(shares[place] / shares.sum()))
    return Token(chosen, float(scores[chosen]) - log_total, chance)


def _drawn(shares: Floats, uniform: float) -> int:
    """The place at which the cumulative sum passes the random number."""
    sums = shares.cumsum()
    place = int(np.searchsorted(sums, uniform * sums[-1], side="right"))
    # Rounding may pass the last; a token that cannot be must not be drawn.
    return min(place, int(np.flatnonzero(shares)[-1]))


def _kept(weights: Floats, settings: DrawSettings) -> Places | None:
    """The tokens that may be drawn, likeliest first; None for all, as they stand."""
    count = len(weights) if settings.top_k is None else min(settings.top_k, len(weights))
    if settings.top_p >= 1:
        return None if count == len(weights) else _likeliest(weights, count)
    total = float(weights.sum()) if count == len(weights) else None
    for size in (min(_LIKELIEST, count), count):
        likeliest = _likeliest(weights, size)
        sums = weights[likeliest].cumsum()
        mass = sums[-1] if total is None and size == count else total
        if mass is not None and sums[-1] >= settings.top_p * mass:
            return likeliest[: int(np.searchsorted(sums, settings.top_p * mass)) + 1]
    return _likeliest(weights, count)


def _likeliest(weights: Floats, count: int) -> Places:
    """The places of the greatest weights, greatest first, of equal ones the first."""
    if count < len(weights):
        least = np.partition(weights, len(weights) - count)[len(weights) - count]
        places = np.flatnonzero(weights >= least)
    else:
        places = np.arange(len(weights))
    return places[np.argsort(-weights[places], kind="stable")][:count]
