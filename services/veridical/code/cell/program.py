"""What serves in a cell that runs a whole program on given input, case by case.

The host sends a program once, then cases; each case is a process of its own. The first process of the
cell feeds it, drains it, and ends what it leaves behind. Its replies are the program's own word, and
worth no more than what the program printed: no expected value ever comes here.

| from the host                                                    | reply                        |
|------------------------------------------------------------------|------------------------------|
| `{"which": [names]}`                                             | `{"found": [names]}`         |
| `{"program": {size, file, compile, run, interpreter}}` + the source | `{"ready": true}`, `{"missing": name}` or `{"error": text}` |
| `{"case": {stdin, files: [[name, size]], args, max_output}}` + stdin and files | `{"ran": {status, flood, stderr}}` + stdout |
| both in one, and what belongs to each in this order              | as to a case, if the program is ready |
| `{"talk": {files, args}}` + files: its streams are those of the peer cell's program | the same, without stdout |
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from types import CodeType
from typing import Any, Protocol

from veridical.code.cell.blobs import Messages, receive_blob, send_blob
from veridical.code.cell.processes import Ran, Start, Streams, Watch, run_child
from veridical.code.cell.python_main import Stage, compile_program, start_python
from veridical.code.cell.relay import talk

_MAX_BYTES = 1 << 30
_MAX_COMPILER_OUTPUT = 1 << 20


class Control(Messages, Protocol):
    """The channel to the host, on which a peer may come along."""

    def take_peer(self) -> Messages | None:
        """The oldest channel to another cell that came along, once."""


def serve(control: Control, peer: Messages | None) -> None:
    """Serve until the host hangs up."""
    Server(Stage(), Watch()).serve(control, peer)


class Server:
    """What serves in a cell, and its program once that has come."""

    def __init__(self, stage: Stage, watch: Watch) -> None:
        self._stage = stage
        self._watch = watch
        self._run: list[str] = []
        self._code: CodeType | None = None
        self._own: set[str] = set()
        self._is_used = False

    def serve(self, control: Control, peer: Messages | None) -> None:
        """Serve until the host hangs up."""
        self._control = control
        self._peer = peer
        while True:
            try:
                header, blob = receive_blob(control, _MAX_BYTES)
            except EOFError:
                return
            self._answer(header, blob)

    def _answer(self, header: dict[str, Any], blob: bytes) -> None:
        """Do what a frame asks for, and reply."""
        if "which" in header:
            send_blob(self._control, {"found": [name for name in header["which"] if _has(name)]})
        elif "program" in header:
            size = header["program"]["size"]
            reply = self._load(header["program"], blob[:size])
            if "case" in header and "ready" in reply:
                self._run_case(header["case"], blob[size:])
            else:
                send_blob(self._control, reply)
        elif "case" in header:
            self._run_case(header["case"], blob)
        elif "talk" in header:
            peer = self._peer or self._control.take_peer()
            assert peer is not None
            send_blob(self._control, _told(talk(self._prepared(header["talk"], blob), peer)))

    def _run_case(self, case: dict[str, Any], blob: bytes) -> None:
        size = case["stdin"]
        start = self._prepared(case, blob[size:])
        ran = run_child(self._watch, start, blob[:size], case["max_output"])
        send_blob(self._control, _told(ran), bytes(ran.stdout))

    def _load(self, program: dict[str, Any], source: bytes) -> dict[str, Any]:
        tool = (program["compile"] or program["run"])[0]
        if not program["interpreter"] and not _has(tool):
            return {"missing": tool}
        _write(program["file"], source)
        self._run = program["run"]
        if program["interpreter"]:
            file = program["file"]
            self._run = [f"{os.getcwd()}/{file}"]  # noqa: PTH109
            code = compile_program(source, file)
            if isinstance(code, str):
                return {"error": code}
            self._code = code
            self._own = {file}
            return {"ready": True}
        if program["compile"]:
            ran = run_child(self._watch, _spawner(program["compile"]), b"", _MAX_COMPILER_OUTPUT)
            if ran.status or ran.is_flood:
                return {"error": _text(ran.stderr) or f"the compiler ended with {ran.status}"}
        self._own = set(os.listdir())  # noqa: PTH208 - a path object for each is waste here
        return {"ready": True}

    def _prepared(self, case: dict[str, Any], files: bytes) -> Start:
        """Clear away what the case before left, lay out the files, and say how to start."""
        if self._is_used:
            _clear(self._own)
        self._is_used = True
        for name, size in case["files"]:
            _write(name, files[:size])
            files = files[size:]
        argv = [*self._run, *case["args"]]
        code = self._code
        if code is None:
            return _spawner(argv)
        self._stage.dress(argv)
        return lambda streams: start_python(self._stage, code, streams)


def _has(tool: str) -> bool:
    folders = os.environ["PATH"].split(":")
    return any(os.access(f"{folder}/{tool}", os.X_OK) for folder in folders)


def _told(ran: Ran) -> dict[str, Any]:
    return {"ran": {"status": ran.status, "flood": ran.is_flood, "stderr": _text(ran.stderr)}}


def _text(data: bytearray) -> str:
    return data.decode("utf-8", "backslashreplace")


def _write(name: str, content: bytes) -> None:
    with open(name, "wb", buffering=0) as file:  # noqa: PTH123 - pathlib is not worth its import here
        while content:
            content = content[file.write(content) :]


def _spawner(argv: list[str]) -> Start:
    def start(streams: Streams) -> int:
        actions = [
            (os.POSIX_SPAWN_DUP2, own, descriptor)
            for descriptor, own in enumerate((streams.stdin, streams.stdout, streams.stderr))
        ]
        return os.posix_spawnp(
            argv[0],
            argv,
            os.environ,
            file_actions=actions,
            setpgroup=0,
            setsigdef=(signal.SIGPIPE,),
        )

    return start


def _clear(kept: set[str]) -> None:
    """Remove what a case left in the work folder and beside it, so that cases know nothing of each other."""
    for path in _left_behind(kept):
        try:
            if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
                import shutil  # dear to load, and few programs leave folders

                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)  # noqa: PTH108
        except OSError:
            continue


def _left_behind(kept: set[str]) -> Iterator[str]:
    work = os.getcwd()  # noqa: PTH109
    for folder, spared in ((work, kept), (os.path.dirname(work), {os.path.basename(work)})):  # noqa: PTH119, PTH120
        for name in os.listdir(folder):  # noqa: PTH208
            if name not in spared:
                yield os.path.join(folder, name)  # noqa: PTH118
