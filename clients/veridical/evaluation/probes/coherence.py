"""Local coherence and global validity of responses, as the proof verifier finds them, beside the answer.

A response may cohere from step to step and be wrong as a whole, or come to the right answer by steps that
do not hold: the two are told apart here, each with its coverage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.proof_pb2 import (
    GLOBAL_VALIDITY_INVALID,
    GLOBAL_VALIDITY_UNDETERMINED,
    GLOBAL_VALIDITY_VALID,
    PROOF_ACCEPT_UNREFUTED,
    ProofEvidence,
    ProofTask,
)
from veridical.api.v1.task_pb2 import Task

_MAX_PROBLEM_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Coherence:
    """What the proof verifier found in some responses of one model.

    Attributes:
        model: Whose.
        is_right: Whether they are those whose answer is right, or those whose answer is wrong.
        responses: How many were examined.
        valid: Those that hold as a whole.
        invalid: Those that do not.
        open: Those that could not be told.
        paired: Those of which a pair of steps was decided.
        coherence: Mean local coherence of those, 0 to 1; None where there are none.
        coverage: Mean share of decided claims, 0 to 1, of responses with claims; None where there are
            none.
    """

    model: str
    is_right: bool
    responses: int
    valid: int
    invalid: int
    open: int
    paired: int
    coherence: float | None
    coverage: float | None


def proof_task(item: Item) -> Task | None:
    """Return the task that has a response's steps examined; None where the problem has no such steps."""
    kind = item.task.WhichOneof("kind")
    if kind == "proof":
        return item.task
    if kind != "math" or len(item.prompt.encode()) > _MAX_PROBLEM_BYTES:
        return None
    gold = item.task.math.gold
    return Task(
        proof=ProofTask(problem=item.prompt, gold=gold, accept=PROOF_ACCEPT_UNREFUTED),
    )


def coherence(model: str, *, is_right: bool, found: Iterable[ProofEvidence]) -> Coherence | None:
    """Sum up the evidence on some responses; None where none was examined."""
    examined = [each for each in found if each.global_validity]
    if not examined:
        return None
    validity = [each.global_validity for each in examined]
    local = [each.local_coherence for each in examined if each.HasField("local_coherence")]
    covered = [each.coverage for each in examined if each.HasField("coverage")]
    return Coherence(
        model=model,
        is_right=is_right,
        responses=len(examined),
        valid=validity.count(GLOBAL_VALIDITY_VALID),
        invalid=validity.count(GLOBAL_VALIDITY_INVALID),
        open=validity.count(GLOBAL_VALIDITY_UNDETERMINED),
        paired=len(local),
        coherence=sum(local) / len(local) if local else None,
        coverage=sum(covered) / len(covered) if covered else None,
    )
