"""Whole programs in cells, as the host sees them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache
from signal import Signals
from typing import Any

from veridical.code.cell.blobs import PIECE_BYTES, BlobError, receive_blob, send_blob
from veridical.code.cell.processes import has_begun
from veridical.code.cell.python_main import MEMORY_STATUS, RAISED_STATUS
from veridical.code.cell.relay import RELAY_THREADS
from veridical.code.judgement import CodeReason
from veridical.code.languages import Language, languages
from veridical.code.runtimes import runtime_for
from veridical.code.submission import TestLimits
from veridical.code.tally import UndecidedError
from veridical.code.tasks import MAX_PROCESSES
from veridical.code.timing import address_room, lap_limits
from veridical.sandbox import Cell, CellEnded, Limits, Slot, Usage

_COMPILE = Limits(cpu_seconds=30.0, wall_seconds=90.0, memory_mib=2048)
_MAX_TEXT = 65_536
_STATUSES = range(-64, 256)
_SIGNALS = {int(each): each.name for each in Signals}


class CompileError(Exception):
    """The program does not compile; the message is the compiler's."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of a program came to, by the word of its own cell but for the usage."""

    status: int
    is_flood: bool
    stderr: str
    stdout: bytes
    usage: Usage


class ProgramCell:
    """A cell with one program in it, which runs on one input after the other.

    A program that need not be compiled first is on its way with its first input: `run` waits for both.

    Args:
        slot: Where the cell is.
        language: Name of the program's language.
        source: The program.
        limits: Bounds of one run.
        peer: A cell whose program it talks with.

    Raises:
        CompileError: The program does not compile.
        UndecidedError: Its toolchain is missing.
        CellFailed: No cell could be had.
    """

    def __init__(
        self, slot: Slot, language: str, source: str, limits: TestLimits, peer: Cell | None = None
    ) -> None:
        self.language = languages()[language]
        self.limits = limits
        name = runtime_for("program", source) if self.language.interpreter else "program"
        threads = RELAY_THREADS if peer else 0
        processes = limits.processes + self.language.processes + threads
        first = replace(
            _COMPILE if self.language.compile else lap_limits(limits),
            processes=min(processes, MAX_PROCESSES),
            address_mib=address_room(limits, self.language.address_mib),
        )
        self.cell = slot.spawn(name, first, peer=peer)
        self._source = source.encode("utf-8", "replace")
        self._is_loaded = False
        if self.language.compile:
            self.load()

    def load(self) -> None:
        """Wait until the program is ready to run, if it is not known to be; ends its cell if it is not.

        Raises:
            CompileError: The program does not compile.
            UndecidedError: Its toolchain is missing.
            CellFailed: No cell could be had.
            CellEnded: The cell ended while the program was loaded.
        """
        if not self._is_loaded:
            send_blob(self.cell, self._program(), self._source)
            self._note_load(self._first_reply(0)[0])

    def _program(self) -> dict[str, Any]:
        return {"program": {**_rows(self.language), "size": len(self._source)}}

    def _first_reply(self, max_bytes: int) -> tuple[dict[str, Any], bytes]:
        try:
            return self._receive(max_bytes)
        except CellEnded as error:
            compiles = self.language.compile or self.language.interpreter
            if compiles and not has_begun(error.end.stderr):
                raise CompileError(f"compiling ended by {error.end.cause.value}") from error
            raise

    def _note_load(self, reply: dict[str, Any]) -> None:
        """Ends the cell where a reply says that the program cannot be run."""
        row = self.language
        self._is_loaded = not ("missing" in reply or "error" in reply)
        if self._is_loaded:
            return
        self.cell.end()
        if "missing" in reply:
            detail = f"{row.name}: {row.toolchain} is not installed"
            raise UndecidedError(CodeReason.LANGUAGE_UNAVAILABLE, detail)
        raise CompileError(str(reply["error"])[-_MAX_TEXT:])

    def end_with_next_run(self) -> None:
        """Say that the next run is the last: the cell ends with it by itself."""
        self.cell.end_with_reply(below=PIECE_BYTES)

    def run(self, stdin: bytes, args: tuple[str, ...] = (), **files: bytes) -> Ran:
        """Run the program once.

        Raises:
            CompileError, UndecidedError, CellFailed: As `load` does, the first time.
            CellEnded: A limit was met, or the cell was made to end.
        """
        max_output = self.limits.output_kib << 10
        case = {"stdin": len(stdin), "files": _sizes(files), "args": args, "max_output": max_output}
        if self._is_loaded:
            self.cell.lap(lap_limits(self.limits))
            send_blob(self.cell, {"case": case}, stdin, *files.values())
            return self._ran(*self._receive(max_output))
        # Its lap began with the cell.
        both = {**self._program(), "case": case}
        send_blob(self.cell, both, self._source, stdin, *files.values())
        reply = self._first_reply(max_output)
        self._note_load(reply[0])
        return self._ran(*reply)

    def talk(self, args: tuple[str, ...] = (), **files: bytes) -> None:
        """Start the program with its streams tied to those of the peer; `heard` waits for its end."""
        self.load()
        self.cell.lap(lap_limits(self.limits))
        send_blob(self.cell, {"talk": {"files": _sizes(files), "args": args}}, *files.values())

    def heard(self) -> Ran:
        """Wait for the end of a program that talks.

        Raises:
            CellEnded: A limit was met, or the cell was made to end.
        """
        return self._ran(*self._receive(0))

    def is_memory(self, ran: Ran) -> bool:
        """Whether a failed run says that it had no memory left."""
        if self.language.interpreter:
            return ran.status == MEMORY_STATUS
        return ran.status != 0 and any(text in ran.stderr for text in self.language.memory)

    def has_raised(self, ran: Ran) -> bool:
        """Whether a run ended by an exception, as far as that can be told in its language."""
        return self.language.interpreter and ran.status in (RAISED_STATUS, MEMORY_STATUS)

    def ending(self, ran: Ran) -> str:
        """How a failed run ended, for a person."""
        if ran.is_flood:
            return f"more than {self.limits.output_kib} KiB of output"
        if self.has_raised(ran):
            return "ended by an exception"
        if ran.status >= 0:
            return f"ended with status {ran.status}"
        return f"killed by {_SIGNALS.get(-ran.status, f'signal {-ran.status}')}"

    def _ran(self, header: dict[str, Any], stdout: bytes) -> Ran:
        try:
            told = header["ran"]
            status, is_flood = int(told["status"]), bool(told["flood"])
            stderr = str(told["stderr"])
            if status not in _STATUSES:
                raise self._nonsense()
        except (KeyError, TypeError, ValueError, OverflowError):
            raise self._nonsense() from None
        return Ran(status, is_flood, stderr, stdout, self.cell.seen)

    def _receive(self, max_bytes: int) -> tuple[dict[str, Any], bytes]:
        try:
            return receive_blob(self.cell, max_bytes)
        except BlobError:
            raise self._nonsense() from None

    def _nonsense(self) -> CellEnded:
        """The end of a cell that says what it never would, had its program not made it."""
        return CellEnded(self.cell.end())


@cache
def _rows(language: Language) -> dict[str, Any]:
    """What a cell is told of a program's language."""
    return {name: asdict(language)[name] for name in ("file", "compile", "run", "interpreter")}


def _sizes(files: dict[str, bytes]) -> list[tuple[str, int]]:
    return [(name, len(content)) for name, content in files.items()]
