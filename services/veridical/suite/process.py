"""Processes as the suite needs them: started, followed to their end, and reaped."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Collection, Container, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO

from veridical.serving.parent import DIE_WITH_PARENT

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_LINE_BYTES = 65_536
# What a dead process's own children may still hold open is not waited for longer, in seconds.
_REST_SECONDS = 0.3

TakeLine = Callable[[bytes], None]
"""Takes a line, without its end, that a process wrote."""


class ChildProcess:
    """A running child; to be made in the main thread, with whose end the kernel ends the child."""

    def __init__(
        self, command: Sequence[str], take_line: TakeLine, without: Collection[str] = ()
    ) -> None:
        """Starts `command`; whatever it writes goes to `take_line`.

        Args:
            command: Program and arguments.
            take_line: Takes its lines.
            without: Environment variables that it does not inherit.

        Raises:
            OSError: The process could not be started.
        """
        inherited = {name: value for name, value in os.environ.items() if name not in without}
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env={**inherited, DIE_WITH_PARENT: str(os.getpid())},
            # A Ctrl-C in the terminal is for the supervisor, which then drains in order.
            start_new_session=True,
        )
        assert self._popen.stdout is not None
        self._reading = asyncio.create_task(_read_lines(self._popen.stdout, take_line))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    def send(self, signal_: signal.Signals) -> None:
        """Sends a signal; to a process that ended, nothing."""
        self._popen.send_signal(signal_)

    async def wait(self) -> int:
        """Returns its exit status, negative for a signal, once it ended and its lines were taken."""
        await process_end(self.pid)
        status = self._popen.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._reading, _REST_SECONDS)
        return status


async def process_end(pid: int) -> None:
    """Returns once the process `pid` has ended, also where it ended before the call."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _read_lines(stream: IO[bytes], take_line: TakeLine) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), stream
    )
    rest = b""
    try:
        while chunk := await reader.read(_LINE_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                take_line(line)
            if len(rest) > _LINE_BYTES:
                take_line(rest)
                rest = b""
        if rest:
            take_line(rest)
    finally:
        transport.close()


def adopt_orphans() -> None:
    """Makes this process the parent of what its dead children leave running (prctl(2)).

    Otherwise the workers of a killed service would be left to process 1, which in a container may be a
    program that never reaps.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def kill_orphans(own: Container[int | None]) -> None:
    """Kills the children of this process that it did not start (needs /proc/PID/task/TID/children).

    Args:
        own: Process ids of those that it did start.
    """
    threads = Path("/proc/self/task").iterdir()
    for child in chain.from_iterable(map(_children_of, threads)):
        if child not in own:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _children_of(thread: Path) -> list[int]:
    try:
        return [int(child) for child in (thread / "children").read_text().split()]
    except OSError:
        # The thread ended, and its children became another's; the next call finds them there.
        return []


def reap_orphans(own: Container[int | None]) -> bool:
    """Reaps the dead children of this process that it did not start.

    Args:
        own: Process ids of those that it did start; their status is their `ChildProcess`'s.

    Returns:
        Whether there are children left, dead or alive.
    """
    try:
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if found.si_pid in own:
                break
            os.waitpid(found.si_pid, 0)
    except ChildProcessError:
        return False
    return True
