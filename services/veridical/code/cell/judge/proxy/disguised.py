"""Errors of a program that would end something of the tests which has not failed."""

from __future__ import annotations

import sys
import types
from opcode import opmap
from typing import TYPE_CHECKING, Any

from veridical.code.cell.judge.library import is_library

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

_STOPPING = frozenset({"next", "send", "throw", "anext"})
_OF_STEPS = frozenset({"__anext__", "asend", "athrow"})
"""Methods whose awaitables say by an error that there is no more."""
_NEXT = frozenset({"__next__", "__anext__"})
_CATCHING = frozenset(
    opmap[name] for name in ("CHECK_EXC_MATCH", "WITH_EXCEPT_START") if name in opmap
)


def note_step(link: Link, value: Any, what: str, content: Any) -> None:
    """Notes an awaitable that may end an asynchronous iteration of the tests, and the methods that give such."""
    is_method = what == "get" and content[1] in _OF_STEPS
    is_call = what == "call" and (content[1] in _OF_STEPS or content[0] in link.steps)
    if is_method or is_call or what == "anext":
        link.steps.add(link.mirrors.number(value))


def is_disguised(link: Link, error: Any, what: str, content: Any) -> bool:
    """Whether an error of the program, raised by this request, would end what has not failed."""
    if isinstance(error, StopIteration):
        return what not in _STOPPING and not _hears(link, StopIteration.__name__)
    if isinstance(error, StopAsyncIteration):
        is_step = what in _STOPPING or (what == "await" and content[0].get("h") in link.steps)
        return not is_step and not _hears(link, StopAsyncIteration.__name__)
    kind = getattr(sys.modules.get("asyncio"), "CancelledError", ())
    is_cancelled = what == "await" and content[0].get("h") in link.cancelled
    is_expected = is_cancelled or "CancelledError" in link.mentions
    return isinstance(error, kind) and not is_expected


def _hears(link: Link, name: str) -> bool:
    """Whether a function of the tests that is under way knows of an exception."""
    frame: Any = sys._getframe() if name in link.mentions else None  # noqa: SLF001 - the stack itself
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        is_of_tests = not (module.startswith("veridical.") or is_library(module))
        if is_of_tests and name in frame.f_code.co_names and _may_catch(frame.f_code):
            return True
        frame = frame.f_back
    return False


def _may_catch(code: types.CodeType) -> bool:
    """Whether a function may name an exception for more than to raise it, as iterators do at their own end."""
    return code.co_name not in _NEXT or not _CATCHING.isdisjoint(code.co_code[::2])
