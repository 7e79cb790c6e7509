"""How often the code verifier is right on labelled programs, through a real server and real cells.

    python benchmarks/code_accuracy.py [FILE] [--backend NAME [--broker SOCKET]] [--style NAME] [--human-eval]

Right programs must be CORRECT and wrong ones INCORRECT; UNDECIDED is an error. Every error is listed.
`--human-eval` adds the 164 problems of the package human-eval, where it is installed in `.venv-bench`
(dependency group `bench`). Goals: every program of the styles assert, call and stdio; 98 % of the
right programs and every wrong one of the style pytest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

from code_rows import DATA, Row, read_rows
from harness import service

from veridical.api.v1.code_pb2 import AssertTests, CodeTask
from veridical.client import Client, Item, Outcome, Task, Verdict, outcome_name, reason_name

_SHOWN = 160


def main() -> None:
    """Judge the rows and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DATA)
    parser.add_argument("--backend", default="process")
    parser.add_argument("--broker", default="/run/veridical/broker.sock")
    parser.add_argument("--style", default="")
    parser.add_argument("--human-eval", action="store_true")
    wanted = parser.parse_args()
    rows = [row for row in read_rows(wanted.file) if wanted.style in ("", row.style)]
    if wanted.human_eval:
        rows += human_eval()
    flags = ["--backend", wanted.backend, "--minimum-isolation", wanted.backend]
    flags += ["--broker", wanted.broker]
    with service("veridical.code", *flags) as code, Client(code.address) as client:
        begin = time.monotonic()
        verdicts = client.verify_many([row.item for row in rows])
        seconds = time.monotonic() - begin
    print_found(rows, verdicts)
    print(f"\n{len(rows)} programs in {seconds:.1f} s on {wanted.backend}")


def human_eval() -> list[Row]:
    """The problems of the package human-eval, each with its own program."""
    folder = Path(__file__).parent.parent / ".venv-bench"
    path = next(iter(folder.rglob("HumanEval.jsonl.gz")))
    problems = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())
    return [
        Row(
            Item(
                id=f"package/{problem['task_id']}",
                task=Task(
                    code=CodeTask(
                        language="python",
                        asserts=AssertTests(
                            entry_point=problem["entry_point"], test_code=problem["test"]
                        ),
                    )
                ),
                response=f"```python\n{problem['prompt']}{problem['canonical_solution']}\n```",
            ),
            "human-eval",
            label=True,
        )
        for problem in problems
    ]


def print_found(rows: list[Row], verdicts: list[Verdict]) -> None:
    """Print the counts of each style and label, and every verdict that differs from its label."""
    counts: Counter[tuple[str, bool, str]] = Counter()
    errors = []
    for row, verdict in zip(rows, verdicts, strict=True):
        wanted = Outcome.OUTCOME_CORRECT if row.label else Outcome.OUTCOME_INCORRECT
        counts[row.style, row.label, "all"] += 1
        counts[row.style, row.label, "right"] += verdict.outcome == wanted
        if verdict.outcome != wanted:
            errors.append((row, verdict))
    print(f"{'style':<12}{'programs':<10}{'right verdicts'}")
    for style, label, _ in dict.fromkeys((*key[:2], "") for key in sorted(counts)):
        right, all_of = counts[style, label, "right"], counts[style, label, "all"]
        kind = "right" if label else "wrong"
        print(f"{style:<12}{kind:<10}{right}/{all_of} = {right / all_of:.2%}")
    for row, verdict in errors:
        told = f"{outcome_name(verdict.outcome)} ({reason_name(verdict.reason)}) {verdict.detail}"
        print(f"\n{row.item.id}: {told[:_SHOWN]}")
        for result in verdict.code.results[:1]:
            print(f"    {result.name}: expected {result.expected[:_SHOWN]!r}")
            print(f"    actual {result.actual[:_SHOWN]!r} {result.stderr[-_SHOWN:]!r}")


if __name__ == "__main__":
    main()
