"""Writing for a person, and a standard output that can no longer be written."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from rich.console import Console


class OutConsole(Console):
    """A console for what a command found: plain where the file is no terminal.

    Args:
        file: Where it goes; None is the standard output.

    Raises:
        BrokenPipeError: From writing, once nobody reads any more; rich itself would end the process.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        super().__init__(file=file, highlight=False)

    def on_broken_pipe(self) -> None:
        """Let the error through, to the exit code that is its own."""
        raise


def drop_stdout() -> None:
    """Keeps what Python still holds for stdout from raising again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
