"""Labelled traces, and the labels among theirs that exact arithmetic contradicts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from veridical.api.v1.proof_pb2 import CLAIM_VERDICT_CONTRADICTED, ClaimEvidence
from veridical.cli.items import ItemsFile
from veridical.cli.line import LineError
from veridical.client import Item, ProofTask, Task, Trace, Verdict, scrub

_LABELS = ("labels", "step_labels", "step_ok", "ratings")
"""Where the labels of single steps stand: true and 1 say right, and so does 0 beside -1."""
_EXACT = "arithmetic"


@dataclass(frozen=True, slots=True)
class LabelledTrace:
    """A trace of a file.

    Attributes:
        line: Number of its line, from 1.
        item: What is asked about it.
        called_right: Of each step, whether its label says that it is right.
    """

    line: int
    item: Item
    called_right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class BadLabel:
    """A step that is called right and holds a false calculation.

    Attributes:
        id: The trace's id.
        line: Its line, from 1.
        step: Index of the step, from 0.
        claim: The false claim as written.
        values: The values that refute it, by name.
        note: Why, for a person.
    """

    id: str
    line: int
    step: int
    claim: str
    values: dict[str, str]
    note: str


def read_traces(source: ItemsFile) -> Iterator[LabelledTrace]:
    """Read the traces of a file.

    Raises:
        LineError: A line is no labelled trace; the text names the line.
    """
    for number, content in source.lines():
        try:
            yield _trace(number, json.loads(content))
        except (ValueError, TypeError, RecursionError, LineError) as error:
            raise LineError(f"line {number}: {error}") from error


def _trace(line: int, row: Any) -> LabelledTrace:
    if not isinstance(row, dict):
        raise LineError("the line is no JSON object")
    steps = row.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps) or not steps:
        raise LineError("steps: not a list of texts")
    task = Task(proof=ProofTask(problem=scrub(str(row.get("problem", "")))))
    trace = Trace(steps=[scrub(step) for step in steps])
    item = Item(id=str(row.get("id") or line), task=task, trace=trace)
    return LabelledTrace(line, item, _called_right(row, len(steps)))


def _called_right(row: dict[str, Any], count: int) -> tuple[bool, ...]:
    """Which steps are called right; those behind a first error are called nothing."""
    first = row.get("first_error")
    if isinstance(first, int) and not isinstance(first, bool):
        return tuple(first < 0 or number < first for number in range(count))
    labels = next((row[name] for name in _LABELS if name in row), None)
    if not isinstance(labels, list) or len(labels) != count:
        raise LineError(f"neither first_error nor one of {', '.join(_LABELS)} for each step")
    is_scale = any(label == -1 for label in labels)
    return tuple(label in (1, True) or (is_scale and label == 0) for label in labels)


def bad_labels(trace: LabelledTrace, verdict: Verdict) -> Iterator[BadLabel]:
    """Yield the steps that are called right and hold a false calculation."""
    for number, (step, right) in enumerate(
        zip(verdict.proof.steps, trace.called_right, strict=False)
    ):
        claim = _false(step.claims) if right else None
        if claim is not None:
            values = dict(sorted(claim.counterexample.items()))
            yield BadLabel(trace.item.id, trace.line, number, claim.text, values, claim.note)


def _false(claims: Sequence[ClaimEvidence]) -> ClaimEvidence | None:
    """The first claim that exact arithmetic refutes."""
    for claim in claims:
        if claim.verdict == CLAIM_VERDICT_CONTRADICTED and claim.method == _EXACT:
            return claim
    return None
