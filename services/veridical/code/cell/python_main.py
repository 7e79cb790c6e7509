"""Running a Python program as `python3 main.py` would, in a process forked from a warm interpreter."""

from __future__ import annotations

import atexit
import builtins
import io
import os
import sys
import threading
import traceback
from _sitebuiltins import Quitter
from types import CodeType, ModuleType
from typing import NoReturn

from veridical.code.cell.processes import Streams, leave_parent
from veridical.sandbox.inner.cell import draw_anew
from veridical.sandbox.inner.kernel import clone

MEMORY_STATUS = 119
"""Exit status of a program that ended with a MemoryError."""
_FLUSH_STATUS = 120
_ERRORS = "surrogateescape"


def compile_program(source: bytes, file: str) -> CodeType | str:
    """Compile a program; returns the reason where it is none."""
    try:
        return compile(source, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return "".join(traceback.format_exception_only(error))


def start_python(code: CodeType, argv: list[str], streams: Streams) -> int:
    """Fork a child that runs the program, and return its process id; there is one thread only."""
    pid = clone(0)
    if pid == 0:
        _run(code, argv, streams)
    return pid


def _run(code: CodeType, argv: list[str], streams: Streams) -> NoReturn:
    status = 1
    try:
        leave_parent()
        draw_anew()
        if os.getpid() != 1:
            os.setpgid(0, 0)
        _take_streams(streams)
        _prepare(argv)
        status = _execute(code)
    finally:
        os._exit(status)


def _take_streams(streams: Streams) -> None:
    """Make the pipes the standard streams, and close every other descriptor."""
    for descriptor, own in enumerate((streams.stdin, streams.stdout, streams.stderr)):
        os.dup2(own, descriptor)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdin = io.TextIOWrapper(
        io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", _ERRORS, newline="\n"
    )
    sys.stdout = _writer(1, "<stdout>", _ERRORS)
    sys.stderr = _writer(2, "<stderr>", "backslashreplace")
    sys.stderr.reconfigure(line_buffering=True)
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)


def _writer(descriptor: int, name: str, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, newline="\n")


def _prepare(argv: list[str]) -> None:
    """Lay out what a program expects of a fresh interpreter."""
    main = ModuleType("__main__")
    main.__dict__.update(
        __builtins__=builtins, __file__=argv[0], __annotations__={}, __cached__=None
    )
    sys.modules["__main__"] = main
    sys.argv = argv
    sys.path.insert(0, os.path.dirname(argv[0]))  # noqa: PTH120 - pathlib is not worth its import here
    for name in ("quit", "exit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D (i.e. EOF)"))


def _execute(code: CodeType) -> int:
    """Run the program and everything that it left for its end; returns the exit status."""
    try:
        exec(code, sys.modules["__main__"].__dict__)  # noqa: S102 - this is the cell it is meant for
        status = 0
    except SystemExit as error:
        status = _exit_status(error.code)
    except BaseException as error:
        status = _report(error)
    return _finish(status)


def _exit_status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)  # noqa: T201 - as the interpreter does
    return 1


def _report(error: BaseException) -> int:
    """Tell of an exception as the interpreter would, without the frame of this module."""
    if isinstance(error, MemoryError):
        return MEMORY_STATUS
    behind = error.__traceback__.tb_next if error.__traceback__ else None
    sys.excepthook(type(error), error.with_traceback(behind), behind)
    return 1


def _finish(status: int) -> int:
    """Join threads, run exit functions and flush, in the interpreter's order."""
    try:
        threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - what the interpreter calls
        atexit._run_exitfuncs()  # noqa: SLF001
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        try:
            if not stream.closed:
                stream.flush()
        except Exception:
            status = status or _FLUSH_STATUS
    return status
