"""What a run found: counts for the analysis."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_UNDECIDED
from veridical.evaluation.counts import Counts, counts_of
from veridical.evaluation.errors import RunError
from veridical.evaluation.runs.store import RunStore


def counts(store: RunStore, models: Sequence[str]) -> list[Counts]:
    """Return the judged samples of these models, counted, in their order.

    Raises:
        RunError: A model has none.
    """
    found = []
    for model in models:
        rows = store.judged(model, OUTCOME_CORRECT, OUTCOME_UNDECIDED)
        if not rows:
            raise RunError(f"no sample of {model!r} is judged")
        found.append(counts_of(model, rows))
    return found
