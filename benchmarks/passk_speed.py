"""What pass@k of 10,000 problems x 1,024 samples costs: all k, 1,000 paired resamples, two models.

    python benchmarks/passk_speed.py [--problems 10000] [--samples 1024] [--lines 500000]

Prints CPU seconds, wall seconds and the peak memory of this process for the analysis; for the hardest
case, in which all problems have different n, with every kind of problem on its own; and for reading a
stream of verdict lines.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from veridical.evaluation.analysis import analyse
from veridical.evaluation.counts import Counts, IntArray
from veridical.evaluation.reading import Reader


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Prints what the body cost; the peak is that of the whole process so far."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {cpu:.2f} s CPU, {wall:.2f} s wall, peak {peak:.0f} MiB")


def drawn(model: str, n: IntArray, skill: float, seed: int) -> Counts:
    """Counts of a model whose accuracies spread as Beta(0.3, 1 / skill)."""
    random = np.random.default_rng(seed)
    accuracy = random.beta(0.3, 1 / skill, len(n))
    groups = tuple(str(number) for number in range(len(n)))
    return Counts(model, groups, n, random.binomial(n, accuracy), np.zeros_like(n))


def verdict_lines(count: int, samples: int) -> Iterator[bytes]:
    """Verdicts as `veridical verify` writes them, with evidence."""
    for number in range(count):
        problem, index = divmod(number, samples)
        right = (number * 7919) % 13 < 4
        verdict = {
            "id": f"{problem}-{index}",
            "outcome": "OUTCOME_CORRECT" if right else "OUTCOME_INCORRECT",
            "reward": float(right),
            "reason": "REASON_EQUAL" if right else "REASON_NOT_EQUAL",
            "math": {"extracted": "1/2", "answer_normal": "1/2", "gold_normal": "1/2"},
            "group": f"problem-{problem}",
            "sample_index": index,
            "labels": {"model": "base"},
            "timings": {"total_seconds": 0.001},
        }
        yield json.dumps(verdict).encode() + b"\n"


def main() -> None:
    """Prints every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=10_000)
    parser.add_argument("--samples", type=int, default=1_024)
    parser.add_argument("--lines", type=int, default=500_000)
    arguments = parser.parse_args()
    n = np.full(arguments.problems, arguments.samples)
    models = [drawn("base", n, 0.5, 1), drawn("rl", n, 1.0, 2)]
    with measured(f"{len(n):,} problems x {arguments.samples:,} samples, 2 models, equal n"):
        analyse(models)
    n = arguments.samples + np.arange(arguments.problems)
    models = [drawn("base", n, 0.5, 1), drawn("rl", n, 1.0, 2)]
    with measured(f"{len(n):,} problems, all of different n, {arguments.samples:,} and more"):
        analyse(models)
    content = list(verdict_lines(arguments.lines, arguments.samples))
    with measured(f"reading {arguments.lines:,} verdicts (the lines themselves are held)"):
        Reader().read(content, "verdicts.jsonl")


if __name__ == "__main__":
    main()
