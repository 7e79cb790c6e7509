"""One worker as the server sees it: a process, its channel, and the items it holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Protocol

import msgspec

from veridical.serving.pool.channel import Channel
from veridical.serving.pool.death import Cause, Death, cause_of
from veridical.serving.pool.line import Item
from veridical.serving.pool.observer import WorkerState
from veridical.serving.pool.output import Output
from veridical.serving.pool.page import SharedPage, create_page
from veridical.serving.pool.wire import (
    Chunk,
    FrameError,
    Reply,
    Setup,
    Warm,
    frame,
)

_GRACE_SECONDS = 1.0
_PAGE_BYTES = os.sysconf("SC_PAGESIZE")
_decode_warm = msgspec.msgpack.Decoder(Warm).decode
_decode_reply: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode


class WorkerEvents(Protocol):
    """Told by a worker, on the event loop."""

    def on_warm(self, worker: WorkerProcess) -> None:
        """It is ready for items."""

    def on_reply(self, item: Item, reply: Reply) -> None:
        """It replied to an item.

        Raises:
            msgspec.DecodeError: The value is not of the result's type.
        """

    def on_progress(self, worker: WorkerProcess) -> None:
        """It has replied and may have room for more items."""

    def on_exit(self, worker: WorkerProcess, death: Death) -> None:
        """It has ended and is reaped."""


class WorkerProcess:
    """A worker process, from its start to its end. To be made on the event loop's own thread.

    Args:
        setup: What the worker loads.
        events: Told of everything that happens.

    Raises:
        OSError: The process or its descriptors cannot be had.
    """

    def __init__(self, setup: Setup, events: WorkerEvents) -> None:
        self._loop = asyncio.get_running_loop()
        self._events = events
        self._start()
        self.gone = asyncio.Event()
        """Set once the worker has ended and is reaped."""
        self.warm = False
        self.retiring = False
        """Its successor is on the way."""
        self.leaving = False
        """It gets no more items."""
        self.alone = False
        """It holds a suspect, and no other item may join it."""
        self.answered = 0
        """Items it has answered."""
        self.started_at = self._progress_at = monotonic()
        self._warm_bytes = self._resident_bytes = 0
        self._held: dict[int, Item] = {}
        # Numbers of items: given last; taken back up to; seen announced last; answered with nonsense.
        self._last = self._released = self._seen = self._accused = 0
        self._ending = False
        self._end: tuple[Cause, str] | None = None
        self._hang_up: asyncio.TimerHandle | None = None
        self._channel.send(frame(setup))

    def _start(self) -> None:
        with contextlib.ExitStack() as resources:
            ours, theirs = socket.socketpair()
            resources.callback(ours.close)
            with theirs:
                self._page = SharedPage(create_page())
                resources.callback(self._page.close)
                self._output = Output()
                resources.callback(self._output.close)
                self._popen = _spawn(theirs.fileno(), self._page, self._output)
            resources.callback(self._popen.wait)
            resources.callback(self._kill)
            self._pidfd = os.pidfd_open(self._popen.pid)
            resources.callback(os.close, self._pidfd)
            self._statm = os.open(f"/proc/{self._popen.pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
            resources.pop_all()
        self._channel = Channel(ours, self._on_body, self._on_broken)
        self._loop.add_reader(self._pidfd, self._on_exit)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._popen.pid

    @property
    def state(self) -> WorkerState:
        """What it is doing."""
        if not self.warm:
            return WorkerState.STARTING
        return WorkerState.BUSY if self._held else WorkerState.IDLE

    @property
    def available(self) -> bool:
        """It may be given items beside those it holds."""
        return self.warm and not (self.leaving or self.alone or self._ending)

    @property
    def fresh(self) -> bool:
        """It has not been given any item yet."""
        return self._last == 0

    @property
    def held(self) -> int:
        """Number of items it holds."""
        return len(self._held)

    @property
    def growth_bytes(self) -> int:
        """Resident memory after its last reply, above what it had when it was warm."""
        return self._resident_bytes - self._warm_bytes

    def stalled_seconds(self) -> float:
        """Wall time since it last replied or started an item, to within the time between calls."""
        announced = self._page.announced
        # Only onward: a worker that ran wild must not look busy by announcing at random.
        if self._seen < announced <= self._last:
            self._seen = announced
            self._progress_at = monotonic()
        return monotonic() - self._progress_at

    def memory_growth(self) -> int:
        """Resident memory now, above what it had when it was warm, in bytes; 0 if it is gone."""
        try:
            resident = int(os.pread(self._statm, 64, 0).split()[1]) * _PAGE_BYTES
        except ProcessLookupError:
            return 0
        return resident - self._warm_bytes

    def trim_output(self) -> None:
        """Bounds the memory that its output takes."""
        self._output.trim()

    def give(self, items: Sequence[Item], cpu_seconds: float, *, alone: bool = False) -> None:
        """Sends items to work on, each for at most `cpu_seconds`.

        `alone` keeps others away until these are answered.
        """
        if not self._held:
            self._progress_at = monotonic()
        first = self._last + 1
        self._last += len(items)
        self._held.update(enumerate(items, first))
        self.alone = alone
        payloads = [msgspec.Raw(item.payload) for item in items]
        self._channel.send(frame(Chunk(first, cpu_seconds, payloads)))

    def release(self) -> list[Item]:
        """Takes back all but the item it is working on; what it still replies to them is ignored.

        Returns:
            The items, in order; none if it is not known which one it is working on.
        """
        announced = self._page.announced
        if announced not in self._held:
            return []
        self._page.skip_through = self._released = self._last
        kept = self._held.pop(announced)
        items, self._held = list(self._held.values()), {announced: kept}
        return items

    def kill(self, cause: Cause, detail: str) -> None:
        """Ends it; the first cause given counts."""
        if self._end is None:
            self._end = (cause, detail)
            self._kill()

    def _kill(self) -> None:
        self._ending = True
        # The group holds whatever the function may have started; a dead leader is not reaped yet.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def _on_body(self, body: bytes) -> None:
        if not self.warm:
            self._warm_bytes = self._resident_bytes = _decode_warm(body).resident_bytes
            self.warm = True
            self._events.on_warm(self)
            return
        reply = _decode_reply(body)
        self._accept(reply)
        self._resident_bytes = reply.resident_bytes
        self._progress_at = monotonic()
        if not self._ending:
            self._events.on_progress(self)

    def _accept(self, reply: Reply) -> None:
        item = self._held.get(reply.number)
        if item is None:
            if reply.number > self._released:
                raise FrameError("a reply to an item that it was not given")
            return
        self._accused = reply.number
        self._events.on_reply(item, reply)
        self._accused = 0
        del self._held[reply.number]
        self.alone = False
        self.answered += 1

    def _on_broken(self, error: Exception | None) -> None:
        if error is not None:
            self.kill(Cause.CRASHED, f"the worker sent nonsense: {type(error).__name__}")
            return
        # Normally it is about to end, and its status will say why.
        self._ending = True
        reason = "the worker closed its channel"
        self._hang_up = self._loop.call_later(_GRACE_SECONDS, self.kill, Cause.CRASHED, reason)

    def _on_exit(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self._kill()
        self._channel.drain()
        if self._hang_up is not None:
            self._hang_up.cancel()
        death = self._death(self._popen.wait())
        self._channel.close()
        self._page.close()
        self._output.close()
        os.close(self._statm)
        os.close(self._pidfd)
        self.gone.set()
        self._events.on_exit(self, death)

    def _death(self, status: int) -> Death:
        cause, detail = self._end or cause_of(status)
        guilty = self._accused or self._page.announced
        certain = guilty in self._held
        suspect = self._held.pop(guilty if certain else next(iter(self._held), 0), None)
        others = list(self._held.values())
        self._held = {}
        seconds = monotonic() - self._progress_at
        return Death(cause, detail, seconds, suspect, certain, others, self._output.tail())


def _spawn(channel: int, page: SharedPage, output: Output) -> subprocess.Popen[bytes]:
    module = "veridical.serving.pool.worker"
    descriptors = (channel, page.descriptor)
    arguments = [str(number) for number in (os.getpid(), *descriptors)]
    return subprocess.Popen(
        [sys.executable, "-P", "-X", "faulthandler", "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output.descriptor,
        stderr=output.descriptor,
        pass_fds=descriptors,
        process_group=0,  # out of reach of the terminal's Ctrl-C
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
