from __future__ import annotations

import pytest

from veridical.suite.backoff import Backoff
from veridical.suite.settings import RestartSettings


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(RestartSettings())
    pauses = [backoff.pause(ran_seconds=0.1) for _ in range(8)]
    assert pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0])


def test_a_calm_run_starts_over() -> None:
    backoff = Backoff(RestartSettings(first_seconds=1.0, calm_seconds=60.0))
    assert [backoff.pause(0.0), backoff.pause(59.9), backoff.pause(60.0)] == [1.0, 2.0, 1.0]
    assert backoff.pause(0.0) == 2.0
