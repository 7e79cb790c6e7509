"""Warnings and log records of a solution, given again where its tests look for them."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from veridical.code.cell.values.plain import ViolationError


def replay(kind: Any, source: Any, level: Any, text: Any) -> None:
    """Warns, or logs, as the solution did.

    Raises:
        ViolationError: It is neither.
    """
    if type(text) is not str or type(level) is not int:
        raise ViolationError("a record of the wrong shape")
    if kind == "log" and type(source) is str:
        logging.getLogger(source).log(level, "%s", text)
    elif kind == "warning" and isinstance(source, Warning):
        warnings.warn(source, stacklevel=2)
    else:
        raise ViolationError("a record of the wrong shape")
