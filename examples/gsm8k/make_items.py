"""Make `items.jsonl` from the published GSM8K rollouts.

    python examples/gsm8k/make_items.py rollouts.jsonl > examples/gsm8k/items.jsonl

`rollouts.jsonl` holds one response a line with the fields `problem_id`, `problem`, `gold`, `model`,
`response` and `publisher_says_correct`, gathered from the `example_model_solutions.jsonl` of
https://github.com/openai/grade-school-math (MIT, see NOTICE). The first problems are taken, each with
the responses of all models.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from veridical.client import Item, item_to_json, math_item

PROBLEMS = 60


def items_of(rows: Iterable[dict[str, Any]]) -> Iterator[Item]:
    """Yield an item for each response to one of the first `PROBLEMS` problems."""
    problems: set[str] = set()
    for row in rows:
        problem = row["problem_id"]
        if problem not in problems and len(problems) == PROBLEMS:
            return
        problems.add(problem)
        yield math_item(
            f"{problem}/{row['model']}",
            row["gold"],
            row["response"],
            prompt=row["problem"],
            group=problem,
            labels={
                "model": row["model"],
                "publisher_says_correct": json.dumps(row["publisher_says_correct"]),
            },
        )


def main() -> None:
    """Read the rollouts named on the command line and print the items."""
    with Path(sys.argv[1]).open(encoding="utf-8") as file:
        for item in items_of(json.loads(line) for line in file):
            print(item_to_json(item))


if __name__ == "__main__":
    main()
