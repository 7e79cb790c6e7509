"""The judge's end of the conversation with one solution."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from veridical.code.cell import wire
from veridical.code.cell.judge.callbacks import Callbacks, Reply
from veridical.code.cell.judge.faults import Fault, NeedsShared, SolutionGone
from veridical.code.cell.judge.mirrors import Mirrors
from veridical.code.cell.judge.records import replay
from veridical.code.cell.values.content import rewrite
from veridical.code.cell.values.plain import (
    Decoder,
    Encoder,
    TooLargeError,
    Tree,
    ViolationError,
)
from veridical.code.cell.values.table import encode_entry

MAX_REQUESTS = 2_000_000
MAX_MIRRORED_CHARS = 1 << 20


class World(Protocol):
    """What is shared beside values."""

    @property
    def has_taken(self) -> bool:
        """Whether the solution changed anything."""

    def changes(self, encode: Callable[[Any], Tree]) -> dict[str, Any]:
        """What the tests changed since the last call."""

    def share(self, values: list[Any]) -> None:
        """Hears of the arguments of each call."""

    def take(self, files: list[Any]) -> None:
        """Makes the solution's changes here."""


@dataclass(slots=True)
class _Tracked:
    held: Any
    tree: Tree
    is_plain: bool


@dataclass(slots=True)
class Link:
    """Asks a solution and answers what it asks back.

    Attributes:
        peer: The channel to the solution's cell.
        tracks: Whether mutable results are followed; needless where tests cannot change them.
        path: Where the program stands, for tests that look at its frames; empty for others.
        records: Whether tests look at the program's warnings and log records.
        world: What is shared beside values; None for nothing.
        hears: Told of each message of the program; None for nobody.
        hears_stops: Whether the tests know of StopIteration, with which a call ends no loop of others.
        fault: Why the solution can no longer be asked.
        requests: How often it was asked.
        touched: Whether the tests have read a name of the program.
        last: What it gave last, for evidence.
        own_equality: How many comparisons a class of the solution decided.
        foreign: Names of the classes whose instances it handed out.
    """

    peer: wire.Channel
    tracks: bool = True
    path: str = ""
    records: bool = False
    world: World | None = None
    hears: Callable[[Tree], None] | None = None
    hears_stops: bool = False
    fault: Fault | None = None
    needs: str | None = None
    requests: int = 0
    touched: bool = False
    last: Any = None
    own_equality: int = 0
    foreign: set[str] = field(default_factory=set)
    mirrors: Mirrors = field(init=False)
    callbacks: Callbacks = field(init=False)
    _raised: BaseException | None = None
    _lacks: list[BaseException] = field(default_factory=list)
    _encoder: Encoder = field(init=False)
    _decoder: Decoder = field(init=False)
    _tracked: dict[int, _Tracked] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _turn: Any = field(default_factory=threading.RLock)
    _under_way: int = 0
    _work: int = 0
    _read: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mirrors = Mirrors(self)
        self.callbacks = Callbacks(self)
        self._encoder = Encoder(self.callbacks.export)
        self._decoder = Decoder(self.mirrors.decode)

    def names(self, names: list[str], *, everything: bool = False) -> dict[str, Any]:
        """Those of `names` that the program defines, and every public one if asked.

        Raises:
            SolutionGone: The program did not load.
        """
        wanted = {
            "names": names,
            "all": everything,
            "tracks": self.tracks,
            "world": self.world is not None,
            "frames": bool(self.path),
            "records": self.records,
        }
        content, _ = self._exchange(["names", wanted, None])
        try:
            trees, public = content
            if type(public) is not list:
                raise ViolationError("names are a list")
            values = {str(name): self._decoder.fresh(tree) for name, tree in trees.items()}
        except Exception as error:
            raise self._broken(f"{type(error).__name__}: {error.args}") from None
        for value in values.values():
            self.mirrors.name(value)
        return values

    def value_of(self, name: str) -> Any:
        """What a name of the program means now; the same until the program is asked for anything else.

        Raises:
            KeyError: The program does not define it.
            SolutionGone: The program did not load.
        """
        read_at, value = self._read.get(name, (-1, None))
        if read_at != self._work:
            value = self.names([name])[name]
            self._read[name] = self._work, value
        return value

    def call(
        self, number: int, name: str | None, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> Any:
        """The result of calling handle `number`, or its attribute `name`.

        Raises:
            BaseException: What the call raised.
        """
        with self._turn:
            given = [*arguments, *named.values()]
            if self.world is not None:
                self.world.share(given)
            trees = [self._argument(value) for value in given]
            own = [[key, tree] for key, tree in zip(named, trees[len(arguments) :], strict=True)]
            content = [number, name, trees[: len(arguments)], own]
            try:
                result = self._request("call", content, given)
            except StopIteration as stop:
                if self.hears_stops:
                    raise
                # As from a generator: `all(map(f, xs))` must not end early, and pass, by what f raises.
                raise self.missing(RuntimeError("the program raised StopIteration")) from stop
            self.mirrors.called(result)
            return result

    def operate(self, operation: str, *arguments: Any) -> Any:
        """The result of one operation of `dunders.OPERATIONS`, or of the runtime's own.

        Raises:
            BaseException: What it raised.
        """
        with self._turn:
            trees = [self._argument(value) for value in arguments]
            return self._request(operation, trees, list(arguments))

    def track(self, number: int, held: Any, tree: Tree, *, is_plain: bool) -> None:
        """Follows a mutable object that both sides hold."""
        self._tracked[number] = _Tracked(held, tree, is_plain)
        if is_plain:
            self._numbers[id(held)] = number

    def held(self, number: int) -> Any:
        """The followed plain object with this number, or None."""
        tracked = self._tracked.get(number)
        return tracked.held if tracked is not None and tracked.is_plain else None

    def raised(self, error: BaseException) -> bool:
        """Whether the solution raised this very exception last, or lacks what it tells of."""
        return error is self._raised or any(error is one for one in self._lacks)

    def missing(self, error: Exception) -> Exception:
        """Notes that `error` stands for what the solution lacks; the exception to raise."""
        self._raised = error
        return error

    def encode(self, value: Any) -> Tree:
        """The tree of a value of the judge.

        Raises:
            NeedsShared: It cannot cross.
        """
        try:
            return self._encoder.fresh(value)
        except TooLargeError as fault:
            raise self._too_large(f"a value {fault}", is_own=self.requests > 1) from fault

    def crosses(self, value: Any) -> bool:
        """Whether a value that is not plain crosses by the table."""
        return encode_entry(value, self._encoder) is not None

    def needs_shared(self, text: str) -> NeedsShared:
        """Notes that the tests do what the proxy does not serve; the exception to raise."""
        self.needs = self.needs or text
        return NeedsShared(text)

    def _argument(self, value: Any) -> Tree:
        number = self._numbers.get(id(value))
        if number is not None and number in self._tracked:
            return {"h": number}
        return self.encode(value)

    def _request(self, what: str, content: Tree, given: list[Any]) -> Any:
        self._under_way += 1
        self._work += 1
        try:
            return self._requested(what, content, given)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.callbacks.end_loans()

    def _requested(self, what: str, content: Tree, given: list[Any]) -> Any:
        status_tree, extras = self._exchange([what, content, self._sync()])
        status, tree = status_tree
        try:
            # In the order in which they were encoded: a class is described where it is first met.
            value = self._result(tree, given) if status == "ok" else self._decoder.fresh(tree)
            self._take(extras, given)
        except (ViolationError, TypeError, ValueError, KeyError, IndexError) as fault:
            raise self._broken(str(fault)) from None
        if status == "ok":
            self.last = value
            return value
        if not isinstance(value, BaseException):
            raise self._broken("what was raised is no exception")
        self._raised = value
        if isinstance(value, ImportError):
            self._lacks.append(value)
        raise value

    def _result(self, tree: Tree, given: list[Any]) -> Any:
        if type(tree) is dict and "a" in tree:
            return given[tree["a"]]
        return self._decoder.fresh(tree)

    def _exchange(self, request: list[Any]) -> tuple[Any, dict[str, Any]]:
        if self.fault is not None:
            raise SolutionGone(self.fault.text)
        self.requests += 1
        if self.requests > MAX_REQUESTS:
            raise self._ended(Fault("time_limit", "more calls than one judgement has"))
        try:
            wire.send(self.peer, request)
            while (message := self._received())[0] == "back":
                _, content, output, returned = message
                self._replay(output)
                self.callbacks.take_back(returned, self._decoder.fresh)
                wire.send(self.peer, self._answer(content))
        except TooLargeError as fault:
            raise self._too_large(f"a value {fault}", is_own=self.requests > 2) from fault
        except EOFError:
            raise self._ended(Fault("early_exit", "the program ended")) from None
        except OSError:
            raise self._ended(Fault("early_exit", "the program ended")) from None
        except (ViolationError, ValueError, TypeError) as fault:
            raise self._broken(str(fault)) from None
        return self._opened(message, named=request[0] == "names")

    def _received(self) -> list[Any]:
        message = wire.receive(self.peer)
        if self.hears is not None:
            self.hears(message)
        return message

    def _opened(self, message: list[Any], *, named: bool) -> tuple[Any, dict[str, Any]]:
        if len(message) != 3:
            raise self._broken("a reply of the wrong shape")
        status, content, extras = message
        if status == "unloaded" and named:
            raise self._ended(_unloaded(content))
        if status == "large":
            raise self._ended(Fault("wrong_answer", f"a value {content}"[:200]))
        if status not in ("ok", "err") or not (extras is None or type(extras) is dict):
            raise self._broken("a reply of the wrong shape")
        return (content if named else (status, content)), extras or {}

    def _answer(self, content: Any) -> list[Any]:
        reply: Reply = self.callbacks.answer(content, self._decoder.fresh)
        return [reply.status, reply.tree, reply.changed]

    def _take(self, extras: dict[str, Any], given: list[Any]) -> None:
        self._replay(extras.get("o"))
        for place, tree in extras.get("m", ()):
            rewrite(given[place], self._decoder.fresh(tree))
        for number, tree in extras.get("u", ()):
            tracked = self._tracked.get(number)
            if tracked is not None:
                rewrite(tracked.held, self._decoder.fresh(tree))
                tracked.tree = tree
        self.callbacks.take_back(extras.get("l", ()), self._decoder.fresh)
        for tree in extras.get("r", ()) if self.records else ():
            replay(*self._decoder.fresh(tree))
        if self.world is not None and "w" in extras:
            self.world.take(extras["w"])

    def _replay(self, output: Any) -> None:
        if output is None:
            return
        out, err = output
        for stream, text in ((sys.stdout, out), (sys.stderr, err)):
            if type(text) is not str:
                raise ViolationError("output is text")
            if text:
                stream.write(text[:MAX_MIRRORED_CHARS])

    def _sync(self) -> dict[str, Any] | None:
        self.last = None
        sync: dict[str, Any] = {}
        for number in list(self._tracked):
            tracked = self._tracked[number]
            # The table's own reference, and that of the call itself: no test holds it any more.
            is_dropped = tracked.is_plain and sys.getrefcount(tracked.held) <= 2
            tree = self.mirrors.content(tracked.held)
            if tree != tracked.tree:
                sync.setdefault("u", []).append([number, tree])
                tracked.tree = tree
            if is_dropped:
                sync.setdefault("d", []).append(number)
                del self._numbers[id(tracked.held)], self._tracked[number]
        if self.world is not None:
            try:
                world = self.world.changes(self.encode)
            except TooLargeError as fault:
                is_own = self.world.has_taken
                raise self._too_large(f"work folder: {fault}", is_own=is_own) from fault
            if world:
                sync["w"] = world
        return sync or None

    def _too_large(self, text: str, *, is_own: bool) -> BaseException:
        """Once the solution gave anything, what grew too large may be its doing: no way out."""
        return self._ended(Fault("wrong_answer", text)) if is_own else self.needs_shared(text)

    def _broken(self, text: str) -> SolutionGone:
        return self._ended(Fault("runtime_error", f"protocol violation: {text}"[:500]))

    def _ended(self, fault: Fault) -> SolutionGone:
        if self.fault is None:
            self.fault = fault
        return SolutionGone(fault.text)


def _unloaded(problem: Any) -> Fault:
    reasons = ("compile_error", "runtime_error", "early_exit")
    if type(problem) is dict and problem.get("reason") in reasons:
        return Fault(problem["reason"], str(problem.get("text"))[:2000])
    return Fault("runtime_error", "protocol violation: no reason for what did not load")
