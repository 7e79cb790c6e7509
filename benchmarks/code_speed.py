"""How many verdicts a second the code verifier gives, beside evalplus's checker in the same run.

    python benchmarks/code_speed.py [--backend NAME [--broker SOCKET]] [--beside NAME] [--count N] [--rounds N]

"Other asserts" have tests that are not pure, and so a judge of their own.

Both take turns, round after round, on the same trivial problem (three checks of `add`); evalplus runs in
`.venv-bench` (dependency group `bench`) and isolates nothing. Every program differs, so that none is judged
once for many. Goals: calls, stdio and pure asserts >= 200/s, other asserts >= 120/s, all faster than
evalplus; one in flight p50 <= 5 ms and p99 <= 20 ms; a further stdio case <= 2 ms; a unittest file <= 20 ms,
a plain pytest file <= 30 ms; from start to first verdict <= 1.5 s.

`--beside process` measures two backends instead, which take turns, and prints the ratio of their rates
(goal: docker >= 90 % of process). `--workers 1` has one slot of cells (goal: gVisor >= 15/s).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from harness import service

from veridical.api.v1.code_pb2 import CodeTask
from veridical.client import Client, Item, Task

_PEER = Path(__file__).parent / "code_peer.py"
_PEER_PYTHON = Path(__file__).parent.parent / ".venv-bench" / "bin" / "python"
_ADD = "def add(a, b):\n    return a + b\n"
_CHECKS = "assert add(1, 2) == 3\nassert add(3, 4) == 7\nassert add(-1, 1) == 0\n"
_UNITTEST = """import unittest
from solution import add
class Add(unittest.TestCase):
    def test_small(self): self.assertEqual(add(1, 2), 3)
    def test_more(self): self.assertEqual(add(3, 4), 7)
    def test_zero(self): self.assertEqual(add(-1, 1), 0)
"""
_PYTEST = """import pytest
from solution import add
@pytest.mark.parametrize(("a", "b", "c"), [(1, 2, 3), (3, 4, 7), (-1, 1, 0)])
def test_add(a, b, c):
    assert add(a, b) == c
