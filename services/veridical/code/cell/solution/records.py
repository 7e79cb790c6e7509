"""Warnings and log records of the program, for tests that look at them."""

from __future__ import annotations

import logging
import warnings
from typing import Any

MAX_RECORDS = 1000
_TOLD = {"msg", "args", "funcName", "lineno", "levelname"}
_UNTOLD = frozenset(vars(logging.makeLogRecord({}))) - _TOLD


class Records:
    """Keeps what the program warns of and logs, from its construction on."""

    def __init__(self) -> None:
        self._kept: list[tuple[Any, ...]] = []
        warnings.simplefilter("always")
        warnings.showwarning = self._warned
        call = logging.Logger.callHandlers

        def called(logger: logging.Logger, record: logging.LogRecord) -> None:
            is_handled = logger.hasHandlers()
            self._logged(record, is_handled=is_handled)
            if is_handled:  # what has no handler here is for those of the tests, or their stderr
                call(logger, record)

        logging.Logger.callHandlers = called  # type: ignore[method-assign, assignment]

    def _logged(self, record: logging.LogRecord, *, is_handled: bool) -> None:
        if len(self._kept) < MAX_RECORDS:
            own = {key: one for key, one in vars(record).items() if key not in _UNTOLD}
            own["error"] = record.exc_info[1] if record.exc_info else None
            text = record.getMessage()
            self._kept.append(("log", record.name, record.levelno, text, is_handled, own))

    def taken(self) -> list[tuple[Any, ...]]:
        """What came since the last time."""
        kept, self._kept = self._kept, []
        return kept

    def _warned(self, message: Any, category: type, *_: Any, **__: Any) -> None:
        if len(self._kept) < MAX_RECORDS:
            self._kept.append(("warning", message))
