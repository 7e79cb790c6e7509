"""Every attack program on every task that it fits, through a real code server, with honest programs beside.

    python benchmarks/code_attacks.py [--backend process|docker|gvisor] [--broker SOCKET] [--classes NAME ...]

Prints how many unusual but right programs were CORRECT (the class `honest`; goal: all); then, for each class
of attacks as it ends, how many items were CORRECT or UNDECIDED (goal: none), the slowest, and what is left on
the host (goal: nothing); at last how long health took beside the attacks (goal: 100 ms), and the p99 of
honest items calm and beside them. A run that was stopped goes on with `--classes` and what is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from code_attack_host import CodeServer, code_server, health_seconds, warm_up
from code_attack_programs import (
    Attack,
    Task,
    cases,
    read_attacks,
    read_honest,
    read_tasks,
    right_item,
)

from veridical.api.v1.task_pb2 import OUTCOME_CORRECT, OUTCOME_INCORRECT
from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    Item,
    RetrySettings,
    Verdict,
    VeridicalError,
    outcome_name,
    reason_name,
)

ATTACKERS = 2
"""Fewer than workers: what attackers hold by sleeping then delays nobody, what they burn does."""
CALM = 200
"""Honest items before the attacks."""
WORKERS = "4"
WARM_ROUNDS = 8
"""After which each worker has had programs of every kind, with and without numpy."""
HONEST = "honest"

_HONEST_TIMEOUT = 300.0
_TIMEOUT = 90.0
"""Of a call with one attack, whose limits end it long before."""
_ONCE = ClientSettings(retry=RetrySettings(items=False))
"""An item that came back undecided must be seen, not sent again."""
_PAUSE_SECONDS = 0.01
_HEALTH_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said of an attack.

    Attributes:
        attack: The attack.
        task: The task that it was run on.
        outcome: The short name of the outcome, or "failed" for a call that failed.
        said: Reason and detail.
        seconds: Wall time of the call, which held this item only.
    """

    attack: Attack
    task: str
    outcome: str
    said: str
    seconds: float


@dataclass(slots=True)
class Measured:
    """What one run measured; times are wall times in seconds."""

    calm: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    benign_wrong: int = 0


async def attack_server(client: AsyncClient, pairs: Sequence[tuple[Attack, Task]]) -> list[Answer]:
    """Sends every attack in a call of its own, `ATTACKERS` at a time."""
    answers: list[Answer] = []
    waiting = iter(pairs)

    async def attacker() -> None:
        for attack, task in waiting:
            answers.append(await _answer(client, attack, task))

    await asyncio.gather(*(attacker() for _ in range(ATTACKERS)))
    return answers


async def _answer(client: AsyncClient, attack: Attack, task: Task) -> Answer:
    start = time.perf_counter()
    try:
        verdict = (await client.verify_batch([attack.item(task)], timeout=_TIMEOUT))[0]
    except VeridicalError as error:
        outcome, said = "failed", str(error)
    else:
        outcome = outcome_name(verdict.outcome)
        said = f"{reason_name(verdict.reason)} {verdict.detail}"
    return Answer(attack, task.name, outcome, said, time.perf_counter() - start)


async def benign_times(
    client: AsyncClient, items: Iterable[Item], found: Measured
) -> AsyncIterator[float]:
    """Seconds of each call with one right program, one after another."""
    for number, right in enumerate(items):
        item = Item()
        item.CopyFrom(right)
        item.id = f"{number}"
        start = time.perf_counter()
        verdict = (await client.verify_batch([item], timeout=_TIMEOUT))[0]
        yield time.perf_counter() - start
        found.benign_wrong += verdict.outcome != OUTCOME_CORRECT
        await asyncio.sleep(_PAUSE_SECONDS)


async def benign_beside(client: AsyncClient, items: Sequence[Item], found: Measured) -> None:
    """Asks for honest verdicts for as long as it is let."""
    async for seconds in benign_times(client, cycle(items), found):
        found.beside.append(seconds)


async def watch_health(address: str, found: Measured) -> None:
    """Asks for health again and again, and notes how long it took."""
    while True:
        found.health.append(await asyncio.to_thread(health_seconds, address))
        await asyncio.sleep(_HEALTH_PAUSE_SECONDS)