"""


def _files(content: str, runner: int) -> dict[str, Any]:
    file = {"path": "test_add.py", "content": content}
    return {"files": {"solution_path": "solution.py", "files": [file], "runner": runner}}


def _stdio(cases: int) -> dict[str, Any]:
    return {
        "stdio": {
            "cases": [{"stdin": f"{n} 2", "expected_stdout": f"{n + 2}"} for n in range(cases)]
        }
    }


_CALLS = [{"args": f"[{a}, {b}]", "expected": str(a + b)} for a, b in ((1, 2), (3, 4), (-1, 1))]
_READ = "a, b = map(int, input().split())\nprint(a + b)\n"
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "calls": (_ADD, {"calls": {"entry_point": "add", "cases": _CALLS}}),
    "stdio, one case": (_READ, _stdio(1)),
    "pure asserts": (_ADD, {"asserts": {"entry_point": "add", "test_code": _CHECKS}}),
    "other asserts": (
        _ADD,
        {
            "asserts": {
                "test_code": f"import collections\nassert collections.Counter([add(1, 1)])[2] == 1\n{_CHECKS}"
            }
        },
    ),
    "unittest file": (_ADD, _files(_UNITTEST, 2)),
    "pytest file": (_ADD, _files(_PYTEST, 1)),
    "stdio, 51 cases": (_READ, _stdio(51)),
}
_SHORT = {"stdio, 51 cases": 10}
"""How much fewer of these are sent."""


class Load:
    """Sends programs of which no two are equal."""

    def __init__(self, client: Client) -> None:
        self.first = 0.0
        """When the first verdict came."""
        self._client = client
        self._sent = 0

    def items(self, kind: str, count: int) -> list[Item]:
        """Items of one kind."""
        source, tests = KINDS[kind]
        task = Task(code=CodeTask(language="python", **tests))
        first, self._sent = self._sent, self._sent + count
        return [
            Item(id=str(number), task=task, response=f"```python\n{source}# {number}\n```")
            for number in range(first, first + count)
        ]

    def per_second(self, kind: str, count: int) -> float:
        """Verdicts a second in one batch.

        Raises:
            RuntimeError: One of them is not CORRECT.
        """
        items = self.items(kind, count)
        begin = time.perf_counter()
        verdicts = self._client.verify_many(items)
        seconds = time.perf_counter() - begin
        wrong = [verdict for verdict in verdicts if verdict.reward != 1.0]
        if wrong:
            raise RuntimeError(f"{kind}: {wrong[0]}")
        return count / seconds

    def latencies(self, kind: str, count: int) -> list[float]:
        """Milliseconds of each verdict, one in flight."""
        found = []
        for item in self.items(kind, count):
            begin = time.perf_counter()
            self._client.verify(item)
            found.append(1e3 * (time.perf_counter() - begin))
        return found


def peer(count: int, at_once: int) -> float:
    """Verdicts a second of evalplus's checker."""
    ended = subprocess.run(
        [_PEER_PYTHON, _PEER, str(count), str(at_once)], capture_output=True, text=True, check=True
    )
    return float(ended.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="process")
    parser.add_argument(
        "--beside", default="", help="a second backend; only the rates are compared"
    )
    parser.add_argument("--broker", default="/run/veridical/broker.sock")
    parser.add_argument("--workers", default="0", help="slots of cells; 0 for one a core")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    flags = ["--broker", wanted.broker, "--workers", wanted.workers]
    if wanted.beside:
        with served(wanted.backend, flags) as one, served(wanted.beside, flags) as other:
            print(f"{wanted.backend} beside {wanted.beside}")
            print_beside(one, other, wanted.count, wanted.rounds)
        return
    cores = len(os.sched_getaffinity(0))
    begin = time.perf_counter()
    with served(wanted.backend, flags) as load:
        print(f"from start to first verdict {load.first - begin:.2f} s, {cores} cores")
        print_rates(load, wanted.count, wanted.rounds, lambda: peer(wanted.count // 2, cores))
        print_latencies(load, wanted.count)


@contextlib.contextmanager
def served(backend: str, flags: list[str]) -> Iterator[Load]:
    """A server on a backend that has given some verdicts of each kind."""
    flags = ["--backend", backend, "--minimum-isolation", backend, *flags]
    with service("veridical.code", *flags) as code, Client(code.address) as client:
        load = Load(client)
        load.per_second("pure asserts", 1)
        load.first = time.perf_counter()
        for kind in KINDS:
            load.per_second(kind, 8)
        yield load


def print_beside(one: Load, other: Load, count: int, rounds: int) -> None:
    """Print the rates of two servers, which take turns, as medians of the rounds, and their ratio."""
    for kind in KINDS:
        number = count // _SHORT.get(kind, 1)
        pairs = []
        for place in range(rounds):
            turn = (one, other) if place % 2 == 0 else (other, one)
            rates = [load.per_second(kind, number) for load in turn]
            pairs.append(rates if place % 2 == 0 else rates[::-1])
        first, second = (median(rates) for rates in zip(*pairs, strict=True))
        ratio = median(left / right for left, right in pairs)
        print(f"{kind:<24}{first:8.1f}/s {second:8.1f}/s {ratio:6.2f}", flush=True)


def print_rates(load: Load, count: int, rounds: int, ask_peer: Callable[[], float]) -> None:
    """Print verdicts a second of each kind, as the median of the rounds, and the ratio to the peer."""
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    peers = []
    for _ in range(rounds):
        peers.append(ask_peer())
        for kind, found in rates.items():
            found.append(load.per_second(kind, count // _SHORT.get(kind, 1)))
    beside = median(peers)
    print(f"{'evalplus, no isolation':<24}{beside:8.1f}/s")
    for kind, found in rates.items():
        rate = median(found)
        print(f"{kind:<24}{rate:8.1f}/s {rate / beside:6.2f} x evalplus")
    one, many = median(rates["stdio, one case"]), median(rates["stdio, 51 cases"])
    print(f"a further stdio case {(1 / many - 1 / one) * 1e3 / 50:.2f} ms")


def print_latencies(load: Load, count: int) -> None:
    """Print the times of verdicts with one in flight."""
    for kind in (
        "calls",
        "stdio, one case",
        "pure asserts",
        "other asserts",
        "unittest file",
        "pytest file",
    ):
        found = sorted(load.latencies(kind, count))
        p99 = quantiles(found, n=100)[98]
        print(f"{kind:<24} one in flight: p50 {median(found):5.1f} ms, p99 {p99:5.1f} ms")


if __name__ == "__main__":
    main()
