"""How fast Veridical decides, beside math-verify in the same run, in processor time on one core.

    python benchmarks/math_speed.py [FOLDER] [--cross PAIRS]

- as it comes: throughput_mix, 8 samples a problem; equal pairs are compared once, as in a batch;
- every pair distinct: the same rows, all caches of both graders emptied before each;
- cross: golds of all files as answers to each other, seeded; nearly all of them unequal.

Goals: 10, 5 and 10 times math-verify; p99 at most 50 ms, the slowest at most 2 s. At the end the
same rows through a server with two workers, by wall clock.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path

from gateway_throughput import drive
from harness import service
from math_grading import Graded, run_grader
from math_rows import DATA, labelled

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.math_pb2 import MathTask
from veridical.api.v1.task_pb2 import Task
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest

BATCH = 64
IN_FLIGHT = 4
SEED = 20261121

_MAX_GOLD = 200
_GRADERS = ("veridical", "math-verify")


def cross_pairs(golds: Sequence[str], count: int) -> list[tuple[str, str]]:
    """Distinct golds in random pairs, one of each in a box as the answer to the other."""
    chosen = sorted({gold for gold in golds if len(gold) <= _MAX_GOLD and "boxed" not in gold})
    source = random.Random(SEED)
    pairs = [source.sample(chosen, 2) for _ in range(count)]
    return [(gold, rf"\boxed{{{other.strip().strip('$')}}}") for gold, other in pairs]


def print_ratio(title: str, rows: Sequence[tuple[str, str]], *flags: str) -> None:
    """Prints rates and latencies of both graders on the same rows, and the ratio."""
    print(f"{title}: {len(rows)} rows")
    rates = []
    for name in _GRADERS:
        graded = run_grader(name, rows, *flags)
        rates.append(len(rows) / sum(each.cpu_seconds for each in graded))
        print(f"  {name:12} {rates[-1]:10,.0f} rows/s  {_latencies(graded)}")
    print(f"  ratio {rates[0] / rates[1]:.1f}")


def _latencies(graded: Sequence[Graded]) -> str:
    times = sorted(1e3 * each.cpu_seconds for each in graded)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    parts = [f"{name} {times[int(share * len(times))]:.2f}" for name, share in shares.items()]
    killed = sum(each.correct is None and each.note.startswith("killed") for each in graded)
    return f"{'  '.join(parts)}  max {times[-1]:.1f} ms" + (f"  killed {killed}" if killed else "")


def print_service(title: str, rows: Sequence[tuple[str, str]], copies: int) -> None:
    """Prints items a second through a fresh server with two workers, by wall clock."""
    items = [
        Item(id=f"{copy}/{place}", task=Task(math=MathTask(gold=gold)), response=response)
        for copy in range(copies)
        for place, (gold, response) in enumerate(rows)
    ]
    starts = range(0, len(items), BATCH)
    batches = [VerifyBatchRequest(items=items[start : start + BATCH]) for start in starts]
    bodies = [batch.SerializeToString() for batch in batches]
    with service("veridical.math", "--workers", "2") as math:
        start = time.perf_counter()
        asyncio.run(drive(math.address, bodies, IN_FLIGHT))
        seconds = time.perf_counter() - start
    print(f"through a server, two workers, {title}: {len(items) / seconds:,.0f} items/s")


def main() -> None:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA / "math")
    parser.add_argument("--cross", type=int, default=700, help="pairs of different golds")
    arguments = parser.parse_args()
    files = labelled(arguments.folder)
    mix = [(row.gold, row.response) for row in files["throughput_mix"]]
    golds = [row.gold for rows in files.values() for row in rows]
    cross = cross_pairs(golds, arguments.cross)
    print_ratio("as it comes", mix)
    print_ratio("every pair distinct", mix, "--cold")
    print_ratio("cross", cross)
    print_service("as it comes", mix, copies=5)
    print_service("cross", cross, copies=1)


if __name__ == "__main__":
    main()
