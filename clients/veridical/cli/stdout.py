"""A standard output that can no longer be written."""

from __future__ import annotations

import os
import sys


def drop_stdout() -> None:
    """Keeps what Python still holds for stdout from raising again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
