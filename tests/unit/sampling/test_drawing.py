"""Tokens drawn from logits: the distribution that the settings say, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.sampling.engines.cpu.drawing import draw_token
from veridical.sampling.model import DrawSettings

LOGITS = st.lists(st.floats(-20, 20, width=32), min_size=1, max_size=40)
SETTINGS = st.builds(
    DrawSettings,
    temperature=st.floats(0.05, 10),
    top_p=st.floats(0.01, 1),
    top_k=st.none() | st.integers(1, 50),
)


def kept_by_definition(logits: list[float], settings: DrawSettings) -> dict[int, float]:
    """Token and chance of all that may be drawn, from the definition: sort, cut, cut again."""
    exact = [np.float64(np.float32(logit)) for logit in logits]
    weights = [math.exp((logit - max(exact)) / settings.temperature) for logit in exact]
    order = sorted(range(len(weights)), key=lambda token: (-weights[token], token))
    order = order[: settings.top_k]
    mass, cut = settings.top_p * math.fsum(weights[t] for t in order), 0
    while math.fsum(weights[t] for t in order[:cut]) < mass * (1 - 1e-12) and cut < len(order):
        cut += 1
    kept = order[: max(cut, 1)]
    total = math.fsum(weights[t] for t in kept)
    return {token: weights[token] / total for token in kept}


@given(LOGITS, SETTINGS, st.floats(0, 1, exclude_max=True))
def test_a_token_is_one_that_the_settings_keep_with_its_chance(logits, settings, uniform) -> None:
    kept = kept_by_definition(logits, settings)
    token = draw_token(np.array(logits, dtype=np.float32), settings, uniform)
    assert token.id in kept
    # Where rounding decides whether one token more is kept the chances differ a little.
    assert math.exp(token.log_chance) == pytest.approx(kept[token.id], rel=0.2, abs=1e-9)
    exact = np.array(logits, dtype=np.float32).astype(np.float64)
    log_total = exact.max() + math.log(np.exp(exact - exact.max()).sum())
    assert token.logprob == pytest.approx(exact[token.id] - log_total, abs=1e-9)


@pytest.mark.parametrize(
    "settings",
    [
        DrawSettings(temperature=0.7),
        DrawSettings(top_p=0.9),
        DrawSettings(temperature=0.7, top_p=0.9),
        DrawSettings(top_k=7),
        DrawSettings(temperature=1.5, top_p=0.5, top_k=300),
    ],
)
def test_evenly_spread_numbers_give_every_token_its_share(settings: DrawSettings) -> None:
    logits = np.random.default_rng(1).normal(0, 2, 1_000).astype(np.float32)
    kept = kept_by_definition(logits.tolist(), settings)
    draws = 20_000
    counts = np.zeros(len(logits))
    for place in range(draws):
        counts[draw_token(logits, settings, (place + 0.5) / draws).id] += 1
    expected = np.array([kept.get(token, 0.0) for token in range(len(logits))])
    # An inverse of a cumulative distribution is off by less than one draw at each end of a share.
    assert np.abs(counts - expected * draws).max() <= 2


def test_temperature_0_takes_the_first_of_the_likeliest() -> None:
    logits = np.array([0.0, 3.0, 3.0, 1.0], dtype=np.float32)
    token = draw_token(logits, DrawSettings(temperature=0), 0.99)
    assert (token.id, token.log_chance) == (1, 0.0)
    assert token.logprob == pytest.approx(3 - math.log(1 + 2 * math.e**3 + math.e))


def test_a_token_that_cannot_be_is_never_drawn() -> None:
    logits = np.array([-np.inf, 0.0, -np.inf, 0.0, -np.inf], dtype=np.float32)
    ends = [0.0, 0.5, math.nextafter(1.0, 0.0)]
    assert {draw_token(logits, DrawSettings(), end).id for end in ends} == {1, 3}


@pytest.mark.parametrize("logit", [math.nan, math.inf])
def test_logits_that_are_no_numbers_are_refused(logit: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        draw_token(np.array([0.0, logit], dtype=np.float32), DrawSettings(), 0.5)
