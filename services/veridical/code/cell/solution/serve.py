"""The runtime of a solution's cell: one program, loaded once, asked by one judge."""

from __future__ import annotations

import json
import linecache
import os
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

from veridical.code.cell import wire, world
from veridical.code.cell.solution.exports import Exports
from veridical.code.cell.solution.operations import Operations
from veridical.code.cell.solution.output import Output
from veridical.code.cell.solution.stubs import Stubs
from veridical.code.cell.values.plain import TooLargeError, ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.solution.records import Records

MAX_TEXT = 2000
MAX_FRAMES = 64


def serve(control: wire.Channel, peer: wire.Channel | None) -> None:
    """Loads the program that `control` names, then serves `peer` until it closes.

    The first message is `{"load": {"source", "module"}}`; whether it loaded, the judge is told.
    """
    Server().serve(control, peer)


def _load(module: types.ModuleType, source: str) -> dict[str, str] | None:
    name = module.__name__
    path = f"{os.getcwd()}/{name.replace('.', '/')}.py"  # noqa: PTH109
    module.__file__ = path
    sys.modules[name] = module
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    try:
        code = compile(source.removeprefix("\ufeff"), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as fault:
        return {"reason": "compile_error", "text": _shown(fault)}
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what a cell is for
    except SystemExit as fault:
        return {"reason": "early_exit", "text": _shown(fault)}
    except BaseException as fault:
        return {"reason": "runtime_error", "text": _shown(fault)}
    return None


def _shown(fault: BaseException) -> str:
    try:
        return f"{type(fault).__name__}: {fault}"[:MAX_TEXT]
    except Exception:
        return type(fault).__name__


class Server:
    """Answers requests; asks back while one is under way."""

    _peer: wire.Channel
    _operations: Operations

    def __init__(self) -> None:
        self._output = Output()
        self._problem: dict[str, str] | None = None
        self._exports = Exports(Stubs(self._ask))
        self._world: world.Replica | None = None
        self._records: Records | None = None
        self._path: str | None = None
        self._tells_frames = False
        self._turn = threading.RLock()

    def serve(self, control: wire.Channel, peer: wire.Channel | None) -> None:
        """As `serve` of this module does."""
        load = json.loads(control.receive().decode())["load"]
        self._output.take_over()
        module = types.ModuleType(load.get("module") or "solution")
        self._problem = _load(module, load["source"])
        self._output.taken()
        if peer is None:
            return
        self._operations = Operations(module.__dict__, self._exports)
        self._path = module.__file__
        self._peer = peer
        self._run()

    def _run(self) -> None:
        """Serves until the judge is gone."""
        while True:
            try:
                request = wire.receive(self._peer)
            except (EOFError, ViolationError, OSError):
                return
            self._answer(request)
            if not self._exports.followed.defines:
                self._exports.followed.clear()

    def _answer(self, request: list[Any]) -> None:
        try:
            reply = self._reply(*request)
        except TooLargeError as fault:
            reply = ["large", str(fault), None]
        try:
            wire.send(self._peer, reply)
        except TooLargeError as fault:
            wire.send(self._peer, ["large", str(fault), None])

    def _reply(self, what: str, content: Any, sync: dict[str, Any] | None = None) -> list[Any]:
        if what == "names":
            return self._names(content)
        exports = self._exports
        if sync:
            self._take(sync)
        hear = exports.followed.hear
        if what == "call":
            holder, name, trees, named_trees = content
            arguments = [hear(tree) for tree in trees]
            named = {key: hear(tree) for key, tree in named_trees}
            operation = exports[holder] if name is None else None
            function = (
                operation
                if name is None
                else lambda *a, **k: getattr(exports[holder], name)(*a, **k)
            )
        else:
            arguments, named = [hear(tree) for tree in content], {}
            function = None
        try:
            if function is None:
                value = self._operations.run(what, arguments)
            else:
                is_in_loop = bool(sync and sync.get("loop"))
                with self._operations.waiting.inside(is_wanted=is_in_loop):
                    value = function(*arguments, **named)
            changes = exports.followed.changes()
            status, tree = "ok", exports.followed.tell(value)
        except TooLargeError:
            raise
        except BaseException as error:
            changes = exports.followed.changes()
            status, tree = "err", exports.failure(error)
        return [status, tree, self._extras(changes)]

    def _names(self, content: dict[str, Any]) -> list[Any]:
        if self._problem:
            return ["unloaded", self._problem, None]
        self._exports.followed.defines = bool(content.get("tracks"))
        self._tells_frames = bool(content.get("frames"))
        if content.get("world") and self._world is None:
            self._world = world.Replica(os.getcwd())  # noqa: PTH109
        if content.get("records") and self._records is None:
            # Few tests look at them, and logging is large.
            from veridical.code.cell.solution.records import Records

            self._records = Records()
        names = content["names"]
        if content.get("all"):
            public = self._operations.public()
            names = [*names, *public]
        else:
            public = []
        return ["ok", [self._operations.names(names), public], None]

    def _take(self, sync: dict[str, Any]) -> None:
        followed = self._exports.followed
        followed.take(sync.get("u", ()))
        followed.forget(sync.get("d", ()))
        if self._world is not None and "w" in sync:
            self._world.take(sync["w"], followed.hear)

    def _extras(self, changes: list[Any]) -> dict[str, Any] | None:
        extras: dict[str, Any] = {"u": changes} if changes else {}
        output = self._output.taken()
        if output:
            extras["o"] = output
        records = self._records.taken() if self._records is not None else None
        if records:
            extras["r"] = [self._exports.followed.tell(record) for record in records]
        if self._world is not None:
            files = self._world.changes()
            if files:
                extras["w"] = files
        return extras or None

    def _frames(self) -> list[str]:
        """Names of the program's functions that are under way, outermost first."""
        names: list[str] = []
        frame = sys._getframe() if self._tells_frames else None  # noqa: SLF001 - the stack itself
        while frame is not None and len(names) < MAX_FRAMES:
            if frame.f_code.co_filename == self._path:
                names.insert(0, frame.f_code.co_name)
            frame = frame.f_back
        return names

    def _ask(
        self, what: str, number: int, name: str, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        followed = self._exports.followed
        with self._turn:
            # A plain look cannot meet a change: the judge's code runs in calls.
            given = [*arguments, *named.values()]
            changes = [] if what == "get" else followed.late_changes(given)
            trees = [followed.tell(argument) for argument in arguments]
            named_trees = [[key, followed.tell(value)] for key, value in named.items()]
            output = self._output.taken()
            asked = [what, number, name, trees, named_trees, self._frames()]
            wire.send(self._peer, ["back", asked, output, changes])
            while True:
                message = wire.receive(self._peer)
                if message[0] not in ("ok!", "err!"):
                    self._answer(message)
                    continue
                followed.take(message[2])
                value = followed.hear(message[1])
                followed.forget(message[3])
                if message[0] == "ok!":
                    return value
                raise value
