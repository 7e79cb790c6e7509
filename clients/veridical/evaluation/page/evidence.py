"""What a verdict rests on, as names and values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from veridical.api.v1.code_pb2 import CodeEvidence
from veridical.api.v1.math_pb2 import MathEvidence
from veridical.api.v1.proof_pb2 import GlobalValidity, ProofEvidence
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.client.items import outcome_name, reason_name

Row: TypeAlias = tuple[str, str]
_FAILED = 2
_PASSED = "tests_passed"


def evidence_rows(verdict: Verdict, task: Task) -> Iterator[Row]:
    """Yield what decided, from the outcome down; values are of foreign origin."""
    reason = reason_name(verdict.reason).replace("_", " ")
    yield "verdict", f"{outcome_name(verdict.outcome)}: {reason}"
    if verdict.detail:
        yield "detail", verdict.detail
    kind = verdict.WhichOneof("evidence")
    if kind == "math":
        yield from _math_rows(verdict.math, task.math.gold)
    elif kind == "code":
        yield from _code_rows(verdict.code)
    elif kind == "proof":
        yield from _proof_rows(verdict.proof)
    elif kind == "format" and verdict.format.missed:
        yield "missed", ", ".join(verdict.format.missed)
    elif kind == "all":
        for part in verdict.all.parts:
            part_reason = reason_name(part.reason).replace("_", " ")
            yield "part", f"{outcome_name(part.outcome)}: {part_reason}"


def _math_rows(evidence: MathEvidence, gold: str) -> Iterator[Row]:
    yield "gold", _with_normal(gold, evidence.gold_normal)
    answer = _with_normal(evidence.extracted, evidence.answer_normal)
    yield "answer", answer or "none was found"
    if evidence.HasField("refuting_point"):
        point = evidence.refuting_point
        where = ", ".join(f"{name} = {value}" for name, value in sorted(point.assignment.items()))
        at = f"at {where}: " if where else ""
        yield "refuted", f"{at}the gold is {point.gold_value}, the answer {point.answer_value}"


def _with_normal(written: str, normal: str) -> str:
    return f"{written} (read as {normal})" if normal and written and normal != written else written


def _code_rows(evidence: CodeEvidence) -> Iterator[Row]:
    if evidence.tests:
        yield "tests", f"{evidence.passed:,} of {evidence.tests:,} passed"
    for test in islice((each for each in evidence.results if each.reason != _PASSED), _FAILED):
        yield "failed", f"{test.name or 'all tests'}: {test.reason.replace('_', ' ')}"
        for label, value in (("expected", test.expected), ("came", test.actual)):
            if value:
                yield label, value


def _proof_rows(evidence: ProofEvidence) -> Iterator[Row]:
    if evidence.global_validity in GlobalValidity.values():
        name = GlobalValidity.Name(evidence.global_validity)
        yield "as a whole", name.removeprefix("GLOBAL_VALIDITY_").lower()
    if evidence.first_error >= 0:
        yield "first error", f"step {evidence.first_error + 1}"
    if evidence.HasField("local_coherence"):
        yield "local coherence", f"{evidence.local_coherence:.2f}"
    if evidence.HasField("coverage"):
        yield "coverage", f"{evidence.coverage:.2f}"
