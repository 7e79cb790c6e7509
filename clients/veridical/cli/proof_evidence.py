"""The evidence of a verdict on a proof, laid out for a person: the trace with its verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import Message
from rich.text import Text

from veridical.api.v1.proof_pb2 import ClaimEvidence, ProofEvidence, StepEvidence
from veridical.cli.render import one_line
from veridical.client import Item

_MAX_STEPS = 60
_MAX_STEP = 600
_STYLES = {
    "entailed": "green",
    "contradicted": "bold red",
    "not_entailed": "red",
    "assumed": "cyan",
    "unverified": "yellow",
    "no_claim": "dim",
}
_VALIDITY_STYLES = {"valid": "green", "invalid": "red", "undetermined": "yellow"}

_Row = tuple[str, Text]


def proof_rows(evidence: ProofEvidence, item: Item) -> Iterator[_Row]:
    """Yield a label and a text for each part of the evidence on an item."""
    yield "whole", _whole(evidence)
    yield "local", _local(evidence)
    if evidence.first_error >= 0:
        yield "error", _error(evidence)
    for number, step in enumerate(evidence.steps[:_MAX_STEPS]):
        yield f"step {number}", _step(step, _text(number, step, item))
        for claim in step.claims:
            yield "", _claim(claim)
        for unread in step.unread:
            yield "", Text(f"  not read: {one_line(unread)}", "yellow")
    if len(evidence.steps) > _MAX_STEPS:
        yield "", Text(f"... {len(evidence.steps) - _MAX_STEPS} more steps", "dim")
    for warning in evidence.warnings:
        where = f"step {warning.step}: " if warning.HasField("step") else ""
        yield "warning", Text(one_line(f"{where}{warning.kind}: {warning.text}"), "yellow")


def _whole(evidence: ProofEvidence) -> Text:
    name = _name(evidence, "global_validity")
    text = Text(name, _VALIDITY_STYLES.get(name, ""))
    if evidence.validity_reason:
        text.append(f": {_name(evidence, 'validity_reason').replace('_', ' ')}")
    return text


def _local(evidence: ProofEvidence) -> Text:
    parts = ["coherence undefined: nothing was decided"]
    if evidence.HasField("local_coherence"):
        parts = [f"coherence {evidence.local_coherence:.2f}"]
    if evidence.HasField("coherence_lower"):
        parts.append(f"between {evidence.coherence_lower:.2f} and {evidence.coherence_upper:.2f}")
    if evidence.HasField("coverage"):
        parts.append(f"coverage {evidence.coverage:.2f}")
    return Text(", ".join(parts))


def _error(evidence: ProofEvidence) -> Text:
    parts = [f"step {evidence.first_error}"]
    if evidence.first_error_kind:
        parts.append(f"of kind {_name(evidence, 'first_error_kind')}")
    if evidence.downstream:
        parts.append(f"what follows is {_name(evidence, 'downstream')}")
    return Text(", ".join(parts), "red")


def _text(number: int, step: StepEvidence, item: Item) -> str:
    if step.HasField("start"):
        return item.response[step.start : step.end]
    return item.trace.steps[number] if number < len(item.trace.steps) else ""


def _step(step: StepEvidence, text: str) -> Text:
    verdict = _name(step, "verdict")
    shown = Text(one_line(text, _MAX_STEP))
    follows = " (follows from an earlier error)" if step.inherits else ""
    return shown.append(f"  {verdict}{follows}", _STYLES.get(verdict, ""))


def _claim(claim: ClaimEvidence) -> Text:
    verdict = _name(claim, "verdict")
    shown = Text.assemble("  ", (verdict, _STYLES.get(verdict, "")), f"  {one_line(claim.text)}")
    if claim.method:
        shown.append(f"  by {claim.method.replace('_', ' ')}", "dim")
    if claim.open:
        shown.append(f"  {_name(claim, 'open').replace('_', ' ')}", "dim")
    if claim.counterexample:
        values = ", ".join(
            f"{name} = {value}" for name, value in sorted(claim.counterexample.items())
        )
        shown.append(f"  refuted: {one_line(values)}", "bold red")
    if claim.note:
        shown.append(f"  {one_line(claim.note)}", "dim")
    return shown


def _name(message: Message, field: str) -> str:
    """The name of an enum field's value as on screen; of a value that is not known here the number."""
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    assert kind is not None
    values = kind.values_by_number
    number: int = getattr(message, field)
    if number not in values:
        return str(number)
    prefix = values[0].name.removesuffix("UNSPECIFIED")
    return values[number].name.removeprefix(prefix).lower()
