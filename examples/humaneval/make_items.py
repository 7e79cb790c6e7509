"""Make `items.jsonl` from HumanEval's problems and wrong variants of their reference programs.

    python examples/humaneval/make_items.py problems.jsonl > examples/humaneval/items.jsonl

`problems.jsonl` holds one problem a line, with the fields `id`, `prompt`, `entry_point`, `tests` (`check`
and `call`) and `canonical_solution`, from https://github.com/openai/human-eval (MIT, see NOTICE); and,
each on a line of its own, wrong variants of the programs, with the fields `mutant_of` and `solution`.
The first problems are taken, each with its reference program, one wrong variant, and one attack.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from veridical.api.v1.code_pb2 import AssertTests, CodeTask
from veridical.client import Item, Task, item_to_json

PROBLEMS = 20
ATTACK = '''class Anything:
    """Equal to whatever it is compared with."""

    def __eq__(self, other):
        return True


def {name}(*args):
    return Anything()
'''


def items_of(rows: Iterable[dict[str, Any]]) -> Iterator[Item]:
    """Yield the items of the first `PROBLEMS` problems that have a wrong variant."""
    rows = list(rows)
    wrong = {row["mutant_of"]: row["solution"] for row in reversed(rows) if "mutant_of" in row}
    problems = [row for row in rows if row["id"].startswith("HumanEval/") and row["id"] in wrong]
    for row in problems[:PROBLEMS]:
        yield _item(row, "reference", row["canonical_solution"])
        yield _item(row, "wrong", wrong[row["id"]])
        yield _item(row, "attack", ATTACK.format(name=row["entry_point"]))


def _item(row: dict[str, Any], program: str, source: str) -> Item:
    tests = row["tests"]
    asserts = AssertTests(
        entry_point=row["entry_point"], test_code=f"{tests['check'].strip()}\n\n{tests['call']}\n"
    )
    return Item(
        id=f"{row['id']}/{program}",
        task=Task(code=CodeTask(language="python", asserts=asserts)),
        response=f"Here is the function:\n\n```python\n{source.strip()}\n```\n",
        prompt=row["prompt"],
        group=row["id"],
        labels={"program": program},
    )


def main() -> None:
    """Read the problems named on the command line and print the items."""
    with Path(sys.argv[1]).open(encoding="utf-8") as file:
        for item in items_of(json.loads(line) for line in file):
            print(item_to_json(item))


if __name__ == "__main__":
    main()
