"""One right and one wrong item of each kind of task, small and real."""

from __future__ import annotations

from dataclasses import dataclass

from veridical.api.v1.code_pb2 import CallCase, CallTests, CodeTask
from veridical.client import (
    AllTask,
    ControlTask,
    FormatTask,
    Item,
    Outcome,
    ProofTask,
    Task,
    Trace,
    math_item,
)


@dataclass(frozen=True, slots=True)
class Probe:
    """Two items whose outcomes are known."""

    right: Item
    """One that is CORRECT."""
    wrong: Item
    """One that is INCORRECT."""


def _constant(outcome: Outcome.ValueType) -> Task:
    return Task(control=ControlTask(constant=outcome))


_DOUBLE = CallTests(entry_point="double", cases=[CallCase(args="[3]", expected="6")])
_CODE = Task(code=CodeTask(language="python", calls=_DOUBLE))
_PROOF = Task(proof=ProofTask(problem="Compute $2 \\cdot 3 + 4$.", gold="10"))
_BOXED = Task(format=FormatTask(boxed_answer=True))

PROBES: dict[str, Probe] = {
    "math": Probe(
        # Only a worker can decide this one, so that the pool is tried as well.
        math_item("right", "x^2+2x+1", r"So it is \boxed{(x+1)^2}."),
        math_item("wrong", "7", r"So it is \boxed{8}."),
    ),
    "code": Probe(
        Item(id="right", task=_CODE, response="def double(x): return 2 * x"),
        Item(id="wrong", task=_CODE, response="def double(x): return 3 * x"),
    ),
    "proof": Probe(
        Item(id="right", task=_PROOF, trace=Trace(steps=["$2 \\cdot 3 = 6$.", "$6 + 4 = 10$."])),
        Item(id="wrong", task=_PROOF, trace=Trace(steps=["$2 \\cdot 3 = 5$.", "$5 + 4 = 9$."])),
    ),
    "format": Probe(
        Item(id="right", task=_BOXED, response=r"\boxed{1}"),
        Item(id="wrong", task=_BOXED, response="1"),
    ),
    "control": Probe(
        Item(id="right", task=_constant(Outcome.OUTCOME_CORRECT), response="-"),
        Item(id="wrong", task=_constant(Outcome.OUTCOME_INCORRECT), response="-"),
    ),
    "all": Probe(
        Item(id="right", task=Task(all=AllTask(tasks=[_BOXED])), response=r"\boxed{1}"),
        Item(id="wrong", task=Task(all=AllTask(tasks=[_BOXED])), response="1"),
    ),
}
"""By the name of the kind, as servers describe it."""
