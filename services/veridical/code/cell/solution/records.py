"""Warnings and log records of the program, for tests that look at them."""

from __future__ import annotations

import logging
import warnings
from typing import Any

MAX_RECORDS = 1000
_UNTOLD = frozenset(vars(logging.makeLogRecord({}))) - {"msg", "args", "funcName", "lineno"}


class Records(logging.Handler):
    """Keeps what the program warns of and logs, from its construction on."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[tuple[Any, ...]] = []
        logging.getLogger().addHandler(self)
        logging.getLogger().setLevel(logging.NOTSET)
        warnings.simplefilter("always")
        warnings.showwarning = self._warned

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one log record."""
        if len(self._kept) < MAX_RECORDS:
            own = {key: one for key, one in vars(record).items() if key not in _UNTOLD}
            error = record.exc_info[1] if record.exc_info else None
            text = record.getMessage()
            self._kept.append(("log", record.name, record.levelno, text, {**own, "error": error}))

    def taken(self) -> list[tuple[Any, ...]]:
        """What came since the last time."""
        kept, self._kept = self._kept, []
        return kept

    def _warned(self, message: Any, category: type, *_: Any, **__: Any) -> None:
        if len(self._kept) < MAX_RECORDS:
            self._kept.append(("warning", message))
