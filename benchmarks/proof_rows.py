"""Step-labelled traces from a folder of JSON-lines files with `problem`, `steps` and `first_error`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "proof"
"""Where labelled data stands beside the checkout; every benchmark takes another folder."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled trace.

    Attributes:
        source: Name of its file, without the suffix.
        place: Number of its line from 0.
        problem: The problem text.
        steps: The steps.
        first_error: Index of the first wrong step, -1 for none.
        category: What was done to it, empty where the file does not say.
        fields: All its fields.
    """

    source: str
    place: int
    problem: str
    steps: tuple[str, ...]
    first_error: int
    category: str
    fields: dict[str, Any]


def read_rows(path: Path, half: str = "both") -> list[Row]:
    """The rows of a file: the even lines, the odd ones, or both."""
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = {"even": (0,), "odd": (1,), "both": (0, 1)}[half]
    return [_row(path.stem, n, json.loads(s)) for n, s in enumerate(lines) if n % 2 in wanted]


def _row(source: str, place: int, fields: dict[str, Any]) -> Row:
    return Row(
        source=source,
        place=place,
        problem=fields["problem"],
        steps=tuple(fields["steps"]),
        first_error=fields["first_error"],
        category=fields.get("category") or "",
        fields=fields,
    )
