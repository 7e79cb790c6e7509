"""Labelled math rows from a folder of JSON-lines files with `gold`, `answer` and `label`."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from math_grading import Row

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
"""Where labelled data stands beside the checkout; every benchmark takes another folder."""
MODEL_OUTPUTS = ("throughput_mix", "gsm8k_model_solutions")
"""Files of real model outputs, which count for agreement and not for accuracy."""

_POLICY_ROWS = Path(__file__).parent / "data" / "math_policy_rows.jsonl"


def labelled(folder: Path) -> dict[str, list[Row]]:
    """The rows of every file of `folder` by the file's name, in order of names."""
    policies = _policies()
    return {path.stem: read_rows(path, policies) for path in sorted(folder.glob("*.jsonl"))}


def read_rows(path: Path, policies: dict[tuple[str, str], str] | None = None) -> list[Row]:
    """The rows of one file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    known = policies or {}
    return [_row(json.loads(line), path.stem, place, known) for place, line in enumerate(lines, 1)]


def rollouts(path: Path) -> list[Row]:
    """Real responses with their publisher's verdicts."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Row(row["gold"], row["response"], row["publisher_says_correct"], path.stem, place)
        for place, row in enumerate(rows, 1)
    ]


def _row(
    row: dict[str, Any], source: str, number: int, policies: dict[tuple[str, str], str]
) -> Row:
    gold, answer = str(row["gold"]), str(row["answer"])
    policy = str(row.get("policy") or ("contestable" if row.get("contestable") else ""))
    policy = policy or policies.get((gold, _digest(answer)), "")
    return Row(gold, answer, bool(row["label"]), source, number, policy)


def _policies() -> dict[tuple[str, str], str]:
    """Rows whose label hangs on a policy, by gold and digest of the answer, with the policy."""
    lines = _POLICY_ROWS.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {(row["gold"], row["answer_blake2b"]): row["policy"] for row in rows}


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
