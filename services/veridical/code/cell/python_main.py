"""Running a Python program as `python3 main.py` would, in a process forked from a warm interpreter."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import io
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from types import CodeType, ModuleType
from typing import NoReturn

from veridical.code.cell.processes import Streams, leave_parent
from veridical.code.cell.site_names import add_site_names
from veridical.sandbox.inner.cell import OPEN_FILES, draw_anew
from veridical.sandbox.inner.kernel import clone

RAISED_STATUS = 118
"""Exit status of a program that ended with an exception other than MemoryError and SystemExit."""
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


class Stage:
    """What every program finds in its interpreter, made once for all that are forked from this process.

    The standard streams are text layers of descriptors 0 to 2, and behave as those of pipes.
    """

    def __init__(self) -> None:
        with _pipes_as_streams():
            sys.stdin = io.TextIOWrapper(
                io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8", _ERRORS, newline="\n"
            )
            sys.stdout = _writer(1, "<stdout>", _ERRORS)
            sys.stderr = _writer(2, "<stderr>", "backslashreplace")
        sys.stderr.reconfigure(line_buffering=True)
        vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
        add_site_names()
        self.main = ModuleType("__main__")
        self.main.__dict__.update(__builtins__=builtins, __annotations__={}, __cached__=None)
        sys.modules["__main__"] = self.main
        self._path = list(sys.path)

    def dress(self, argv: list[str]) -> None:
        """Lay out what differs from program to program."""
        self.main.__dict__["__file__"] = argv[0]
        sys.argv = argv
        sys.path = [os.path.dirname(argv[0]), *self._path]  # noqa: PTH120 - pathlib is not worth its import here


@contextlib.contextmanager
def _pipes_as_streams() -> Iterator[None]:
    """Has descriptors 0 to 2 be pipes for a while: a layer asks what it is put upon."""
    kept = [os.dup(descriptor) for descriptor in range(3)]
    ends = os.pipe()
    for descriptor, end in enumerate((ends[0], ends[1], ends[1])):
        os.dup2(end, descriptor)
    try:
        yield
    finally:
        for descriptor, own in enumerate(kept):
            os.dup2(own, descriptor)
        for each in (*kept, *ends):
            os.close(each)


def _writer(descriptor: int, name: str, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, newline="\n")


def start_python(stage: Stage, code: CodeType, streams: Streams) -> int:
    """Fork a child that runs the program, and return its process id; there is one thread only."""
    pid = clone(0)
    if pid == 0:
        _run(stage, code, streams)
    return pid


def _run(stage: Stage, code: CodeType, streams: Streams) -> NoReturn:
    status = 1
    try:
        leave_parent()
        draw_anew()
        if os.getpid() != 1:
            os.setpgid(0, 0)
        _take_streams(streams)
        status = _execute(stage, code)
    finally:
        os._exit(status)


def _take_streams(streams: Streams) -> None:
    """Make the pipes the first descriptors, and close every other."""
    os.dup2(streams.stdin, 0)
    os.dup2(streams.stdout, 1)
    os.dup2(streams.stderr, 2)
    os.closerange(3, OPEN_FILES)


def _execute(stage: Stage, code: CodeType) -> int:
    """Run the program and everything that it left for its end; returns the exit status.

    A process that the program forked comes through here, too, and has the interpreter's statuses alone.
    """
    first = os.getpid()
    try:
        exec(code, stage.main.__dict__)  # noqa: S102 - this is the cell it is meant for
        status = 0
    except SystemExit as error:
        status = _exit_status(error.code)
    except BaseException as error:
        status = _report(error)
        if os.getpid() != first:
            status = 1
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
    return RAISED_STATUS


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