async def measure(
    server: CodeServer, attacks: Sequence[Attack], tasks: Mapping[str, Task]
) -> Measured:
    """Sends honest items in calm, then beside one class of attacks after another."""
    found = Measured()
    honest = [right_item(task) for task in tasks.values()]
    async with AsyncClient(server.address, settings=_ONCE) as client:
        calm = islice(cycle(honest), CALM)
        found.calm = [seconds async for seconds in benign_times(client, calm, found)]
        for kind in dict.fromkeys(attack.kind for attack in attacks):
            chosen = [attack for attack in attacks if attack.kind == kind]
            beside = [
                asyncio.create_task(watch_health(server.address, found)),
                asyncio.create_task(benign_beside(client, honest, found)),
            ]
            begin = time.perf_counter()
            answers = await attack_server(client, list(cases(chosen, tasks)))
            seconds = time.perf_counter() - begin
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            print_attacks(kind, answers, seconds)
            print(f"  left on the host: {', '.join(server.left()) or 'nothing'}", flush=True)
    return found


async def honest_verdicts(address: str) -> list[Verdict]:
    """The verdicts on all unusual programs."""
    items = [each.item() for each in read_honest()]
    async with AsyncClient(address, settings=_ONCE) as client:
        return list(await client.verify_batch(items, timeout=_HONEST_TIMEOUT))


def p99(times: Sequence[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return 1e3 * sorted(times)[int(0.99 * len(times))]


def print_attacks(kind: str, answers: Sequence[Answer], seconds: float) -> None:
    """Prints a line for a class, and one for each item that was not INCORRECT."""
    number = len({answer.attack.name for answer in answers})
    outcomes = Counter(answer.outcome for answer in answers)
    slowest = max(answers, key=lambda answer: answer.seconds)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    print(
        f"{kind}: {number} attacks, {len(answers)} items in {seconds:.0f} s: {counts}; "
        f"slowest {slowest.attack.name} {slowest.seconds:.1f} s"
    )
    for answer in answers:
        if answer.outcome != outcome_name(OUTCOME_INCORRECT):
            name = f"{answer.attack.kind}/{answer.attack.name}/{answer.task}"
            print(f"  {answer.outcome}: {name}: {answer.said[:150]}")


def print_honest(verdicts: Sequence[Verdict]) -> None:
    """Prints how many unusual programs are CORRECT, and the others."""
    right = sum(verdict.outcome == OUTCOME_CORRECT for verdict in verdicts)
    print(f"unusual but right: {right} of {len(verdicts)} correct")
    for verdict in verdicts:
        if verdict.outcome != OUTCOME_CORRECT:
            said = f"{outcome_name(verdict.outcome)} {reason_name(verdict.reason)}"
            print(f"  {verdict.id}: {said}: {verdict.detail[:150]}")


def print_times(found: Measured) -> None:
    """Prints what the attacks did to others."""
    slowest = 1e3 * max(found.health)
    print(f"health beside attacks: p99 {p99(found.health):.0f} ms, slowest {slowest:.0f} ms")
    calm, beside = p99(found.calm), p99(found.beside)
    print(
        f"honest items: {found.benign_wrong} wrong; p99 calm {calm:.0f} ms, "
        f"beside attacks {beside:.0f} ms, {beside / calm:.1f} times"
    )


def run(server: CodeServer, wanted: Sequence[str]) -> None:
    """Runs the classes wanted."""
    tasks = read_tasks()
    warm_up(server, WARM_ROUNDS)
    if HONEST in wanted:
        print_honest(asyncio.run(honest_verdicts(server.address)))
    with Client(server.address) as client:
        print(
            f"isolation {client.verify(right_item(next(iter(tasks.values())))).code.isolation}",
            flush=True,
        )
    attacks = [each for each in read_attacks(tasks) if each.kind in wanted]
    if attacks:
        print_times(asyncio.run(measure(server, attacks, tasks)))


def main() -> None:
    """Runs everything on one backend."""
    kinds = dict.fromkeys([HONEST, *(each.kind for each in read_attacks(read_tasks()))])
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--backend", default="process", choices=("process", "docker", "gvisor"))
    parser.add_argument("--broker", default="", help="socket of the broker, for docker and gvisor")
    parser.add_argument("--classes", nargs="+", default=[*kinds], choices=[*kinds], metavar="NAME")
    arguments = parser.parse_args()
    flags = ["--workers", WORKERS, "--backend", arguments.backend]
    with code_server(*flags, broker=arguments.broker) as server:
        run(server, arguments.classes)


if __name__ == "__main__":
    main()
