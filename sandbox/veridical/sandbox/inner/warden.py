"""The first process of a slot: starts zygotes, hands out cells, and holds their limits.

It parses nothing that a cell sends; it counts its bytes and passes them on. One thread, one loop.
"""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import time
from collections.abc import Callable

from veridical.sandbox.inner import frames, meter
from veridical.sandbox.inner.frames import LimitValues
from veridical.sandbox.inner.held import HeldCell, State, kill
from veridical.sandbox.inner.loop import Loop, Outbox
from veridical.sandbox.inner.nursery import Nursery
from veridical.sandbox.inner.plan import Plan
from veridical.sandbox.inner.room import Room

_READ_BYTES = 1 << 18
_LOOK_SECONDS = 0.02
_CLEAR_SECONDS = 2.0


class Warden:
    """Serves one host over one stream until the stream ends.

    Args:
        incoming: Descriptor that the host's frames come in on.
        outgoing: Descriptor that frames to the host go out on; may be the same.
        seed: The connection to the seed.
        seed_pid: Its process id.
        plan: How cells are made.
        room: What is known of the slot's memory.
        runtimes: What kinds of cells there are, as the host described them.
    """

    def __init__(
        self,
        incoming: int,
        outgoing: int,
        seed: socket.socket,
        seed_pid: int,
        plan: Plan,
        room: Room,
        runtimes: list[dict[str, object]],
    ) -> None:
        self._loop = Loop()
        self._seed_pid = seed_pid
        self._room = room
        self._incoming = incoming
        self._reader = frames.FrameReader()
        os.set_blocking(incoming, False)
        os.set_blocking(outgoing, False)
        self._host = Outbox(self._loop, outgoing)
        self._loop.read(incoming, self._read_host)
        self._cells: dict[int, HeldCell] = {}
        self._ending: dict[int, HeldCell] = {}
        self._orphaned = False
        self._nursery = Nursery(self._loop, seed, plan, runtimes, self)
        self._orders: dict[int, Callable[[int, bytes], None]] = {
            frames.SPAWN: self._spawn,
            frames.SEND: self._send,
            frames.LAP: self._lap,
            frames.REST: self._rest,
            frames.LINK: self._link,
            frames.ASK: self._ask,
            frames.TAKEN: self._taken,
            frames.END: self._end,
            frames.REPLY: self._expect_reply,
        }

    def run(self) -> None:
        """Serves; returns when the host is gone."""
        self._watch_children()
        self._nursery.refill()
        found = {"layers": self._nursery.plan._asdict(), "memory_mib": self._room.mib}
        self._tell(frames.HELLO, 0, json.dumps(found).encode())
        while self._incoming >= 0:
            self._loop.run_once(self._patience())
            is_due = time.monotonic() >= self._next_look()
            if is_due:
                self._look()
            if self._orphaned:
                self._clear_orphans()
            # Not beside a quick cell, which would have to share the processors with those to come.
            elif is_due or not self._is_timing():
                self._nursery.refill()
        self._clear_all()

    # --- what the host asks for ---

    def _read_host(self) -> None:
        try:
            data = os.read(self._incoming, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._incoming = -1
            return
        for kind, number, body in self._reader.feed(data):
            self._orders[kind](number, body)

    def _spawn(self, number: int, body: bytes) -> None:
        runtime, peer, values = frames.unpack_spawn(body)
        cell = self._nursery.take(runtime)
        if cell is None:
            self._fail(number, "no zygote")
            return
        self._cells[number] = cell
        cell.start(number, values)
        cell.kills_before = self._room.kills()
        other = self._cells.get(peer)
        if other is not None:
            self._join(cell, other)
        cell.send(frames.pack_start(other is not None, values))
        if cell.state is State.READY:
            cell.begin()

    def _send(self, number: int, body: bytes) -> None:
        cell = self._cells.get(number)
        if cell is not None:
            cell.send(body)

    def _lap(self, number: int, body: bytes) -> None:
        self._set_lap(number, frames.unpack_limits(body))

    def _rest(self, number: int, _: bytes) -> None:
        self._set_lap(number, None)

    def _set_lap(self, number: int, values: LimitValues | None) -> None:
        cell = self._cells.get(number)
        if cell is not None:
            cell.lap(values)

    def _link(self, number: int, body: bytes) -> None:
        one, other = self._cells.get(number), self._cells.get(int.from_bytes(body, "little"))
        if one is not None and other is not None:
            self._join(one, other)

    def _join(self, one: HeldCell, other: HeldCell) -> None:
        ends = socket.socketpair()
        one.lend(ends[0].detach())
        other.lend(ends[1].detach())

    def _ask(self, number: int, _: bytes) -> None:
        cell = self._cells.get(number)
        if cell is not None:
            self._look()
            self._tell(frames.USAGE, number, frames.pack_usage(cell.usage()))

    def _taken(self, number: int, _: bytes) -> None:
        cell = self._cells.get(number)
        if cell is not None:
            cell.took()

    def _end(self, number: int, _: bytes) -> None:
        cell = self._cells.get(number)
        if cell is None:
            return
        if cell.state is State.SETTING_UP:
            self._fail(number, "ended before it was ready")
            cell.close()
        self._reap()
        if number in self._cells:
            cell.meter.look()
            self._put_down(cell, "killed")

    def _expect_reply(self, number: int, body: bytes) -> None:
        cell = self._cells.get(number)
        if cell is not None:
            cell.ends_below = int.from_bytes(body, "little")

    # --- what cells do ---

    def on_change(self, cell: HeldCell) -> None:
        """A cell became ready or hung up."""
        if cell.hung_up:
            self._hung_up(cell)
            return
        self._nursery.ready(cell)
        if cell.number >= 0:
            cell.begin()

    def on_message(self, cell: HeldCell, message: bytes) -> None:
        """Passes a cell's message on, with what the cell has used so far; it may be its last."""
        body = frames.pack_usage(cell.usage()) + message
        told = frames.frame(frames.MESSAGE, cell.number, body)
        if len(message) < cell.ends_below:
            self._put_down(cell, "killed", told)
        else:
            self._host.send(told)

    def on_flood(self, cell: HeldCell) -> None:
        """Ends a cell that announced too long a message."""
        self._put_down(cell, "message_too_large")

    def _hung_up(self, cell: HeldCell) -> None:
        """The stream is closed: it is dying, or shall."""
        process = meter.look_at(cell.pid)
        cell.put_down = process is not None and not process.exiting
        kill(cell.pid)
        if cell.pid and not self._nursery.plan.parented:
            self._bury(cell, "exited", 0)

    def on_stillborn(self, cell: HeldCell) -> None:
        """A cell never got ready: its zygote is gone, or its set-up failed."""
        cell.read_stderr()
        if cell.number >= 0:
            self._fail(
                cell.number, f"a cell did not get ready: {cell.stderr.decode(errors='replace')}"
            )
        cell.close()

    # --- how cells end ---

    def _put_down(self, cell: HeldCell, cause: str, told: bytes = b"") -> None:
        """Tells the host and kills a cell at once; it is reaped when it is dead.

        The dying may take the processor: the host need not wait for that.
        """
        self._report(cell, cause, signal.SIGKILL, told)
        if not cell.reaped:
            kill(cell.pid)
            if self._nursery.plan.parented:
                self._ending[cell.pid] = cell
        cell.close()
        self._clear(cell)

    def _clear(self, cell: HeldCell) -> None:
        """Where there is no process namespace, kills what a cell leaves."""
        if self._nursery.plan.landlock:
            self._orphaned = True
            self._kill_below(cell.pid)
            self._clear_orphans()

    def _clear_orphans(self) -> None:
        """Kills what cells left when they died: it is ours now, as a cell not yet told of is.

        As long as such a cell is expected the two cannot be told apart, and we come back.
        """
        if not self._nursery.expecting:
            self._orphaned = not self._kill_below(os.getpid())

    def _clear_all(self) -> None:
        """Where there is no process namespace that ends with us, kills everything below us."""
        if self._nursery.plan.landlock:
            me = os.getpid()
            while not self._kill_below(me, {me}):
                pass

    def _kill_below(self, leader: int, known: set[int] | None = None) -> bool:
        """Kills all strangers below a process until there are none; says no where that takes too long.

        They are stopped first: as long as some run, a bomb forks what takes the place of the killed.

        Args:
            leader: The process, one of those known.
            known: Who are no strangers; by default the cells, the zygotes and who makes them.
        """
        stopped: set[int] = set()
        deadline = time.monotonic() + _CLEAR_SECONDS
        while time.monotonic() < deadline:
            left = set(meter.strangers(self._known() if known is None else known).get(leader, ()))
            if not left:
                return True
            deed = signal.SIGKILL if left <= stopped else signal.SIGSTOP
            for pid in left:
                kill(pid, deed)
            stopped |= left
            self._reap()
        return False

    def _reap(self) -> None:
        """Takes leave of every process that has ended."""
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._reaped(pid, status, used.ru_maxrss)

    def _reaped(self, pid: int, status: int, peak_kib: int) -> None:
        if self._ending.pop(pid, None) is not None:
            return
        cell = next((one for one in self._cells.values() if one.pid == pid), None)
        if cell is None:
            self._nursery.reaped(pid)
            return
        cell.meter.peak_kib = max(cell.meter.peak_kib, peak_kib)
        if os.WIFEXITED(status):
            self._bury(cell, "exited", os.WEXITSTATUS(status))
        elif os.WTERMSIG(status) == signal.SIGKILL:
            self._bury(cell, self._killed_by(cell), 0)
        else:
            self._bury(cell, "signalled", os.WTERMSIG(status))

    def _bury(self, cell: HeldCell, cause: str, status: int) -> None:
        """Tells the host of a cell that ended by itself; its last messages go first."""
        if cell.number < 0 or cell.state is State.SETTING_UP:
            self._nursery.drop(cell)
            return
        cell.reaped = True
        cell.drain()
        if cell.number in self._cells:
            self._report(cell, cause, status)
            cell.close()
        self._clear(cell)

    def _report(self, cell: HeldCell, cause: str, status: int, told: bytes = b"") -> None:
        """Tells the host how a cell ended, in one piece with what it told before."""
        cell.read_stderr()
        del self._cells[cell.number]
        body = {
            "cause": cause,
            "status": status,
            "usage": cell.usage(),
            "denials": cell.denials,
            "stderr": cell.stderr.decode("latin-1"),
        }
        self._host.send(told + frames.frame(frames.ENDED, cell.number, json.dumps(body).encode()))

    def _fail(self, number: int, text: str) -> None:
        self._cells.pop(number, None)
        self._tell(frames.FAILED, number, text.encode())

    def _tell(self, kind: int, number: int, body: bytes) -> None:
        self._host.send(frames.frame(kind, number, body))

    def _killed_by(self, cell: HeldCell) -> str:
        """Nothing inside can kill a cell's first process: it was us, or the kernel short of memory."""
        if cell.put_down:
            return "exited"
        large = cell.meter.peak_kib > cell.values[2] << 9
        return "memory" if large or self._room.kills() > cell.kills_before else "lost"

    # --- limits ---

    def _patience(self) -> float:
        return min(max(0.0, self._next_look() - time.monotonic()), 1.0)

    def _is_timing(self) -> bool:
        return any(cell.limits is not None for cell in self._cells.values())

    def _next_look(self) -> float:
        """When the cell must be looked at that was not for longest: quick ones end before."""
        timed = (cell.looked for cell in self._cells.values() if cell.limits is not None)
        return min(timed, default=math.inf) + _LOOK_SECONDS

    def _look(self) -> None:
        """Looks at every cell that runs, and ends those over a limit."""
        now = time.monotonic()
        others = meter.strangers(self._known())
        for cell in list(self._cells.values()):
            cell.looked = now
            cell.hear_stderr()
            if cell.state is State.READY:
                resident = cell.meter.census(dict(others.get(cell.pid, {})))
                cause = self._over(cell, resident)
                if cause:
                    self._put_down(cell, cause)

    def _known(self) -> set[int]:
        leaders = {cell.pid for cell in self._cells.values()}
        return (
            leaders | set(self._ending) | self._nursery.processes() | {os.getpid(), self._seed_pid}
        )

    def _over(self, cell: HeldCell, resident_kib: int) -> str:
        if cell.limits is None:
            return ""
        cpu, wall, memory_mib, _, _, _ = cell.limits
        used_cpu, used_wall, _ = cell.usage()
        if used_cpu > cpu:
            return "cpu_time"
        if used_wall > wall:
            return "wall_time"
        return "memory" if _holds_more(cell, resident_kib, memory_mib << 10) else ""

    def _watch_children(self) -> None:
        wake_end, signal_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(signal_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

        def on_death() -> None:
            os.read(wake_end, 4096)
            self._reap()

        self._loop.read(wake_end, on_death)


def _holds_more(cell: HeldCell, resident_kib: int, limit_kib: int) -> bool:
    """Whether a cell holds more memory than its limit, what lies in its sockets included."""
    if resident_kib > limit_kib:
        resident_kib = cell.meter.proportional_kib()
        if resident_kib > limit_kib:
            cell.meter.peak_kib = resident_kib
            return True
    return cell.meter.sockets_exceed(limit_kib - resident_kib)
