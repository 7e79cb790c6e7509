"""The runtime of a solution's cell: one program, loaded once, asked by one judge."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import json
import linecache
import os
import sys
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from veridical.code.cell import wire, world
from veridical.code.cell.solution.contexts import Contexts
from veridical.code.cell.solution.crew import ASKS, Crew, Outcome
from veridical.code.cell.solution.ends import Ends
from veridical.code.cell.solution.exports import Exports
from veridical.code.cell.solution.operations import Operations
from veridical.code.cell.solution.output import Output
from veridical.code.cell.solution.stubs import Stubs
from veridical.code.cell.values.content import base_of
from veridical.code.cell.values.plain import TooLargeError, ViolationError
from veridical.code.cell.variables import variables
from veridical.code.cell.waiting import was_stopped

if TYPE_CHECKING:
    from veridical.code.cell.solution.records import Records

MAX_TEXT = 2000
MAX_FRAMES = 64
_time = time.time


def serve(control: wire.Channel, peer: wire.Channel | None) -> None:
    """Loads the program that `control` names, then serves `peer` until it closes.

    The first message is `{"load": {"source", "module", "path", "waits"}}`; whether it loaded, the judge is told. One that
    waits is loaded where its names are asked for first, in the world that its tests have by then.
    """
    Server().serve(control, peer)


def _load(module: types.ModuleType, source: str, place: str) -> _Problem | None:
    name = module.__name__
    path = f"{os.getcwd()}/{place}"  # noqa: PTH109
    module.__file__ = path
    is_package = place.endswith("__init__.py")
    module.__package__ = name if is_package else name.rpartition(".")[0]
    if is_package:
        module.__path__ = [os.path.dirname(path)]  # noqa: PTH120
    sys.modules[name] = module
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    try:
        code = compile(source.removeprefix("\ufeff"), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as fault:
        return _Problem("compile_error", fault)
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what a cell is for
    except SystemExit as fault:
        return _Problem("early_exit", fault)
    except BaseException as fault:
        return _Problem("runtime_error", fault)
    return None


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why a program was not loaded."""

    reason: str
    error: BaseException


def _shown(fault: BaseException) -> str:
    try:
        return f"{type(fault).__name__}: {fault}"[:MAX_TEXT]
    except Exception:
        return type(fault).__name__


