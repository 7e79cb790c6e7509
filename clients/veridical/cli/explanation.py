"""One verdict and its evidence, laid out for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator

from google.protobuf.json_format import MessageToDict
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from veridical.cli.code_evidence import code_rows
from veridical.cli.excerpt import excerpt
from veridical.cli.proof_evidence import proof_rows
from veridical.cli.reasons import place_words, reason_words, rule_words
from veridical.cli.render import OUTCOME_STYLES, collapsed, duration, one_line
from veridical.client import (
    Item,
    MathEvidence,
    MathTask,
    PercentPolicy,
    Task,
    Timings,
    Verdict,
    outcome_name,
    reason_name,
)

_LABEL_CELLS = 8
_GAP_CELLS = 2
_INDENT = (0, 0, 0, _GAP_CELLS)
_LEAST_CELLS = 20
_SHOWN_CHARACTERS = 1100
_PERCENT_HINT = (
    "a percent sign stands on one side alone; percent sign_optional (PERCENT_POLICY_SIGN_OPTIONAL in the task) "
    "takes the bare number for it"
)
_PREFIXES = ("PERCENT_POLICY_", "UNIT_POLICY_", "ORDER_POLICY_", "EXTRACTION_")
_TIMES = {
    "total_seconds": "in all",
    "queue_seconds": "waiting",
    "run_seconds": "running",
    "start_seconds": "starting a cell",
    "compare_seconds": "comparing",
}

_Row = tuple[str, Text]


def explanation(verdict: Verdict, item: Item | None, width: int) -> RenderableType:
    """Return what a verdict rests on.

    Args:
        verdict: The verdict.
        item: What it is about; None where that could not be read.
        width: Cells of the screen that a line may take.
    """
    task = item.task if item is not None else Task()
    return _explained(verdict, task, item or Item(), width)


def _explained(verdict: Verdict, task: Task, item: Item, width: int) -> Group:
    table = Table.grid(padding=(0, _GAP_CELLS, 0, 0), pad_edge=False)
    table.add_column(style="dim", width=_LABEL_CELLS)
    table.add_column(overflow="fold")
    for label, value in _rows(
        verdict, task, item, max(width - _LABEL_CELLS - 2 * _GAP_CELLS, _LEAST_CELLS)
    ):
        table.add_row(label, value)
    parts = (
        Padding(_explained(part, part_task, item, width - _GAP_CELLS), _INDENT, expand=False)
        for part, part_task in _parts(verdict, task)
    )
    return Group(_head(verdict), Padding(table, _INDENT, expand=False), *parts)


def _parts(verdict: Verdict, task: Task) -> Iterator[tuple[Verdict, Task]]:
    """Yield the verdicts within a verdict, each with its task."""
    if verdict.WhichOneof("evidence") == "control" and verdict.control.HasField("inverted"):
        yield verdict.control.inverted, task.control.inverse
    for number, part in enumerate(verdict.all.parts):
        yield part, task.all.tasks[number] if number < len(task.all.tasks) else Task()


def _head(verdict: Verdict) -> Text:
    outcome = outcome_name(verdict.outcome)
    head = Text.assemble((one_line(verdict.id), "bold"), "  " if verdict.id else "")
    head.append(outcome, OUTCOME_STYLES.get(outcome, ""))
    head.append(f" / {reason_name(verdict.reason)}")
    reward = f"reward {verdict.reward:g}" if verdict.HasField("reward") else "no reward"
    head.append(f"   {reward}{', cached' if verdict.cached else ''}", "dim")
    return head.append(", borderline: another run might differ" if verdict.borderline else "")


def _rows(verdict: Verdict, task: Task, item: Item, width: int) -> Iterator[_Row]:
    why = reason_words(verdict)
    yield "because", Text(f"{why}: {collapsed(verdict.detail)}" if verdict.detail else why)
    match verdict.WhichOneof("evidence"):
        case "math":
            yield from _math_rows(verdict.math, task.math.gold, _response(item), width)
        case "code":
            yield from code_rows(verdict.code)
        case "proof":
            yield from proof_rows(verdict.proof, item)
        case "all" | "control" | None:
            pass
        case kind:
            fields = MessageToDict(getattr(verdict, kind), preserving_proto_field_name=True)
            yield kind, Text(json.dumps(fields, indent=2, ensure_ascii=False))
    if (times := _times(verdict.timings)) is not None:
        yield "time", times
    if verdict.HasField("verifier"):
        made_by = verdict.verifier
        yield "by", Text(f"{made_by.name} {made_by.version}, fingerprint {made_by.fingerprint}")


def _math_rows(evidence: MathEvidence, gold: str, response: str, width: int) -> Iterator[_Row]:
    yield from _answer_rows(evidence, response, width)
    yield from _side("gold", gold, evidence.gold_normal)
    yield from _side("answer", evidence.extracted, evidence.answer_normal)
    if evidence.rule:
        yield "decided", Text(f"by {rule_words(evidence.rule)}")
    if evidence.HasField("refuting_point"):
        point = evidence.refuting_point
        values = ", ".join(f"{name} = {value}" for name, value in sorted(point.assignment.items()))
        sides = f"the gold is {point.gold_value}, the answer {point.answer_value}"
        yield "refuted", Text(one_line(f"at {values}: {sides}" if values else sides))
    if evidence.HasField("policy"):
        yield "policy", Text(", ".join(_policy(evidence.policy)))
        if _differs_by_sign(evidence):
            yield "hint", Text(_PERCENT_HINT)


def _differs_by_sign(evidence: MathEvidence) -> bool:
    """Return whether nothing but a percent sign keeps two sides apart."""
    gold, answer = evidence.gold_normal, evidence.answer_normal
    return (
        ("%" in gold) != ("%" in answer)
        and gold.replace("%", "") == answer.replace("%", "")
        and evidence.policy.percent == PercentPolicy.PERCENT_POLICY_VALUE
    )


def _answer_rows(evidence: MathEvidence, response: str, width: int) -> Iterator[_Row]:
    if not evidence.HasField("answer_start"):
        shown = excerpt(response, len(response), len(response), width)
        yield "ends", Text(shown.line, no_wrap=True)
        return
    start, end = evidence.answer_start, evidence.answer_end
    place = place_words(MessageToDict(evidence)["extraction"])
    yield "found", Text(f"in {place}, code points {start} to {end}")
    if end <= len(response):
        shown = excerpt(response, start, end, width)
        yield "", Text(f"{shown.line}\n", no_wrap=True).append(shown.carets, "bold cyan")


def _side(label: str, written: str, normal: str) -> Iterator[_Row]:
    if not written and not normal:
        return
    shown = Text(one_line(written or normal, _SHOWN_CHARACTERS))
    if normal and written and normal != written:
        shown.append("   in normal form ", "dim").append(one_line(normal, _SHOWN_CHARACTERS))
    yield label, shown


def _policy(policy: MathTask) -> Iterator[str]:
    fields = MessageToDict(policy, preserving_proto_field_name=True)
    for name in ("percent", "units", "order"):
        if name in fields:
            yield f"{name} {_name(fields[name])}"
    if policy.HasField("rtol"):
        yield f"rtol {policy.rtol:g}"
    if policy.HasField("atol"):
        yield f"atol {policy.atol:g}"
    if policy.ignore_variable_names:
        yield "variable names ignored"
    if policy.extraction:
        yield f"extraction {' '.join(map(_name, fields['extraction']))}"


def _name(value: str | int) -> str:
    """Return the name of an enum value as on screen; one that is not known here is a number."""
    text = str(value)
    prefix = next((each for each in _PREFIXES if text.startswith(each)), "")
    return text.removeprefix(prefix).lower()


def _times(timings: Timings) -> Text | None:
    told = [
        f"{words} {duration(getattr(timings, name))}"
        for name, words in _TIMES.items()
        if getattr(timings, name)
    ]
    return Text(", ".join(told)) if told else None


def _response(item: Item) -> str:
    return "\n\n".join(item.trace.steps) if item.HasField("trace") else item.response
