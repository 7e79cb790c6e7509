"""A cell as the warden holds it: its streams, its clocks and what is known of it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from enum import Enum

from veridical.sandbox.inner import kernel
from veridical.sandbox.inner.cell import READY
from veridical.sandbox.inner.channel import HEADER_BYTES
from veridical.sandbox.inner.frames import WINDOW, LimitValues, UsageValues
from veridical.sandbox.inner.loop import Loop, Outbox
from veridical.sandbox.inner.meter import Meter
from veridical.sandbox.inner.syscalls import CHECKED, WATCHED, numbers

_READ_BYTES = 1 << 18
_STDERR_BYTES = 1 << 14
_MAX_NOTICES = 256
_RECEIVE_NOTICE = 0xC0502100
_ANSWER_NOTICE = 0xC0182101
_NOTICE_BYTES = 80
_NOTICE = struct.Struct("<QIIi")
_ANSWER = struct.Struct("<QqiI")
_CALL_NAMES = {
    number: name
    for table in (WATCHED, CHECKED)
    for name, number in numbers(table, kernel.MACHINE).items()
}


class State(Enum):
    """Where a cell stands in its short life."""

    SETTING_UP = "setting up"
    READY = "ready"
    ENDING = "ending"


class HeldCell:
    """One cell: what it sends, what it writes to stderr, what it was refused, what it used.

    Args:
        loop: Calls back when one of the streams can be read.
        control: The warden's end of the cell's control stream.
        stderr: The read end of its standard error.
        on_change: Called with the cell when it became ready, or hung up.
        on_message: Called with the cell and each message that it sends.
        on_flood: Called with the cell when it announces a message longer than its limit.
    """

    def __init__(
        self,
        loop: Loop,
        control: socket.socket,
        stderr: int,
        on_change: Callable[[HeldCell], None],
        on_message: Callable[[HeldCell, bytes], None],
        on_flood: Callable[[HeldCell], None],
    ) -> None:
        self.control = control
        self.state = State.SETTING_UP
        self.runtime = 0
        self.pid = 0
        self.number = -1
        self.closed = False
        self.hung_up = False
        self.put_down = False
        self.reaped = False
        self.looked = 0.0
        self.denials: list[str] = []
        self.stderr = b""
        self.meter = Meter(0)
        self.values: LimitValues = (0.0, 0.0, 0, 0, 0, 0)
        self.limits: LimitValues | None = None
        self.window = WINDOW
        self.ends_below = 0
        self.kills_before = 0
        self._on_change, self._on_message, self._on_flood = on_change, on_message, on_flood
        self._loop = loop
        self._stderr = stderr
        self._listener = -1
        self._unread = bytearray()
        self._cpu_start = self._wall_start = 0.0
        control.setblocking(False)
        os.set_blocking(stderr, False)
        self._outbox = Outbox(loop, control.fileno(), control)
        self._early: list[tuple[bytes, int]] = []
        self._begun = False
        self._notices = 0
        self._hears_stderr = False
        loop.read(control.fileno(), self._read_ready)

    def born(self, pid: int) -> None:
        """Its zygote said its process id; a cell that nobody wants any more dies at once."""
        self.pid = pid
        self.meter.leader = pid
        if self.closed:
            kill(pid)

    # --- what the host asks for ---

    def start(self, number: int, values: LimitValues) -> None:
        """Gives it to the host under a number; what it is sent waits until it is ready."""
        self.number = number
        self.values = values

    def send(self, message: bytes) -> None:
        """Sends it a message."""
        self._push(len(message).to_bytes(HEADER_BYTES, "little") + message)

    def lend(self, peer: int) -> None:
        """Sends it a descriptor, which is closed here."""
        self._push(bytes(HEADER_BYTES), peer)

    def begin(self) -> None:
        """It is ready and the host's: it gets its limits, and then all that waits for it."""
        self.lap(self.values)
        for data, peer in self._early:
            self._outbox.send(data, peer)
        self._early.clear()
        self._begun = True

    def _push(self, data: bytes, peer: int = -1) -> None:
        if self._begun:
            self._outbox.send(data, peer)
        else:
            self._early.append((data, peer))

    def lap(self, values: LimitValues | None) -> None:
        """Starts the clocks anew; with None they stand still."""
        was_timed, self.limits = self.limits is not None, values
        if values is None:
            return
        if self._wall_start:
            self.meter.look()
        else:
            self.meter.first_look()
        self._cpu_start = self.meter.cpu_seconds
        self._wall_start = time.monotonic()
        if not was_timed:  # a lap upon a lap does not put off the next look
            self.looked = self._wall_start

    def took(self) -> None:
        """The host has taken a message: one more may come."""
        self.window += 1
        if self.window == 1 and not self.hung_up:
            self._loop.read(self.control.fileno(), self._read_control)
            self._pass_on()

    def usage(self) -> UsageValues:
        """What it used in this lap, at the last look."""
        wall = time.monotonic() - self._wall_start if self._wall_start else 0.0
        return self.meter.cpu_seconds - self._cpu_start, wall, self.meter.peak_kib

    def drain(self) -> None:
        """Passes on what it sent before it ended."""
        self.window = sys.maxsize
        while not self.hung_up and self.state is State.READY and not self.closed:
            before = len(self._unread)
            self._read_control()
            if len(self._unread) == before:
                break
        if not self.closed:
            self._pass_on()

    def close(self) -> None:
        """Closes the streams, once."""
        if self.closed:
            return
        self.closed = True
        for descriptor in (self.control.fileno(), self._stderr):
            if descriptor >= 0:
                self._loop.forget(descriptor)
        self._outbox.close()
        for _, peer in self._early:
            if peer >= 0:
                os.close(peer)
        self.control.close()
        if self._stderr >= 0:
            os.close(self._stderr)
        self._drop_listener()
        self._stderr = -1

    # --- what comes from the cell ---

    def _read_ready(self) -> None:
        """The first bytes are the cell's own set-up, with the listener for watched calls."""
        try:
            data, descriptors, _, _ = socket.recv_fds(
                self.control, len(READY), 1, socket.MSG_CMSG_CLOEXEC
            )
        except OSError:
            data, descriptors = b"", []
        if data != READY:
            self._hang_up()
            return
        if descriptors:
            self._listener = descriptors[0]
            self._loop.read(self._listener, self._read_notice)
        self.state = State.READY
        self._loop.read(self.control.fileno(), self._read_control)
        self._on_change(self)

    def _read_control(self) -> None:
        try:
            data = os.read(self.control.fileno(), _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return
        self._unread += data
        self._pass_on()

    def _pass_on(self) -> None:
        """Hands on whole messages while the window is open, and looks at the meter once for all."""
        unread = self._unread
        has_looked = False
        while self.window > 0 and len(unread) >= HEADER_BYTES:
            size = int.from_bytes(unread[:HEADER_BYTES], "little")
            if size > self.values[5] << 20:
                self._on_flood(self)
                return
            end = HEADER_BYTES + size
            if len(unread) < end:
                return
            message = bytes(memoryview(unread)[HEADER_BYTES:end])
            del unread[:end]
            self.window -= 1
            if not has_looked:
                self.meter.look()
                has_looked = True
            self._on_message(self, message)
            if self.closed:
                return
        if self.window <= 0:
            self._loop.pause(self.control.fileno())

    def _hang_up(self) -> None:
        self.hung_up = True
        self._loop.pause(self.control.fileno())
        self._on_change(self)

    def hear_stderr(self) -> None:
        """From now on reads its standard error whenever it writes: quick cells end before."""
        if self._stderr >= 0 and not self._hears_stderr:
            self._hears_stderr = True
            self._loop.read(self._stderr, self.read_stderr)

    def read_stderr(self) -> None:
        """Keeps the end of what it wrote."""
        if self._stderr < 0:
            return
        try:
            data = os.read(self._stderr, 1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.stderr = (self.stderr + data)[-_STDERR_BYTES:]
        else:
            self._loop.forget(self._stderr)
            os.close(self._stderr)
            self._stderr = -1

    def _read_notice(self) -> None:
        """Notes a watched call and refuses it; after some dozens nobody listens any more."""
        if not _pending(self._listener):  # everyone it listened to is gone
            self._drop_listener()
            return
        notice = bytearray(_NOTICE_BYTES)
        try:
            fcntl.ioctl(self._listener, _RECEIVE_NOTICE, notice)
            call, _, _, number = _NOTICE.unpack_from(notice)
            answer = _ANSWER.pack(call, 0, -errno.EPERM, 0)
            fcntl.ioctl(self._listener, _ANSWER_NOTICE, bytearray(answer))
        except FileNotFoundError:  # its caller is gone
            return
        except OSError:
            self._drop_listener()
            return
        name = _CALL_NAMES.get(number, str(number))
        if name not in self.denials:
            self.denials.append(name)
        self._notices += 1
        if self._notices >= _MAX_NOTICES:
            self._drop_listener()

    def _drop_listener(self) -> None:
        if self._listener >= 0:
            self._loop.forget(self._listener)
            os.close(self._listener)
            self._listener = -1


def _pending(listener: int) -> bool:
    """Whether a notice waits; older kernels would have us wait for one for ever."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    return any(events & select.POLLIN for _, events in poll.poll(0))


def kill(pid: int, deed: signal.Signals = signal.SIGKILL) -> None:
    """Kills a child that has not been reaped, or sends it another signal; 0 stands for none."""
    if pid > 0:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, deed)
