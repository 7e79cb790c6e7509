"""One engine process as the server sees it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Protocol

import msgspec

from veridical.sampling.engine import CannotDo, EngineLost, Refused
from veridical.sampling.engines.wire import (
    Answer,
    Ask,
    Began,
    Blame,
    Drop,
    Failed,
    Gave,
    Ready,
    Reply,
    Request,
    Setup,
    Use,
    Work,
)
from veridical.serving.pool.channel import Channel
from veridical.serving.pool.output import Output
from veridical.serving.pool.wire import frame

_END_SECONDS = 5.0
_GRACE_SECONDS = 10.0
_decode: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode


class HostEvents(Protocol):
    """Told by an engine process, on the event loop."""

    def on_first_token(self, seconds: float) -> None:
        """A sample has its first token, so long after it was asked for."""

    def on_cache_share(self, share: float) -> None:
        """How much of the key-value cache is in use, 0 to 1."""


class EngineHost:
    """An engine process, from its start to its end. To be made on the event loop's own thread.

    Args:
        setup: What the process loads.
        python: Its interpreter; None is this one.
        events: Told of what happens.

    Raises:
        OSError: The process cannot be had.
    """

    def __init__(self, setup: Setup, python: Path | None, events: HostEvents) -> None:
        self._loop = asyncio.get_running_loop()
        self._events = events
        self._numbers = itertools.count(1)
        self._asked: dict[int, tuple[asyncio.Future[Answer], float]] = {}
        self._output = Output()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _spawn(theirs.fileno(), self._output, python)
        self._channel = Channel(ours, self._on_body, self._on_broken)
        self._pidfd = os.pidfd_open(self._process.pid)
        self._loop.add_reader(self._pidfd, self._on_exit)
        self.ready: asyncio.Future[Ready] = self._loop.create_future()
        """What it serves; an `EngineLost` where it ended before that."""
        self.last_words = ""
        """The end of what it wrote, once it has ended; for the log."""
        self.gone = asyncio.Event()
        """Set once the process has ended and is reaped."""
        self._send(setup)

    @property
    def busy(self) -> int:
        """How much it was asked for and has not answered."""
        return len(self._asked)

    @property
    def serves(self) -> bool:
        """Whether it can be asked."""
        return self.ready.done() and not self.ready.exception() and not self.gone.is_set()

    async def ask(self, work: Work) -> Answer:
        """Has work done; cancelling drops it.

        Raises:
            EngineError: There is no answer.
        """
        if not self.serves:
            raise EngineLost("the engine process is not there")
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._asked[number] = (answer, monotonic())
        self._send(Ask(number, work))
        try:
            return await answer
        except asyncio.CancelledError:
            self._send(Drop(number))
            raise
        finally:
            self._asked.pop(number, None)

    def kill(self) -> None:
        """Ends the process and all that it started."""
        if not self.gone.is_set():  # afterwards the number may be another's
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Has the process end by itself, and kills it where that takes too long."""
        if not self.gone.is_set():
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.gone.wait(), _END_SECONDS)
            self.kill()
        await self.gone.wait()

    def _send(self, message: Setup | Request) -> None:
        if not self.gone.is_set():
            self._channel.send(frame(message))

    def _on_body(self, body: bytes) -> None:
        match _decode(body):
            case Ready() as ready:
                self.ready.set_result(ready)
            case Use(share):
                self._events.on_cache_share(share)
            case Began(number) if number in self._asked:
                self._events.on_first_token(monotonic() - self._asked[number][1])
            case Gave(number, answer):
                self._settle(number, answer)
            case Failed(number, blame, field, problem):
                by_request = blame is Blame.REQUEST
                self._settle(number, Refused(field, problem) if by_request else CannotDo(problem))

    def _settle(self, number: int, outcome: Answer | Exception) -> None:
        waiting, _ = self._asked.get(number, (None, 0.0))
        if waiting is None or waiting.done():
            return  # dropped meanwhile
        if isinstance(outcome, Exception):
            waiting.set_exception(outcome)
        else:
            waiting.set_result(outcome)

    def _on_broken(self, error: Exception | None) -> None:
        # Normally it is about to end by itself, and its status will say why.
        self._loop.call_later(_GRACE_SECONDS if error is None else 0.0, self.kill)

    def _on_exit(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self.kill()  # what it started ends with it
        self._channel.drain()
        status = self._process.wait()
        self._channel.close()
        os.close(self._pidfd)
        self.gone.set()
        self.last_words = self._output.tail()
        lost = EngineLost(f"the engine process {_how_ended(status)}")
        for number in list(self._asked):
            self._settle(number, lost)
        if not self.ready.done():
            self.ready.set_exception(EngineLost(f"{lost}: {self.last_words}"))
        self._output.close()


def _how_ended(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _spawn(channel: int, output: Output, python: Path | None) -> subprocess.Popen[bytes]:
    module = "veridical.sampling.engines.process"
    program = str(python or sys.executable)
    return subprocess.Popen(
        [program, "-P", "-X", "faulthandler", "-m", module, str(os.getpid()), str(channel)],
        stdin=subprocess.DEVNULL,
        stdout=output.descriptor,
        stderr=output.descriptor,
        pass_fds=(channel,),
        process_group=0,  # out of reach of the terminal's Ctrl-C
    )
