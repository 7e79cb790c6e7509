"""What a sampler tells of responses that it scores, where that cannot be true."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import pytest

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.sampling_pb2 import (
    ContinuationScore,
    Sample,
    ScoreInput,
    ScoreResponse,
    TokenIds,
)
from veridical.api.v1.task_pb2 import Task
from veridical.evaluation.probes.asking import Outcomes
from veridical.evaluation.probes.scoring import Scoring, Served
from veridical.evaluation.probes.store import open_probes
from veridical.evaluation.runs.store import open_run

PROBLEM = Item(group="a", prompt="?", task=Task(math=MathTask(gold="1")))
SAMPLES = 20


class Scorer:
    """Scores as it is told.

    Args:
        logprobs: Of the tokens of each response.
        keeps: Of how many responses of a call it tells scores.
    """

    def __init__(self, logprobs: list[float], keeps: int = 99) -> None:
        self._logprobs = logprobs
        self._keeps = keeps

    async def score(self, inputs: Iterable[ScoreInput], *, model: str = "") -> ScoreResponse:
        scores = [ContinuationScore(logprobs=self._logprobs) for _ in inputs]
        return ScoreResponse(scores=scores[: self._keeps])


@pytest.mark.parametrize(
    ("scorer", "kept", "refused"),
    [
        (Scorer([-1.0, -3.0]), SAMPLES, 0),
        (Scorer([-1e308, -1e308]), SAMPLES, 0),
        (Scorer([-1.0, math.nan]), 0, SAMPLES),
        (Scorer([-1.0, 0.5]), 0, SAMPLES),
        (Scorer([-1.0]), 0, SAMPLES),
        (Scorer([-1.0] * 3), 0, SAMPLES),
        (Scorer([]), 0, 0),
        (Scorer([-1.0, -3.0], keeps=5), 5 + 5 + 4, 3 + 3),  # calls of 8, 8 and 4
    ],
)
async def test_scores_that_cannot_be_are_left_out_and_told(
    tmp_path: Path, scorer: Scorer, kept: int, refused: int
) -> None:
    with open_run(tmp_path, {}, [PROBLEM]) as store:
        ids = TokenIds(ids=[1, 2])
        made = [Sample(group="a", sample_index=n, text="x", token_ids=ids) for n in range(SAMPLES)]
        store.add_samples("m", made)
        with open_probes(tmp_path) as probes:
            outcomes = Outcomes()
            scoring = Scoring(probes, False, outcomes)
            async for _ in scoring.score(Served("m", scorer, "", ""), list(store.drawn())):
                pass
            assert len(probes.scores("m")) == kept
    assert (outcomes.refused, bool(outcomes.reason)) == (refused, bool(refused))
