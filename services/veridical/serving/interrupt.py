"""A quiet end for a program that is told to stop while it still imports what it needs."""

from __future__ import annotations

import os
import signal
from types import FrameType

EXIT_INTERRUPTED = 128 + signal.SIGINT


def exit_on_interrupt() -> None:
    """Has Ctrl-C end this process at once, with status 130 and no traceback, until told otherwise.

    An event loop's own handler takes over; what the parent chose to ignore stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _exit)


def _exit(_number: int, _frame: FrameType | None) -> None:
    os._exit(EXIT_INTERRUPTED)
