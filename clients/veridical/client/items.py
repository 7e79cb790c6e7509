"""Items made from Python values, and the short names of outcomes and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from google.protobuf.descriptor import FieldDescriptor

from veridical.api.v1.item_pb2 import FinishReason, Item
from veridical.api.v1.math_pb2 import (
    Extraction,
    MathTask,
    OrderPolicy,
    PercentPolicy,
    UnitPolicy,
)
from veridical.api.v1.task_pb2 import Outcome, Task
from veridical.api.v1.verdict_pb2 import Reason


class MathPolicy(TypedDict, total=False):
    """How a math answer is compared; the fields of `MathTask` beside its gold, same defaults."""

    percent: PercentPolicy.ValueType
    units: UnitPolicy.ValueType
    order: OrderPolicy.ValueType
    rtol: float
    atol: float
    ignore_variable_names: bool
    extraction: Sequence[Extraction.ValueType]


def math_task(gold: str, **policy: Unpack[MathPolicy]) -> Task:
    """A task that asks whether the final answer equals `gold`; lone surrogates become U+FFFD.

    Raises:
        TypeError: The gold is no str, or a value of the policy has a wrong type; the text names it.
        ValueError: The policy has a field that there is not, or a value that there is not; the text
            names those there are.
    """
    try:
        return Task(math=MathTask(gold=_text("gold", gold), **policy))
    except (TypeError, ValueError):
        _blame(policy)
        raise


def math_item(
    id: str,  # noqa: A002  # the name of the message's field
    gold: str,
    response: str,
    *,
    prompt: str = "",
    group: str = "",
    sample_index: int | None = None,
    finish_reason: FinishReason.ValueType = FinishReason.FINISH_REASON_UNSPECIFIED,
    labels: Mapping[str, str] | None = None,
    **policy: Unpack[MathPolicy],
) -> Item:
    """An item of a math task; lone surrogates, which no message can hold, become U+FFFD.

    Args:
        id: Unique in its call, 1 to 256 bytes.
        gold: The reference answer: LaTeX, plain text or CAS text.
        response: The model's whole output text, thinking included.
        prompt: What the model was given, if known.
        group: The problem whose samples belong together.
        sample_index: Index of the sample within its group, from 0.
        finish_reason: Why the model stopped; LENGTH matters, since a response that was cut off without
            a committed answer holds none.
        labels: Free labels such as model or step, echoed in the verdict.
        policy: How the answer is compared; see `MathPolicy`.

    Raises:
        TypeError: A text is no str, or a value of the policy has a wrong type; the error names the
            argument.
        ValueError: As `math_task`.
    """
    return Item(
        id=_text("id", id),
        task=math_task(gold, **policy),
        response=_text("response", response),
        prompt=_text("prompt", prompt),
        group=_text("group", group),
        sample_index=sample_index,
        finish_reason=finish_reason,
        labels=_labels({} if labels is None else labels),
    )


def scrub(text: str) -> str:
    """`text` with U+FFFD for each lone surrogate.

    Raises:
        TypeError: It is no str.
    """
    return _text("text", text)


def _text(name: str, text: str) -> str:
    """The scrubbed text of an argument."""
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a str, not {type(text).__name__}")
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _blame(policy: Mapping[str, object]) -> None:
    """Raises an error that names the field of a policy which no `MathTask` takes."""
    known = MathTask.DESCRIPTOR.fields_by_name
    for name, value in policy.items():
        if name not in known:
            names = ", ".join(MathPolicy.__annotations__)
            raise ValueError(f"a math task has no field {name}; it has {names}")
        try:
            MathTask(**{name: value})  # type: ignore[arg-type]  # that is what is looked for
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name} cannot be {value!r}{_choices(known[name])}") from None


def _choices(field: FieldDescriptor) -> str:
    if field.enum_type is None:
        return ""
    names = ", ".join(f"{field.enum_type.name}.{each.name}" for each in field.enum_type.values)
    return f"; it must be {'a list of ' if field.is_repeated else 'one of '}{names}"


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(labels, Mapping):
        raise TypeError(f"labels must be a mapping, not {type(labels).__name__}")
    return {
        _text("a name in labels", key): _text(f"labels[{key!r}]", value)
        for key, value in labels.items()
    }


def outcome_name(outcome: Outcome.ValueType) -> str:
    """The short name of an outcome, such as "correct"; "outcome_99" for one not known here."""
    if outcome in Outcome.values():
        return Outcome.Name(outcome).removeprefix("OUTCOME_").lower()
    return f"outcome_{outcome}"


def reason_name(reason: Reason.ValueType) -> str:
    """The short name of a reason, such as "gold_unparsable"; "reason_999" for one not known here."""
    if reason in Reason.values():
        return Reason.Name(reason).removeprefix("REASON_").lower()
    return f"reason_{reason}"
