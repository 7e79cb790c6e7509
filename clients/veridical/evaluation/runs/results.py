"""What a run found: counts for the analysis, and what was cut off."""

from __future__ import annotations

from collections.abc import Sequence

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH
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


def cut_shares(store: RunStore) -> dict[str, float]:
    """Return the share of each model's samples that were cut off by length."""
    whole: dict[str, int] = {}
    cut: dict[str, int] = {}
    for each in store.drawn():
        whole[each.model] = whole.get(each.model, 0) + 1
        is_cut = each.sample.finish_reason == FINISH_REASON_LENGTH
        cut[each.model] = cut.get(each.model, 0) + is_cut
    return {model: cut[model] / samples for model, samples in whole.items()}
