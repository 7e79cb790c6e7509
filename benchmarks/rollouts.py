"""What the gateway costs on real model outputs, and what the workers really do of their own rate.

Runs a file of real responses (examples/gsm8k/items.jsonl, or the file named) three ways, in
alternating rounds: gateway -> math, math directly, and the workers' pool alone in this process on
the pairs that need a worker. Goals: the gateway at most 10 % slower than math called directly; a
file that keeps workers busy (integrals, some tens of ms each) at 90 % or more of the workers' own
rate. For pairs that take a worker a third of a millisecond the servers' own work on the same two
cores counts as well; that share is printed beside it.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gateway_throughput import drive
from harness import gateway_and_math

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client.jsonl import item_from_json
from veridical.math import CompareRequest, Comparison, MathPolicy, decide
from veridical.math.workers import worker_spec
from veridical.serving.pool import PoolLimits, WorkerPool

DEFAULT = Path(__file__).parent.parent / "examples" / "gsm8k" / "items.jsonl"
BATCH = 256
IN_FLIGHT = 8
ROUNDS = 3
PAIRS = 15
"""Rounds through the gateway and directly; single ones are 3 to 20 % apart on a busy host."""
COPIES = 20
WORKERS = 2


def real_items(path: Path) -> list[Item]:
    """The file's items, several times over, each made distinct by its prompt."""
    items = [item_from_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
    copies = []
    for copy in range(COPIES):
        for item in items:
            made = Item()
            made.CopyFrom(item)
            made.id, made.prompt = f"{copy}/{item.id}", f"{item.prompt} [{copy}]"
            copies.append(made)
    return copies


def short_items(count: int) -> list[Item]:
    """Pairs that take a worker a third of a millisecond: rational functions, all distinct."""
    made = []
    for number in range(1, count + 1):
        sign = "+" if number % 2 else "-"
        gold = rf"\frac{{x^2-{number * number}}}{{x-{number}}}"
        task = Task(math=MathTask(gold=gold))
        made.append(Item(id=str(number), task=task, response=rf"\boxed{{x{sign}{number}}}"))
    return made


def long_items(count: int) -> list[Item]:
    """Pairs that take a worker some tens of milliseconds: integrals to be worked out, all distinct."""
    made = []
    for number in range(1, count + 1):
        task = Task(math=MathTask(gold=rf"\int_0^1 x^{{{number}}} dx"))
        answer = rf"\boxed{{\frac{{1}}{{{number + 1}}}}}"
        made.append(Item(id=str(number), task=task, response=answer))
    return made


def bodies(items: Sequence[Item]) -> list[bytes]:
    """The items in batches, ready to send."""
    starts = range(0, len(items), BATCH)
    batches = [VerifyBatchRequest(items=items[start : start + BATCH]) for start in starts]
    return [batch.SerializeToString() for batch in batches]


def seconds(address: str, ready: Sequence[bytes]) -> float:
    """Time to have all batches answered."""
    start = time.perf_counter()
    asyncio.run(drive(address, ready, IN_FLIGHT))
    return time.perf_counter() - start


def pool_seconds(items: Sequence[Item]) -> float:
    """Time of the workers alone, warm, on the comparisons these items need."""
    requests = [_request(item) for item in items]

    async def run() -> float:
        pool = WorkerPool(worker_spec(), PoolLimits(workers=WORKERS))
        await pool.start()
        try:
            start = time.perf_counter()
            await pool.run(requests)
            return time.perf_counter() - start
        finally:
            await pool.close()

    return asyncio.run(run())


def _request(item: Item) -> CompareRequest:
    found = decide(item.task.math.gold, item.response, MathPolicy(), truncated=False)
    assert isinstance(found, Comparison), item
    return found.request


def against_workers(title: str, items: Sequence[Item]) -> None:
    """Prints the rate through gateway and math beside that of the workers alone."""
    served, own = [], []
    for _ in range(ROUNDS):
        with gateway_and_math("--workers", str(WORKERS)) as (reward, _math):
            served.append(len(items) / seconds(reward.address, bodies(items)))
        own.append(len(items) / pool_seconds(items))
    share = statistics.median(a / b for a, b in zip(served, own, strict=True))
    print(f"{title}: {max(served):,.0f} items/s; workers alone {max(own):,.0f}")
    print(f"  median {share:.0%} of the workers' own rate")


def main() -> None:
    """Prints the rates and ratios, medians over alternating rounds."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    real = real_items(path)
    through_gateway, direct = [], []
    # Without its cache, which would answer every round but the first.
    no_cache = ("--cache-entries", "0")
    with gateway_and_math("--workers", str(WORKERS), reward_flags=no_cache) as (reward, math):
        for _ in range(PAIRS):
            through_gateway.append(len(real) / seconds(reward.address, bodies(real)))
            direct.append(len(real) / seconds(math.address, bodies(real)))
    pairs = zip(through_gateway, direct, strict=True)
    ratio = statistics.median(gateway / plain for gateway, plain in pairs)
    print(f"{path.name}: gateway {max(through_gateway):,.0f} items/s, direct {max(direct):,.0f}")
    print(f"  median {1 - ratio:.1%} slower than math called directly")
    against_workers("integrals", long_items(150))
    against_workers("rational functions", short_items(2_000))


if __name__ == "__main__":
    main()
