"""Zygotes and the cells that are not yet the host's: forked ahead of need, replaced when lost."""

from __future__ import annotations

import os
import socket
from collections import deque
from typing import Protocol

from veridical.sandbox.inner import zygote
from veridical.sandbox.inner.held import HeldCell
from veridical.sandbox.inner.loop import Loop
from veridical.sandbox.inner.plan import Plan

_MAX_FAILURES = 5


class Keeper(Protocol):
    """Told what becomes of cells; the warden."""

    def on_change(self, cell: HeldCell) -> None:
        """It became ready, or hung up."""

    def on_message(self, cell: HeldCell, message: bytes) -> None:
        """It sent a message."""

    def on_flood(self, cell: HeldCell) -> None:
        """It announced too long a message."""

    def on_stillborn(self, cell: HeldCell) -> None:
        """It never got ready."""


class _Kind:
    """One runtime: its zygote, and its cells that nobody has taken."""

    def __init__(self, wanted: dict[str, object]) -> None:
        self.entry = str(wanted["entry"])
        imports = wanted["imports"]
        self.imports = tuple(imports) if isinstance(imports, list) else ()
        self.prepared = bool(wanted["prepared"])
        spares = wanted["spares"]
        self.spares = spares if isinstance(spares, int) else 0
        self.used = self.spares > 0
        self.failures = 0
        self.pid = 0
        self.connection: socket.socket | None = None
        self.unborn: deque[HeldCell] = deque()
        self.waiting: deque[HeldCell] = deque()


class Nursery:
    """Keeps a zygote for each runtime in use, and spare cells of each.

    Args:
        loop: Calls back when a zygote answers.
        seed: The connection to the seed.
        plan: How cells are made.
        runtimes: The kinds of cells, as the host described them.
        keeper: Told what becomes of cells.
    """

    def __init__(
        self,
        loop: Loop,
        seed: socket.socket,
        plan: Plan,
        runtimes: list[dict[str, object]],
        keeper: Keeper,
    ) -> None:
        self.plan = plan
        self._loop = loop
        self._seed = seed
        self._kinds = [_Kind(wanted) for wanted in runtimes]
        self._keeper = keeper
        self._early_deaths: set[int] = set()

    def refill(self) -> None:
        """Forks what is missing of the spares of runtimes in use."""
        for kind in self._kinds:
            while kind.used and kind.failures < _MAX_FAILURES and len(kind.waiting) < kind.spares:
                self._order(kind)

    def take(self, runtime: int) -> HeldCell | None:
        """A cell for the host, ready or soon to be; None if there can be none now."""
        kind = self._kinds[runtime]
        kind.used = True
        if not kind.waiting and not self._order(kind):
            return None
        return kind.waiting.popleft()

    @property
    def expecting(self) -> bool:
        """Whether a cell's process id is still to be told."""
        return any(kind.unborn for kind in self._kinds)

    def processes(self) -> set[int]:
        """Process ids of zygotes, and of cells that nobody has taken."""
        zygotes = {kind.pid for kind in self._kinds}
        return zygotes | {cell.pid for kind in self._kinds for cell in kind.waiting}

    def ready(self, cell: HeldCell) -> None:
        """A cell became ready: what went wrong before is over."""
        self._kinds[cell.runtime].failures = 0

    def drop(self, cell: HeldCell) -> None:
        """Forgets a cell that ended before it was the host's, or before it was ready."""
        self._kinds[cell.runtime].failures += 1
        for kind in self._kinds:
            for queue in (kind.waiting, kind.unborn):
                if cell in queue:
                    queue.remove(cell)
        self._keeper.on_stillborn(cell)

    def reaped(self, pid: int) -> None:
        """A process ended that is no cell of the host's."""
        for kind in self._kinds:
            if pid == kind.pid:
                self._lose(kind)
                return
            cell = next((one for one in kind.waiting if one.pid == pid), None)
            if cell is not None:
                self.drop(cell)
                return
        if self.expecting:
            self._early_deaths.add(pid)

    # --- zygotes ---

    def _connect(self, kind: _Kind) -> socket.socket:
        """The connection to its zygote, started if need be.

        Raises:
            EOFError: The seed is gone; nothing can be started any more.
        """
        if kind.connection is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            body = zygote.describe(kind.entry, kind.imports, self.plan, prepared=kind.prepared)
            with theirs:
                zygote.request(self._seed, body, [theirs.fileno()])
            kind.pid = zygote.reply(self._seed)
            kind.connection = ours
            self._loop.read(ours.fileno(), lambda: self._answered(kind))
        return kind.connection

    def _answered(self, kind: _Kind) -> None:
        """A zygote says the process id of the oldest cell that it was asked for."""
        assert kind.connection is not None
        try:
            pid = zygote.reply(kind.connection)
        except (EOFError, OSError):
            self._lose(kind)
            return
        cell = kind.unborn.popleft()
        cell.born(max(pid, 0))
        if pid <= 0 or pid in self._early_deaths:
            self.drop(cell)
        elif cell.hung_up:
            self._keeper.on_change(cell)
        if not self.expecting:
            self._early_deaths.clear()

    def _lose(self, kind: _Kind) -> None:
        """Its zygote is gone; a new one is started at the next need."""
        if kind.connection is None:
            return
        kind.failures += 1
        self._loop.forget(kind.connection.fileno())
        kind.connection.close()
        kind.connection, kind.pid = None, 0
        for cell in [*kind.unborn]:
            self.drop(cell)

    def _order(self, kind: _Kind) -> bool:
        connection = self._connect(kind)
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        keeper = self._keeper
        cell = HeldCell(
            self._loop, ours, read_end, keeper.on_change, keeper.on_message, keeper.on_flood
        )
        cell.runtime = self._kinds.index(kind)
        with theirs:
            try:
                zygote.request(connection, b"cell", [theirs.fileno(), write_end])
            except OSError:
                self._lose(kind)
                cell.close()
                return False
            finally:
                os.close(write_end)
        kind.unborn.append(cell)
        kind.waiting.append(cell)
        return True
