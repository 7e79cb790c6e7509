"""Running one program as a child of the cell's first process, with real pipes as its streams.

What the first process touches while a child lives is copied page by page, and what the child touches,
too: so this is plain code on few objects, and all that can be made before the child is made then.
"""

from __future__ import annotations

import os
import select
from _signal import (  # type: ignore[import-not-found] # those of `signal` make enums of numbers
    SIG_DFL,
    SIGCHLD,
    SIGHUP,
    SIGINT,
    SIGKILL,
    SIGQUIT,
    SIGTERM,
    default_int_handler,
    set_wakeup_fd,
    signal,
)
from collections.abc import Callable
from typing import NamedTuple

MAX_STDERR_BYTES = 8192
CASE_MARK = b"\x1e"
"""Begins what each case writes on the cell's own stderr; left out after one that wrote nothing."""
_READ_BYTES = 1 << 16
_FRESH = (SIGHUP, SIGTERM, SIGQUIT)


class Streams(NamedTuple):
    """The pipe ends that a child gets as its first three descriptors."""

    stdin: int
    stdout: int
    stderr: int


Start = Callable[[Streams], int]
"""Starts a child on these streams and returns its process id."""


class Ran:
    """What one run of a program left.

    Attributes:
        status: Exit status; the negative number of a signal that ended it.
        stdout: What it wrote to stdout, up to the limit.
        stderr: The end of what it wrote to stderr.
        is_flood: Whether it wrote more to stdout than the limit, and was ended for that.
    """

    __slots__ = ("is_flood", "status", "stderr", "stdout")

    def __init__(self) -> None:
        self.status = 0
        self.stdout, self.stderr = bytearray(), bytearray()
        self.is_flood = False


class Watch:
    """Has a descriptor become readable when a child ends; needs no pidfd, which gVisor lacks.

    It also gives the process the signals of any program, whatever its cell made of them: children
    inherit them.
    """

    def __init__(self) -> None:
        self.has_told = True
        self.descriptor, self._end = os.pipe()
        for each in (self.descriptor, self._end):
            os.set_blocking(each, False)
        for number in _FRESH:
            signal(number, SIG_DFL)
        signal(SIGINT, default_int_handler)
        signal(SIGCHLD, _wake)
        set_wakeup_fd(self._end, warn_on_full_buffer=False)

    def close(self) -> None:
        """Watches no more."""
        leave_parent()
        os.close(self.descriptor)
        os.close(self._end)


def _wake(*_: object) -> None:
    """Is there so that the signal is not ignored; what wakes is the descriptor."""


def has_begun(stderr: bytes) -> bool:
    """Whether a first case had begun when a cell's own stderr ended like this."""
    return CASE_MARK in stderr or len(stderr) >= MAX_STDERR_BYTES


def leave_parent() -> None:
    """Forget, in a child that has just been forked, what belongs to its parent alone."""
    set_wakeup_fd(-1)
    signal(SIGCHLD, SIG_DFL)


def run_child(watch: Watch, start: Start, stdin: bytes, max_output: int) -> Ran:
    """Run a child to its end: feed it, drain it, and end whatever it left behind.

    What is left behind is ended as soon as the child itself has ended: a grandchild that holds a
    pipe holds up nobody.
    """
    if watch.has_told:
        watch.has_told = False
        os.write(2, CASE_MARK)
    child_in, our_in = os.pipe()
    our_out, child_out = os.pipe()
    our_err, child_err = os.pipe()
    theirs = Streams(child_in, child_out, child_err)
    exchange = _Exchange(watch, Streams(our_in, our_out, our_err), stdin, max_output)
    pid = start(theirs)
    os.close(child_in)
    os.close(child_out)
    os.close(child_err)
    return exchange.run(pid)


def pass_on(data: bytes) -> None:
    """Tell the host what a child wrote to stderr while it runs: it may never end by itself."""
    os.write(2, data[-MAX_STDERR_BYTES:])


def sweep(pid: int) -> None:
    """Kill and reap all processes but this one; without a pid namespace, the group of `pid`."""
    try:
        if os.getpid() == 1:
            # All others descend from this one: where it has no child, there are none.
            os.waitpid(-1, os.WNOHANG)
            os.kill(-1, SIGKILL)
        else:
            os.killpg(pid, SIGKILL)
    except OSError:
        pass
    try:
        while os.waitpid(-1, 0 if os.getpid() == 1 else os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


class _Exchange:
    """Feeds and drains one child until it has ended."""

    def __init__(self, watch: Watch, streams: Streams, stdin: bytes, max_output: int) -> None:
        self._pid = 0
        self._streams = streams
        self._watch = watch
        self._unsent = memoryview(stdin)
        self._max_output = max_output
        self._ran = Ran()
        self._open = {streams.stdin, streams.stdout, streams.stderr}
        self._poll = select.poll()
        for descriptor in self._open:
            os.set_blocking(descriptor, False)
        self._poll.register(streams.stdin, select.POLLOUT)
        for descriptor in (streams.stdout, streams.stderr, watch.descriptor):
            self._poll.register(descriptor, select.POLLIN)
        self._feed()

    def run(self, pid: int) -> Ran:
        """Exchange until the child has ended; returns what it left."""
        status = None
        self._pid = pid
        while status is None and not self._ran.is_flood:
            for descriptor, _ in self._poll.poll():
                status = self._serve(descriptor) if status is None else status
        sweep(self._pid)
        if status is not None:
            self._ran.status = status
            self._drain_rest()
        for descriptor in tuple(self._open):
            self._close(descriptor)
        return self._ran

    def _serve(self, descriptor: int) -> int | None:
        """Do what a ready descriptor asks for; returns the child's status once it has ended."""
        if descriptor == self._streams.stdout:
            self._drain_stdout()
        elif descriptor == self._streams.stderr:
            self._drain_stderr()
        elif descriptor == self._streams.stdin:
            self._feed()
        else:
            os.read(descriptor, _READ_BYTES)
            return self._ended()
        return None

    def _ended(self) -> int | None:
        """The status of the child once it has ended; orphans that ended are reaped along the way."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return 0
            if pid == self._pid:
                return os.waitstatus_to_exitcode(status)
            if pid == 0:
                return None

    def _feed(self) -> None:
        try:
            sent = os.write(self._streams.stdin, self._unsent[:_READ_BYTES]) if self._unsent else 0
        except BlockingIOError:
            return
        except OSError:
            # It reads no more.
            sent = len(self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._close(self._streams.stdin)

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        self._poll.unregister(descriptor)
        os.close(descriptor)

    def _drain_stdout(self) -> bool:
        data = self._read(self._streams.stdout)
        room = self._max_output - len(self._ran.stdout)
        self._ran.stdout += data[:room]
        self._ran.is_flood = len(data) > room
        return bool(data) and not self._ran.is_flood

    def _drain_stderr(self) -> bool:
        data = self._read(self._streams.stderr)
        self._ran.stderr += data
        if data:
            self._watch.has_told = True
            pass_on(data)
        if len(self._ran.stderr) > MAX_STDERR_BYTES:
            del self._ran.stderr[:-MAX_STDERR_BYTES]
        return bool(data)

    def _read(self, descriptor: int) -> bytes:
        """What there is to read; closes the pipe at its end."""
        try:
            data = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            self._close(descriptor)
        return data

    def _drain_rest(self) -> None:
        """Read what the ended child had written before; nobody writes any more."""
        for descriptor, drain in (
            (self._streams.stdout, self._drain_stdout),
            (self._streams.stderr, self._drain_stderr),
        ):
            while descriptor in self._open and drain():
                pass