class Server:
    """Answers requests; asks back while one is under way."""

    _peer: wire.Channel
    _operations: Operations
    _contexts: Contexts
    _program: tuple[types.ModuleType, str, str]

    def __init__(self) -> None:
        self._output = Output()
        self._problem: _Problem | None = None
        self._exports = Exports(Stubs(self._ask))
        self._began: tuple[str, dict[str, str]] = "", {}
        self._world: world.Replica | None = None
        self._records: Records | None = None
        self._path: str | None = None
        self._waits = False
        self._tells_frames = False
        self._crew = Crew(self)
        self._ends = Ends("", self._exports)

    def serve(self, control: wire.Channel, peer: wire.Channel | None) -> None:
        """As `serve` of this module does."""
        load = json.loads(control.receive().decode())["load"]
        self._began = os.getcwd(), variables()  # noqa: PTH109
        self._output.take_over()
        self._ends = Ends(load["source"], self._exports)
        self._exports.changes.source = load["source"]
        module = types.ModuleType(load.get("module") or "solution")
        self._program = module, load["source"], load.get("path") or f"{module.__name__}.py"
        self._waits = bool(load.get("waits"))
        if self._waits:
            self._world = world.Replica(*self._began, self._output)
        else:
            self._start()
            self._output.taken()
        if peer is None:
            return
        self._exports.own = module.__dict__
        self._operations = Operations(module.__dict__, self._exports, is_imported=self._waits)
        self._peer = peer
        self._contexts = Contexts(contextvars.copy_context())
        with contextlib.suppress(EOFError, ViolationError, OSError):
            self._crew.serve()

    def _start(self) -> None:
        module, _, _ = self._program
        if self._problem:  # nothing is left of the last time
            name = module.__name__
            vars(module).clear()
            module.__init__(name)  # type: ignore[misc] # as it was made
        self._problem = _load(*self._program)
        self._path = self._program[0].__file__
        self._output.loaded()

    def receive(self) -> list[Any]:
        """The next message."""
        return wire.receive(self._peer)

    def answer(self, request: list[Any]) -> None:
        """Answers a request in the thread that it came to, unless there are several by then."""
        if request[0] == "names":
            self.tell_names(request)
            return
        outcome = self._crew.run(self.prepared(request))
        if outcome is not None:
            self.tell(outcome)

    def prepared(self, request: list[Any]) -> Callable[[], Outcome]:
        """What carries a request out, with all that the judge says decoded."""
        what, content, sync = request
        exports = self._exports
        if sync:
            self._take(sync)
        hear = exports.followed.hear
        place = sync and sync.get("c")
        if what != "call":
            arguments = [hear(tree) for tree in content]
            run = functools.partial(self._operations.run, what, arguments)
            # An asynchronous generator belongs to the loop that is running as it begins.
            is_first = what == "anext" and bool(sync and sync.get("loop"))
            return self._placed(place, self._inside(run) if is_first else run)
        holder, name, trees, named_trees = content
        arguments = [hear(tree) for tree in trees]
        named = {key: hear(tree) for key, tree in named_trees}
        is_in_loop = bool(sync and sync.get("loop"))

        def call() -> Any:
            held = exports[holder]
            return (held if name is None else getattr(held, name))(*arguments, **named)

        return self._placed(place, self._inside(call) if is_in_loop else call)

    def _inside(self, run: Callable[[], Any]) -> Callable[[], Any]:
        """What runs a request where a loop is running."""

        def inside() -> Any:
            with self._operations.waiting.inside():
                return run()

        return inside

    def _placed(self, place: Any, run: Callable[[], Any]) -> Callable[[], Outcome]:
        """What runs a request with the context variables that it is to see."""
        outcome = functools.partial(_outcome, run)
        if not place:
            return outcome
        before, after, is_copy = place
        return self._contexts.inside(before, after, is_copy, outcome)

    def answered(self, message: list[Any]) -> Any:
        """The value of an answer of the tests."""
        followed, sync = self._exports.followed, message[2] or {}
        followed.take(sync.get("u", ()))
        value = followed.hear(message[1])
        followed.forget(sync.get("d", ()))  # it may be what was told
        self._take_world(sync)
        self._take_marks(sync)
        return value

    def tell(self, outcome: Outcome | None, *, is_idle: bool = False) -> None:
        """Tells the judge how a request ended, what it leads to, or that it goes on."""
        try:
            wire.send(self._peer, self._told(outcome, is_idle=is_idle))
        except TooLargeError as fault:
            if outcome is not None and outcome[0] == ASKS:
                raise
            wire.send(self._peer, ["large", str(fault), None])
        if not self._exports.followed.defines:
            self._exports.followed.clear()

    def tell_names(self, request: list[Any]) -> None:
        """Tells the judge what the program defines."""
        try:
            reply = self._names(request[1], request[2])
        except TooLargeError as fault:
            reply = ["large", str(fault), None]
        wire.send(self._peer, reply)

    def _told(self, outcome: Outcome | None, *, is_idle: bool) -> list[Any]:
        again = self._exports.changed()
        message = self._said(outcome, is_idle=is_idle)
        if again:
            message[2] = {"k": again, **(message[2] or {})}
        return message

    def _said(self, outcome: Outcome | None, *, is_idle: bool) -> list[Any]:
        if outcome is None:
            changes = self._exports.followed.changes() if is_idle else []
            return [
                "wait",
                None,
                self._asides(
                    self._extras(changes) if is_idle else self._marks(self._surroundings())
                ),
            ]
        status, value = outcome
        if status == ASKS:
            content, changes = self._asked(value)
            return ["back", content, self._extras(changes) or None]
        changes = self._exports.followed.changes()
        return [*self._tree(status, value), self._asides(self._extras(changes))]

    def _tree(self, status: str, value: Any) -> Outcome:
        try:
            if status == "ok":
                return status, self._exports.followed.tell(value)
        except TooLargeError:
            raise
        except BaseException as error:
            value = error
        if isinstance(value, TooLargeError):  # what it called the tests with
            raise value
        return "err", self._exports.failure(value)

    def _names(self, content: dict[str, Any], sync: dict[str, Any] | None) -> list[Any]:
        starts = bool(content.get("starts"))
        if starts:
            self._know(content)
            self._take(sync or {})
            self._start()
            self._contexts = Contexts(contextvars.copy_context())
        if self._problem and content.get("beside"):
            from veridical.code.cell.solution.beside import (
                Beside,
            )  # few programs are of several files

            Beside(content["beside"]).install()
            self._exports.changes.source += "\n".join(content["beside"].values())
            self._output.taken()
            self._problem = _load(*self._program)
        if self._problem:
            return self._unloaded(self._problem)
        self._know(content)
        changes = self._exports.followed.changes() if starts else []
        names = content["names"]
        if content.get("all"):
            public = self._operations.public()
            names = [*names, *public]
        else:
            public = []
        told = [self._operations.names(names), public]
        return ["ok", told, self._extras(changes) if starts else self._surroundings()]

    def _unloaded(self, problem: _Problem) -> list[Any]:
        """What is told of a program that was not loaded; tests that expect its error may have it loaded again."""
        told: dict[str, Any] = {"reason": problem.reason, "text": _shown(problem.error)}
        if not self._waits or problem.reason == "compile_error":
            return ["unloaded", told, None]
        changes = self._exports.followed.changes()
        told["error"] = self._exports.failure(problem.error)
        return ["unloaded", told, self._extras(changes) or None]

    def _know(self, content: dict[str, Any]) -> None:
        """Hears what the tests look at."""
        self._exports.followed.defines = bool(content.get("tracks"))
        self._tells_frames = bool(content.get("frames"))
        if content.get("nans"):
            self._exports.followed.tell_nans()
        if content.get("world") and self._world is None:
            self._world = world.Replica(*self._began, self._output)
        if content.get("records") and self._records is None:
            # Few tests look at them, and logging is large; it asks for the time, which they may have replaced.
            replaced, time.time = time.time, _time
            from veridical.code.cell.loggers import Loggers
            from veridical.code.cell.solution.records import Records

            time.time = replaced
            self._records = Records(*content["records"])
            if self._world is not None:
                self._world.loggers = Loggers()

    def _take(self, sync: dict[str, Any]) -> None:
        followed = self._exports.followed
        followed.take(sync.get("u", ()))
        followed.forget(sync.get("d", ()))
        if "f" in sync:
            self._ends.let_go(*sync["f"])
        self._take_world(sync)
        self._take_marks(sync)

    def _take_marks(self, sync: dict[str, Any]) -> None:
        for number, attributes, gone in sync.get("a", ()):
            own = {name: self._exports.followed.hear(tree) for name, tree in attributes}
            self._exports.stubs.mark_again(number, own, gone)

    def _take_world(self, sync: dict[str, Any]) -> None:
        if self._world is not None and "w" in sync:
            self._world.take(sync["w"], self._exports.followed.hear)

    def _extras(self, changes: list[Any]) -> dict[str, Any]:
        """What changed, what was logged and printed: told beside all but the first words of a wait."""
        extras: dict[str, Any] = {"u": changes} if changes else {}
        self._add_records(extras)
        marked = self._exports.stubs.marked()
        if marked:
            tell = self._exports.followed.tell
            extras["a"] = [
                [number, [[name, tell(one)] for name, one in own.items()], gone]
                for number, own, gone in marked
            ]
        return self._marks({**extras, **self._surroundings()})

    def _add_records(self, extras: dict[str, Any]) -> None:
        records = self._records.taken() if self._records is not None else None
        if records:
            told = [self._exports.followed.tell(record) for record in records]
            extras["r"] = [*extras.get("r", ()), *told]

    def _surroundings(self) -> dict[str, Any]:
        if self._world is None:
            return {}
        told = {"w": self._world.changes(), "e": self._world.surroundings()}
        return {name: changed for name, changed in told.items() if changed}

    def _marks(self, extras: dict[str, Any]) -> dict[str, Any]:
        """Adds output, whether the program takes it and has threads, and whose end it notices."""
        output = self._output.taken()
        if output:
            extras["o"] = output
        if self._crew.has_threads:
            extras["t"] = True
        replaced = self._output.replaced()
        if any(replaced):
            extras["p"] = replaced
        noticed = self._ends.noticed()
        if noticed:
            extras["n"] = noticed
        return extras

    def _asides(self, extras: dict[str, Any]) -> dict[str, Any] | None:
        """Adds whether there are tasks that nobody awaits, and what threads ask."""
        if self._operations.waiting.has_tasks():
            extras["l"] = True
        if was_stopped():
            extras["s"] = True
        asked = self._crew.taken()
        if asked:
            self._add_records(extras)  # of before it asked
            extras["b"] = [told for one in asked for told in self._aside(*one)]
        return extras or None

    def _aside(self, key: int, what: Any, thread: Any) -> list[list[Any]]:
        """What a thread asks, if that can be told."""
        try:
            return [[key, *self._asked(what), thread]]
        except BaseException as error:
            self._crew.refuse(key, error)
            return []

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
        return self._crew.ask((what, number, name, arguments, named, self._frames()))

    def _asked(self, asked: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
        """What a thread asks, and what changed of the values that it names."""
        what, number, name, arguments, named, frames = asked
        followed = self._exports.followed
        # A plain look cannot meet a change, but of what it looks at: the judge's code runs in calls.
        held = self._exports.stubs.get(number)
        is_looking = what == "get" and base_of(type(held)) is None
        values = [held, *arguments, *named.values()]
        changes = [] if is_looking else followed.late_changes(values)
        trees = [followed.tell(argument) for argument in arguments]
        named_trees = [[key, followed.tell(value)] for key, value in named.items()]
        return [what, number, name, trees, named_trees, frames], changes


def _outcome(run: Callable[[], Any]) -> Outcome:
    try:
        return "ok", run()
    except BaseException as error:
        return "err", error
