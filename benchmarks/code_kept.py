"""What calls of a program cost while its tests keep large values that nobody changes.

    python benchmarks/code_kept.py

Each row is the time of 200 calls beside a kept value, over that of the same calls beside an empty list,
in one run. Goal: below 10 for 10,000 rows.
"""

from __future__ import annotations

import time

from harness import service

from veridical.api.v1.code_pb2 import AssertTests, CodeTask
from veridical.client import Client, Item, Task, outcome_name

PROGRAM = "class G:\n    def __init__(self, xs): self.xs = xs\n    def at(self, i): return i\n"
TESTS = "import os\nxs = {value}\ng = G(xs)\nfor i in range({calls}): assert g.at(i) == i\n"
VALUES = {
    "no rows": "[]",
    "100,000 numbers": "list(range(100000))",
    "10,000 tuples": "[(i, i + 1) for i in range(10000)]",
    "4,900 lists": "[[i, i + 1] for i in range(4900)]",
    "20,000 lists": "[[i, i + 1] for i in range(20000)]",
    "10,000 keys": "{i: str(i) for i in range(10000)}",
}
CALLS = 200
ROUNDS = 3


def main() -> None:
    """Print the ratio of each kind of value."""
    with service("veridical.code", "--workers", "1") as code, Client(code.address) as client:
        plain = 0.0
        for name, value in VALUES.items():
            spent = min(seconds(client, value, CALLS) for _ in range(ROUNDS))
            spent -= min(seconds(client, value, 1) for _ in range(ROUNDS))
            plain = plain or spent
            print(f"{name:16} {spent / CALLS * 1e3:8.2f} ms a call  {spent / plain:6.1f} times")


def seconds(client: Client, value: str, calls: int) -> float:
    """How long it takes to judge that many calls beside a value."""
    tests = AssertTests(test_code=TESTS.format(value=value, calls=calls))
    task = Task(code=CodeTask(language="python", asserts=tests))
    begin = time.monotonic()
    verdict = client.verify(Item(id="1", task=task, response=f"```python\n{PROGRAM}```"))
    spent = time.monotonic() - begin
    if outcome_name(verdict.outcome) != "correct":
        raise RuntimeError(verdict)
    return spent


if __name__ == "__main__":
    main()
