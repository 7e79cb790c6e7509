"""Warnings, log records and lost errors of the program, for tests that look at them."""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from typing import Any

MAX_RECORDS = 1000
_TOLD = {"msg", "args", "funcName", "lineno", "levelname", "threadName"}
_UNTOLD = frozenset(vars(logging.makeLogRecord({}))) - _TOLD


_BASIC = (logging.StreamHandler, logging.FileHandler)


class _Silent(logging.NullHandler):
    """Stands for the handlers of pytest."""


class Records:
    """Keeps what the program warns of and logs, and what it raises where nobody hears of it, from its construction on.

    Args:
        is_pytest: Whether pytest runs the tests. It has handlers of its own at the root before it imports
            anything, so that `logging.basicConfig` does nothing.
    """

    def __init__(self, is_pytest: bool) -> None:
        self._kept: list[tuple[Any, ...]] = []
        if is_pytest:
            if any(type(one) in _BASIC for one in logging.root.handlers):
                logging.root.setLevel(logging.WARNING)
            logging.root.handlers[:] = [_Silent()]
        warnings.simplefilter("always")
        warnings.showwarning = self._warned
        threading.excepthook = self._failed
        sys.unraisablehook = self._ignored
        call = logging.Logger.callHandlers

        def called(logger: logging.Logger, record: logging.LogRecord) -> None:
            is_handled = logger.hasHandlers() and not _is_silent(logger)
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

    def _failed(self, about: Any) -> None:
        """Hears of what ended a thread."""
        if about.exc_type is not SystemExit:
            name = about.thread.name if about.thread is not None else ""
            self._keep("thread", about.exc_value or about.exc_type(), str(name))

    def _ignored(self, about: Any) -> None:
        """Hears of what was raised where nobody can hear of it."""
        self._keep("ignored", about.exc_value or about.exc_type())

    def _keep(self, *record: Any) -> None:
        if len(self._kept) < MAX_RECORDS:
            self._kept.append(record)

    def _warned(self, message: Any, category: type, *_: Any, **__: Any) -> None:
        self._keep("warning", message)


def _is_silent(logger: logging.Logger) -> bool:
    """Whether only what stands for handlers of pytest would hear of a record."""
    held: logging.Logger | None = logger
    while held is not None:
        if any(type(one) is not _Silent for one in held.handlers):
            return False
        held = held.parent if held.propagate else None
    return True
