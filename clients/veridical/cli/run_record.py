"""The side file of a run: what a file of verdicts belongs to."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from veridical.cli.exits import CommandError


def side_path(path: Path) -> Path:
    """Return where the side file of a file of verdicts is."""
    return path.with_name(path.name + ".run.json")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a file of verdicts belongs to; the content of its side file."""

    input_blake2b: str
    """BLAKE2b-256 of the input's bytes, in hexadecimal."""
    items: int
    """Number of items in the input."""
    veridical: str
    """Version of the distribution that began the run."""

    def save(self, path: Path) -> None:
        """Write the side file so that it is there whole or not at all, also after a power cut."""
        draft = path.with_name(path.name + ".tmp")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read a side file; None where there is none.

        Raises:
            CommandError: It is not a side file.
        """
        try:
            content = json.loads(path.read_bytes())
            return cls(
                input_blake2b=str(content["input_blake2b"]),
                items=int(content["items"]),
                veridical=str(content["veridical"]),
            )
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            raise CommandError(f"{path} is not a side file of veridical verify") from None
