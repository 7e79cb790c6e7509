"""What traces that mean harm cost and earn: CPU time, verdict, and what a neighbour gets.

    python benchmarks/proof_hostile.py [earning|costing]

Each trace is checked in a worker of a real server, with an honest neighbour behind it. The goals: every one
is decided within the deadline, none of them is CORRECT, and every neighbour is.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness import service
from proof_attack_rows import COSTING, EARNING, Attack

from veridical.api.v1.proof_pb2 import PROOF_ACCEPT_UNREFUTED
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT
from veridical.client import (
    Client,
    Item,
    ProofTask,
    Task,
    Trace,
    Verdict,
    outcome_name,
    reason_name,
)

_DEADLINE_SECONDS = 120.0


def hostile(attack: Attack) -> Item:
    """An attack as an item, under the policy that asks for least."""
    task = ProofTask(
        problem=attack.problem, gold=attack.gold, accept=PROOF_ACCEPT_UNREFUTED, min_coverage=0.5
    )
    if attack.steps:
        return Item(id="attack", task=Task(proof=task), trace=Trace(steps=attack.steps))
    return Item(id="attack", task=Task(proof=task), response=attack.response)


def neighbour() -> Item:
    """An honest trace."""
    task = Task(proof=ProofTask(problem="Compute $2 \\cdot 3 + 4$.", gold="10"))
    steps = ["$2 \\cdot 3 = 6$.", "$6 + 4 = 10$."]
    return Item(id="neighbour", task=task, trace=Trace(steps=steps))


def print_row(attack: Attack, found: Verdict, beside: Verdict) -> bool:
    """Prints one line; returns whether all is as it should be."""
    fine = found.outcome != OUTCOME_CORRECT and beside.outcome == OUTCOME_CORRECT
    print(
        f"{attack.name:34} {found.timings.run_seconds:7.3f} s  {outcome_name(found.outcome):10}"
        f" {reason_name(found.reason):20} neighbour {outcome_name(beside.outcome)}"
        f"{'' if fine else '   <--'}"
    )
    return fine


def attack_all(address: str, attacks: Sequence[Attack]) -> bool:
    """Sends every attack; returns whether all is as it should be."""
    fine = True
    with Client(address) as client:
        for attack in attacks:
            verdicts = client.verify_batch(
                [hostile(attack), neighbour()], timeout=_DEADLINE_SECONDS
            )
            fine &= print_row(attack, *verdicts)
    return fine


def main() -> int:
    """Prints a line an attack."""
    kinds = {"earning": EARNING, "costing": COSTING}
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kind", nargs="?", choices=kinds, help="default: both")
    chosen = parser.parse_args().kind
    attacks = kinds[chosen] if chosen else (*EARNING, *COSTING)
    with service("veridical.proof", "--workers", "2") as server:
        fine = attack_all(server.address, attacks)
    print("all as it should be" if fine else "NOT all as it should be")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
