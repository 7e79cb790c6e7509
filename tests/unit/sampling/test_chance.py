"""The bound of a sample's chance is never below the chance, and near it where much is told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.sampling.engines.chance import Step, log_chance_bound
from veridical.sampling.engines.cpu.drawing import draw_token
from veridical.sampling.model import DrawSettings

LOGITS = st.lists(st.floats(-8, 8, width=32), min_size=2, max_size=30)
SETTINGS = st.builds(
    DrawSettings,
    temperature=st.floats(0.2, 3),
    top_p=st.floats(0.05, 1),
    top_k=st.none() | st.integers(1, 30),
)


@given(LOGITS, SETTINGS, st.floats(0, 1, exclude_max=True), st.integers(0, 30))
def test_it_is_never_below_the_chance(logits, settings, uniform, told) -> None:
    exact = np.array(logits, dtype=np.float32)
    token = draw_token(exact, settings, uniform)
    wide = exact.astype(np.float64)
    logprobs = wide - wide.max() - np.log(np.exp(wide - wide.max()).sum())
    likeliest = sorted(logprobs.tolist(), reverse=True)[:told]
    bound = log_chance_bound([Step(token.logprob, likeliest)], settings)
    assert token.log_chance - 1e-9 <= bound <= 0


@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_it_is_near_the_chance_where_the_likeliest_are_told(top_p: float) -> None:
    settings = DrawSettings(temperature=0.6, top_p=top_p)
    logits = np.array([4, 3, 2, 1, *[-3] * 50], dtype=np.float32)
    wide = logits.astype(np.float64)
    logprobs = wide - wide.max() - np.log(np.exp(wide - wide.max()).sum())
    tokens = [draw_token(logits, settings, (place + 0.5) / 40) for place in range(40)]
    likeliest = logprobs[:5].tolist()
    bound = log_chance_bound([Step(token.logprob, likeliest) for token in tokens], settings)
    assert bound == pytest.approx(math.fsum(token.log_chance for token in tokens), abs=1.0)


def test_what_is_sure_has_all_the_chance_there_is() -> None:
    step = Step(-3.0, [-0.1])
    assert log_chance_bound([step], DrawSettings(temperature=0)) == 0
    assert log_chance_bound([Step(-0.1, [])] * 5, DrawSettings()) == 0
