"""A run as one Parquet file, a row a sample; needs the extra `parquet` (pyarrow)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from veridical.api.v1.item_pb2 import FinishReason
from veridical.client.items import outcome_name, reason_name
from veridical.evaluation.runs.store import Drawn, RunStore

_ROWS = 4096
"""Rows of a group: what is held in memory at once."""

SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("group", pa.string()),
        ("sample_index", pa.int32()),
        ("prompt", pa.string()),
        ("text", pa.string()),
        ("tokens", pa.int32()),
        ("finish_reason", pa.string()),
        ("seed", pa.uint32()),
        ("engine", pa.string()),
        ("weight_version", pa.int32()),
        ("outcome", pa.string()),
        ("reason", pa.string()),
        ("reward", pa.float64()),
        ("detail", pa.string()),
    ]
)
"""Names of enums are lower case without their prefix; what is not known is null."""


def write_parquet(store: RunStore, path: Path) -> int:
    """Write all samples with their verdicts, by model, problem and index; returns how many.

    The file appears under its name once it is whole.
    """
    rows = map(_row, store.drawn())
    unfinished = path.with_name(path.name + ".part")
    count = 0
    with pq.ParquetWriter(unfinished, SCHEMA) as writer:
        for batch in _batches(rows):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, SCHEMA))
            count += len(batch)
    unfinished.replace(path)
    return count


def _batches(rows: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    while batch := list(islice(rows, _ROWS)):
        yield batch


def _row(drawn: Drawn) -> dict[str, object]:
    sample, model, verdict = drawn.sample, drawn.sample.model, drawn.verdict
    row: dict[str, object] = {
        "model": drawn.model,
        "group": drawn.item.group,
        "sample_index": drawn.item.sample_index,
        "prompt": drawn.item.prompt,
        "text": sample.text,
        "tokens": len(sample.token_ids.ids) or None,
        "finish_reason": FinishReason.Name(sample.finish_reason)
        .removeprefix("FINISH_REASON_")
        .lower(),
        "seed": sample.seed if sample.HasField("seed") else None,
        "engine": model.engine or None,
        "weight_version": model.weight_version if model.HasField("weight_version") else None,
    }
    if verdict is not None:
        row |= {
            "outcome": outcome_name(verdict.outcome),
            "reason": reason_name(verdict.reason),
            "reward": verdict.reward if verdict.HasField("reward") else None,
            "detail": verdict.detail or None,
        }
    return row
