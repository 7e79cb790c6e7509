"""Every attack through a real math server, benign items beside them, and math-verify on the same rows.

    python benchmarks/math_attacks.py [--no-peer]

Prints how many attacks were CORRECT or UNDECIDED (goal: none), the slowest (goal: 2 s, wall clock), and
the p99 of benign items in calm and beside the attacks (goal: less than 3 times). With math-verify: how
many of the attacks it rewards, and how many it does not answer within its limit here.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from harness import RawCall, raw_batch, service
from math_attack_rows import COMPARE, RESPONSE, Attack, read_attacks
from math_grading import run_grader

from veridical.api.v1.item_pb2 import FINISH_REASON_LENGTH, FINISH_REASON_UNSPECIFIED, Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import OUTCOME_INCORRECT, Outcome, Task
from veridical.api.v1.verdict_pb2 import Reason
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest, VerifyBatchResponse

BENIGN = 2_000
ATTACKERS = 2
PEER_WALL_SECONDS = 12.0

_PAUSE_SECONDS = 0.01
_TIMEOUT = 60
_WANTED = Outcome.Name(OUTCOME_INCORRECT)
_RESPONSES = (r"So x = {0}. The answer is \boxed{{{0}}}.", r"We get \boxed{{\frac{{{0}}}{{7}}}}.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said of an attack.

    Attributes:
        attack: The attack.
        outcome: Its outcome by name, or the status of a call that failed.
        reason: The reason by name, or the status' message.
        seconds: Wall time of the call, which held this item only.
    """

    attack: Attack
    outcome: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run measured.

    Attributes:
        calm: Seconds of each benign call in calm.
        beside: Seconds of each benign call beside attacks.
        answers: What the server said of each attack.
    """

    calm: list[float]
    beside: list[float]
    answers: list[Answer]


async def attack_server(address: str, attacks: Sequence[Attack]) -> list[Answer]:
    """Sends every attack in a call of its own, `ATTACKERS` at a time."""
    answers: list[Answer] = []
    waiting = iter(attacks)

    async def worker(call: RawCall) -> None:
        answers.extend([await _answer(call, attack) for attack in waiting])

    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)
        await asyncio.gather(*(worker(call) for _ in range(ATTACKERS)))
    return answers


async def _answer(call: RawCall, attack: Attack) -> Answer:
    task = Task(math=MathTask(gold=attack.gold))
    reason = FINISH_REASON_LENGTH if attack.truncated else FINISH_REASON_UNSPECIFIED
    item = Item(
        id=attack.id,
        task=task,
        response=attack.response,
        prompt=attack.prompt,
        finish_reason=reason,
    )
    start = time.perf_counter()
    try:
        reply = await call(_body(item), timeout=_TIMEOUT)
    except grpc.aio.AioRpcError as error:
        outcome, why = error.code().name, error.details() or ""
    else:
        verdict = VerifyBatchResponse.FromString(reply).verdicts[0]
        outcome, why = Outcome.Name(verdict.outcome), Reason.Name(verdict.reason)
    return Answer(attack, outcome, why, time.perf_counter() - start)


async def benign_times(address: str) -> list[float]:
    """Seconds of each of `BENIGN` calls, one after another."""
    times: list[float] = []
    async with grpc.aio.insecure_channel(address) as channel:
        call = raw_batch(channel)
        for number in range(BENIGN):
            body = _body(_benign(number))
            start = time.perf_counter()
            await call(body, timeout=_TIMEOUT)
            times.append(time.perf_counter() - start)
            await asyncio.sleep(_PAUSE_SECONDS)
    return times


async def measure(address: str, attacks: Sequence[Attack]) -> Measured:
    """Sends benign items in calm, then again beside the attacks, which go on as long as they do."""
    calm = await benign_times(address)
    beside = asyncio.create_task(benign_times(address))
    answers = await attack_server(address, attacks)
    while not beside.done():
        await attack_server(address, attacks)
    return Measured(calm, await beside, answers)


def _body(item: Item) -> bytes:
    return VerifyBatchRequest(items=[item]).SerializeToString()


def _benign(number: int) -> Item:
    """A plain number, or a fraction beside its double: neither needs a worker for long."""
    gold = str(number) if number % 2 == 0 else rf"\frac{{{2 * number}}}{{14}}"
    response = _RESPONSES[number % 2].format(number)
    return Item(id=str(number), task=Task(math=MathTask(gold=gold)), response=response)


def p99(times: Sequence[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return 1e3 * sorted(times)[int(0.99 * len(times))]


def print_server(attacks: Sequence[Attack]) -> None:
    """Prints what Veridical made of the attacks."""
    with service("veridical.math", "--workers", "2") as math:
        found = asyncio.run(measure(math.address, attacks))
    answers, calm, beside = found.answers, found.calm, found.beside
    outcomes = Counter(answer.outcome for answer in answers)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    print(f"veridical: {len(attacks)} attacks: {counts}")
    for answer in answers:
        if answer.outcome != _WANTED:
            attack = answer.attack
            print(
                f"  {attack.id}: {answer.reason}: {attack.gold[:40]!r} | {attack.response[:70]!r}"
            )
    slowest = sorted(answers, key=lambda answer: answer.seconds)[-3:]
    named = ", ".join(f"{each.attack.id} {each.seconds:.2f} s" for each in reversed(slowest))
    print(f"  slowest: {named}; p99 {p99([answer.seconds for answer in answers]):.0f} ms")
    ratio = p99(beside) / p99(calm)
    print(
        f"benign items: p99 calm {p99(calm):.1f} ms, "
        f"beside attacks {p99(beside):.1f} ms, {ratio:.1f} times"
    )


def print_peer(attacks: Sequence[Attack]) -> None:
    """Prints what math-verify makes of them, on its main thread and with its own alarm of 5 s."""
    rows = [(attack.gold, attack.response) for attack in attacks]
    graded = run_grader("math-verify", rows, wall_seconds=PEER_WALL_SECONDS)
    rewarded = [a.group for a, each in zip(attacks, graded, strict=True) if each.correct]
    slow = sum(each.cpu_seconds > 2 for each in graded)
    print(
        f"math-verify: {len(rewarded)} false rewards, {slow} take more than 2 s of processor time"
    )
    print(f"  by group: {dict(Counter(rewarded))}")


def main() -> None:
    """Prints both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--no-peer", action="store_true", help="leave math-verify out")
    arguments = parser.parse_args()
    attacks = [attack for path in (COMPARE, RESPONSE) for attack in read_attacks(path)]
    print_server(attacks)
    if not arguments.no_peer:
        print_peer(attacks)


if __name__ == "__main__":
    main()
