"""Warnings, log records and lost errors of a solution, given again where its tests look for them."""

from __future__ import annotations

import contextlib
import logging
import threading
import types
import warnings
from typing import Any

from veridical.code.cell.values.plain import ViolationError

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def replay(kind: Any, *parts: Any) -> None:
    """Warns, logs, or loses an error, as the solution did.

    Raises:
        ViolationError: It is neither.
    """
    if kind == "warning" and len(parts) == 1 and isinstance(parts[0], Warning):
        warnings.warn(parts[0], stacklevel=2)
    elif kind == "thread" and len(parts) == 2 and isinstance(parts[0], BaseException):
        _end_thread(parts[0], str(parts[1]))
    elif kind == "ignored" and len(parts) == 1 and isinstance(parts[0], BaseException):
        _lose(parts[0])
    elif kind == "log" and tuple(map(type, parts)) == (str, int, str, bool, dict):
        _log(*parts)
    else:
        raise ViolationError("a record of the wrong shape")


def _end_thread(error: BaseException, name: str) -> None:
    """Tells who hears of it that a thread has ended with an error."""
    about = type(error), error, _traceback(error), threading.Thread(name=name)
    with contextlib.suppress(Exception):  # which the interpreter would print
        threading.excepthook(threading.ExceptHookArgs(about))


def _lose(error: BaseException) -> None:
    """Raises an error where nobody but the hook for such can hear of it."""

    class Lost:
        def __del__(self) -> None:
            raise error

    Lost()


def _traceback(error: BaseException) -> types.TracebackType | None:
    """One that says no more than that there is one."""
    try:
        raise error.with_traceback(None)
    except BaseException as raised:
        return raised.__traceback__


def _log(name: str, level: int, text: str, is_handled: bool, told: dict[str, Any]) -> None:
    logger = logging.getLogger(name)
    if is_handled and not logger.hasHandlers():
        return
    made = logger.makeRecord(name, level, "", 0, text, (), None)
    vars(made).update((key, one) for key, one in told.items() if key not in _STANDARD)
    made.msg, made.args = told.get("msg", text), told.get("args", ())
    function, line, shown, thread = map(told.get, ("funcName", "lineno", "levelname", "threadName"))
    made.threadName = thread if type(thread) is str else made.threadName
    made.levelname = shown if type(shown) is str else made.levelname
    made.funcName = function if type(function) is str else ""
    made.lineno = line if type(line) is int else 0
    error = told.get("error")
    if isinstance(error, BaseException):
        made.exc_info = type(error), error, _traceback(error)
    made.getMessage = lambda: text  # type: ignore[method-assign] # nothing of the program's is formatted here
    logger.handle(made)
