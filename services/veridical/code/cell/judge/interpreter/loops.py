"""Event loops of the tests: what the program left running in one ends with it."""

from __future__ import annotations

import asyncio
import functools
import sys
import weakref
from typing import TYPE_CHECKING, Any

from veridical.code.cell.waiting import is_stepped

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_runners: Any = asyncio.runners
_Loop: Any = asyncio.SelectorEventLoop


def end_both(link: Link) -> None:
    """From now on loops of the program end where the tests end theirs, and in the same way."""
    cancel, close = _runners._cancel_all_tasks, _Loop.close  # noqa: SLF001 - what every runner ends by
    ended: weakref.WeakSet[Any] = weakref.WeakSet()

    def end(loop: Any, *, is_orderly: bool) -> None:
        if link.touched and link.fault is None and loop not in ended:
            ended.add(loop)
            link.callbacks.end_loops(is_orderly=is_orderly)
            link.operate("end", is_orderly)

    @functools.wraps(cancel)
    def cancelled(loop: Any) -> None:
        cancel(loop)
        end(loop, is_orderly=True)

    def closed(loop: Any) -> None:
        is_left = sys._getframe(1).f_code.co_name == "__del__"  # noqa: SLF001 - whenever that is
        if not (is_left or is_stepped(loop) or loop.is_closed() or loop.is_running()):
            end(loop, is_orderly=False)
        close(loop)

    _runners._cancel_all_tasks = cancelled  # noqa: SLF001
    _Loop.close = closed


def handle_both(link: Link) -> None:
    """From now on a handler of errors that tests set for their loop hears of those in the program's, too."""
    handle = _Loop.set_exception_handler

    def handled(loop: Any, handler: Any) -> None:
        handle(loop, handler)
        if not (link.is_waiting or link.fault or is_stepped(loop)):
            link.operate("handle", handler)

    _Loop.set_exception_handler = handled
