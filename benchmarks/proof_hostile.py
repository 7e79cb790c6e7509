"""What traces that mean harm cost and earn: CPU time, verdict, and what a neighbour gets.

    python benchmarks/proof_hostile.py [earning|costing]

Each trace is checked in a worker of a real server, with an honest neighbour behind it. The goals: every one
is decided by its steps, neither by a deadline nor by a limit of its worker; none of them is CORRECT, and
every neighbour is. Seconds are CPU time of the workers, which holds on a busy machine too, and the worker's clock;
of a worker that is replaced right after it the CPU time is not known.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness import Service, service
from proof_attack_rows import COSTING, EARNING, Attack
from proof_speed import workers_seconds

from veridical.api.v1.proof_pb2 import PROOF_ACCEPT_UNREFUTED
from veridical.api.v1.task_pb2 import OUTCOME_CORRECT
from veridical.api.v1.verdict_pb2 import (
    REASON_DEADLINE_EXCEEDED,
    REASON_VERIFIER_CRASHED,
    REASON_VERIFIER_MEMORY,
    REASON_VERIFIER_TIMEOUT,
)
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

_DEADLINE_SECONDS = 600.0
"""Generous: a busy machine is no fault of the trace."""
_FAULTS = frozenset(
    {
        REASON_DEADLINE_EXCEEDED,
        REASON_VERIFIER_CRASHED,
        REASON_VERIFIER_MEMORY,
        REASON_VERIFIER_TIMEOUT,
    }
)


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


def print_row(attack: Attack, seconds: float, found: Verdict, beside: Verdict) -> bool:
    """Prints one line; returns whether all is as it should be."""
    decided = found.outcome != OUTCOME_CORRECT and found.reason not in _FAULTS
    fine = decided and beside.outcome == OUTCOME_CORRECT
    print(
        f"{attack.name:34} {f'{seconds:.2f}' if seconds > 0 else '-':>7} s CPU {found.timings.run_seconds:7.2f} s  {outcome_name(found.outcome):10}"
        f" {reason_name(found.reason):20} neighbour {outcome_name(beside.outcome)}"
        f"{'' if fine else '   <--'}",
        flush=True,
    )
    return fine


def attack_all(server: Service, attacks: Sequence[Attack]) -> bool:
    """Sends every attack; returns whether all is as it should be."""
    fine, seconds = True, list[float]()
    with Client(server.address) as client:
        for attack in attacks:
            before = workers_seconds(server.pid)
            verdicts = client.verify_batch(
                [hostile(attack), neighbour()], timeout=_DEADLINE_SECONDS
            )
            seconds.append(max(0.0, workers_seconds(server.pid) - before))
            fine &= print_row(attack, seconds[-1], *verdicts)
    print(f"{len(seconds)} traces: {sum(seconds):.1f} s, the slowest {max(seconds):.1f} s")
    return fine


def main() -> int:
    """Prints a line an attack."""
    kinds = {"earning": EARNING, "costing": COSTING}
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kind", nargs="?", choices=kinds, help="default: both")
    chosen = parser.parse_args().kind
    attacks = kinds[chosen] if chosen else (*EARNING, *COSTING)
    with service("veridical.proof", "--workers", "2") as server:
        fine = attack_all(server, attacks)
    print("all as it should be" if fine else "NOT all as it should be")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
