"""The audit of reward-doctor (PyPI) on the TRL-shaped reward function, over services of its own.

Prints the audit of `VeridicalReward` and that of reward-doctor's own reference verifier. Goals: no
exploit accepted, no false positive, no crash, and no more false negatives than that reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reward_doctor import Audit, audit
from reward_doctor.reference import robust_match

from veridical.client import Client, Undecided
from veridical.integrations.trl import VeridicalReward

Reward = Callable[[list[str], list[str], list[str]], Sequence[float | None]]


def trl_reward(client: Client) -> Reward:
    """The reward function with the column of golds in its signature, where the audit looks for it.

    An undecided completion is None, which the audit counts as a crash.
    """
    veridical = VeridicalReward(client, undecided=Undecided.NONE)

    def veridical_reward(
        prompts: list[str], completions: list[str], answer: list[str]
    ) -> list[float | None]:
        return veridical(prompts=prompts, completions=completions, answer=answer)

    return veridical_reward


def audits(client: Client) -> tuple[Audit, Audit]:
    """The audits of Veridical and of the reference."""
    return audit(trl_reward(client)), audit(robust_match)


def main() -> None:
    """Prints both audits and Veridical's failures."""
    with Client.local() as client:
        for found in audits(client):
            print(
                f"{found.name}: {len(found.outcomes)} cases, "
                f"{len(found.exploits_accepted)} exploits, "
                f"{len(found.false_positives)} false positives, "
                f"{len(found.false_negatives)} false negatives, {len(found.errors)} crashes"
            )
            for outcome in found.outcomes:
                if not outcome.passed:
                    case = outcome.case
                    mode = outcome.error or outcome.failure_mode
                    print(f"  {case.id}: {mode}: {case.reference!r} | {case.completion[:70]!r}")
            for outcome in found.contested:
                said = "accepted" if outcome.accepted else "rejected"
                print(f"  contested, {outcome.case.id}: {said}")


if __name__ == "__main__":
    main()
