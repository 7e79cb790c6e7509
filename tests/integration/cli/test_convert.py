"""`veridical convert` writes whole files, and nothing where a row cannot be used."""

from __future__ import annotations

import json
from typing import Any

import pytest

ROWS = [{"question": f"What is {n} + 1?", "answer": f"{n} + 1\n#### {n + 1}"} for n in range(3)]
TABLE = [
    (ROWS, 0, "3 problems"),
    (ROWS[:1], 0, "1 problem"),
    ([*ROWS, {"question": "?"}], 2, "row 4: answer: missing"),
    ([], 2, "there are no problems"),
]


@pytest.mark.parametrize(("rows", "status", "message"), TABLE)
def test_a_file_appears_once_it_is_whole(
    command: Any, rows: list[dict[str, str]], status: int, message: str
) -> None:
    (command.folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = command.run("convert", "gsm8k", "rows.jsonl", "-o", "problems.jsonl")
    assert done.returncode == status
    assert message in done.stderr
    files = {path.name for path in command.folder.iterdir()}
    assert files == {"rows.jsonl"} | ({"problems.jsonl"} if status == 0 else set())
    if status == 0:
        streamed = command.run("convert", "gsm8k", "rows.jsonl")
        assert streamed.stdout == (command.folder / "problems.jsonl").read_text()
        assert len(streamed.stdout.splitlines()) == len(rows)
