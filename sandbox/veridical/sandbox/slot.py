"""A slot: one warden somewhere, and the cells that it hands out."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Self

from veridical.sandbox import bundle
from veridical.sandbox.backend import Attachment, Backend
from veridical.sandbox.ends import Cause, End, Usage
from veridical.sandbox.errors import CellEnded, CellFailed, SlotLost, SlotRefused
from veridical.sandbox.inner import frames
from veridical.sandbox.limits import Limits
from veridical.sandbox.runtime import Runtime

_READ_BYTES = 1 << 18
_START_SECONDS = 30.0


def open_slot(backend: Backend, runtimes: Sequence[Runtime]) -> Slot:
    """Opens a slot; use it as a context manager, or close it.

    Args:
        backend: Where.
        runtimes: Which kinds of cells it shall hand out.

    Raises:
        SlotRefused: This backend cannot be had here.
        SlotLost: It failed this time; try again.
    """
    names = [runtime.name for runtime in runtimes]
    modules = tuple(dict.fromkeys(name for one in runtimes for name in one.modules))
    setup = backend.setup
    wanted = {
        **asdict(setup),
        "packages": sorted({name for one in runtimes for name in (*one.imports, *one.packages)}),
        "runtimes": [asdict(runtime) for runtime in runtimes],
    }
    attachment = backend.start()
    slot = Slot(attachment, names)
    try:
        slot.introduce(bundle.pack(modules), json.dumps(wanted).encode())
    except BaseException:
        slot.close()
        raise
    return slot


class Slot:
    """Hands out cells, one submission's at a time; for one thread.

    Args:
        attachment: The started inside.
        names: The runtimes, in the order that the inside knows them by.
    """

    def __init__(self, attachment: Attachment, names: Sequence[str]) -> None:
        self._attachment = attachment
        self._stream = attachment.stream
        self._runtimes = {name: place for place, name in enumerate(names)}
        self._reader = frames.FrameReader()
        self._unsent = bytearray()
        self._cells: dict[int, Cell] = {}
        self._numbers = 0
        self._lost = ""
        self._layers: dict[str, object] | None = None
        self._memory_mib = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def introduce(self, packed: bytes, configuration: bytes) -> None:
        """Sends the modules and the configuration, and waits for the warden's greeting.

        Raises:
            SlotRefused: The inside could not set itself up, and said why.
            SlotLost: It is gone.
        """
        for part in (packed, configuration):
            self._unsent += len(part).to_bytes(4, "little") + part
        self._stream.settimeout(_START_SECONDS)
        try:
            while self._layers is None:
                self._exchange()
        except SlotLost as error:
            # Killed from outside it says nothing, and another may live.
            if said := self._attachment.diagnose():
                raise SlotRefused(f"the slot is gone: {said}") from error
            raise
        self._stream.settimeout(None)

    @property
    def layers(self) -> dict[str, object]:
        """What the warden could set up: the fields of `inner.plan.Plan`."""
        return self._layers or {}

    @property
    def memory_mib(self) -> int:
        """The most memory that all its cells can have together; 0 if unknown."""
        return self._memory_mib

    def spawn(self, runtime: str, limits: Limits, *, peer: Cell | None = None) -> Cell:
        """A cell of its own; nothing is waited for, so a failure shows at the next `receive`.

        Args:
            runtime: The name of one of the slot's runtimes.
            limits: Limits of its first lap, which begins when it is ready.
            peer: A living cell that it gets a channel to.

        Raises:
            SlotLost: The slot broke.
        """
        self._numbers += 1
        cell = Cell(self, self._numbers)
        self._cells[cell.number] = cell
        other = frames.NO_PEER if peer is None else peer.number
        body = frames.pack_spawn(self._runtimes[runtime], other, _values(limits))
        self.post(frames.SPAWN, cell.number, body)
        return cell

    def sweep(self, *keep: Cell) -> None:
        """Ends every cell but those to keep: what a failed submission may have left."""
        for cell in [one for one in self._cells.values() if one not in keep]:
            cell.end()

    def close(self) -> None:
        """Ends every cell and the warden, and waits until nothing is left of them."""
        self._lost = self._lost or "the slot is closed"
        self._cells.clear()
        self._attachment.close()

    # --- for cells ---

    def post(self, kind: int, number: int, body: bytes = b"") -> None:
        """Queues a frame; it goes out with the next wait, or when many bytes have gathered."""
        if self._lost:
            raise SlotLost(self._lost)
        self._unsent += frames.frame(kind, number, body)
        if len(self._unsent) > _READ_BYTES:
            self.flush()

    def flush(self) -> None:
        """Sends what is queued."""
        try:
            self._stream.sendall(self._unsent)
        except OSError as error:
            self._lose(f"the slot is gone: {error}")
        self._unsent.clear()

    def wait(self) -> None:
        """Sends what is queued and takes in at least one piece of what comes.

        Raises:
            SlotLost: The slot broke.
        """
        if self._lost:
            raise SlotLost(self._lost)
        self._exchange()

    def forget(self, cell: Cell) -> None:
        """A cell that is of no more interest."""
        self._cells.pop(cell.number, None)

    def _exchange(self) -> None:
        if self._unsent:
            self.flush()
        data, reason = b"", ""
        try:
            data = self._stream.recv(_READ_BYTES)
        except OSError as error:
            reason = str(error)
        if not data:
            self._lose(f"the slot is gone: {self._attachment.diagnose() or reason}")
        for kind, number, body in self._reader.feed(data):
            self._take_in(kind, number, body)

    def _take_in(self, kind: int, number: int, body: bytes) -> None:
        if kind == frames.HELLO:
            found = json.loads(body)
            self._layers, self._memory_mib = found["layers"], found["memory_mib"]
            return
        cell = self._cells.get(number)
        if cell is not None:
            cell.take_in(kind, body)

    def _lose(self, reason: str) -> None:
        self._lost = reason
        raise SlotLost(reason)


class Cell:
    """One cell of a slot; made by `Slot.spawn`."""

    def __init__(self, slot: Slot, number: int) -> None:
        self.number = number
        self.seen = Usage()
        """What it had used when its last received message left it."""
        self._slot = slot
        self._messages: deque[tuple[Usage, bytes]] = deque()
        self._asked = False
        self._failure = ""
        self._end: End | None = None

    def send(self, message: bytes) -> None:
        """Queues a message of at most 32 MiB for the cell; it goes out with the next wait.

        Raises:
            SlotLost: The slot broke.
        """
        if self._end is None:
            self._slot.post(frames.SEND, self.number, message)

    def receive(self) -> bytes:
        """The next message of the cell; untrusted.

        Raises:
            CellEnded: It ended before it sent one.
            CellFailed: It never got ready.
            SlotLost: The slot broke.
        """
        while not self._messages:
            if self._end is not None:
                raise CellEnded(self._end)
            self._wait()
        self.seen, message = self._messages.popleft()
        if self._end is None:
            self._slot.post(frames.TAKEN, self.number)
        return message

    def lap(self, limits: Limits) -> None:
        """Starts the cell's clocks anew; `processes` and the address space stay as they were."""
        self._post(frames.LAP, frames.pack_limits(_values(limits)))

    def rest(self) -> None:
        """Stops the cell's clocks until the next lap: a standing cell that waits for work."""
        self._post(frames.REST)

    def end_with_reply(self, below: int) -> None:
        """Has it end as soon as it sends a message of fewer bytes than `below`: `end` waits for less."""
        self._post(frames.REPLY, below.to_bytes(4, "little"))

    def link(self, other: Cell) -> None:
        """Makes a new channel between two cells; each takes it with `Channel.take_peer`."""
        self._post(frames.LINK, other.number.to_bytes(4, "little"))

    def usage(self) -> Usage:
        """What it has used in this lap, looked up now.

        Raises:
            CellFailed: It never got ready.
            SlotLost: The slot broke.
        """
        self._post(frames.ASK)
        self._asked = True
        while self._asked and self._end is None:
            self._wait()
        return self.seen if self._end is None else self._end.usage

    def end(self) -> End:
        """Ends it, if it has not ended by itself; what it still sent is dropped.

        A slot that breaks meanwhile gives `Cause.LOST`, as does a cell that never got ready.
        """
        try:
            self._post(frames.END)
            while self._end is None:
                self._wait()
        except (SlotLost, CellFailed):
            self._end = End(Cause.LOST)
        self._slot.forget(self)
        return self._end

    def dismiss(self) -> None:
        """Has it end without waiting for that; it is of no more use."""
        with contextlib.suppress(SlotLost):
            self._post(frames.END)
        self._slot.forget(self)

    def take_in(self, kind: int, body: bytes) -> None:
        """A frame from the warden, for the slot to hand over."""
        if kind == frames.MESSAGE:
            values, message = frames.unpack_usage(body)
            self._messages.append((Usage(*values), message))
        elif kind == frames.USAGE:
            self.seen = Usage(*frames.unpack_usage(body)[0])
            self._asked = False
        elif kind == frames.FAILED:
            self._failure = body.decode(errors="replace")
        elif kind == frames.ENDED:
            self._end = _end(json.loads(body))

    def _post(self, kind: int, body: bytes = b"") -> None:
        if self._end is None:
            self._slot.post(kind, self.number, body)

    def _wait(self) -> None:
        if self._failure:
            raise CellFailed(self._failure)
        self._slot.wait()
        if self._failure:
            raise CellFailed(self._failure)


def _values(limits: Limits) -> frames.LimitValues:
    return (
        limits.cpu_seconds,
        limits.wall_seconds,
        limits.memory_mib,
        limits.address_mib,
        limits.processes,
        limits.message_mib,
    )


def _end(body: dict[str, object]) -> End:
    usage, denials = body["usage"], body["denials"]
    assert isinstance(usage, list)
    assert isinstance(denials, list)
    return End(
        cause=Cause(body["cause"]),
        status=int(str(body["status"])),
        usage=Usage(*usage),
        denials=tuple(denials),
        stderr=str(body["stderr"]).encode("latin-1"),
    )
