"""The judge's end of the conversation with one solution."""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
import weakref
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from veridical.code.cell import wire
from veridical.code.cell.folder import MAX_FILES
from veridical.code.cell.judge.faults import Fault, NeedsShared, SolutionGone, expected, unloaded
from veridical.code.cell.judge.proxy import classes
from veridical.code.cell.judge.proxy.callbacks import Asked, Callbacks, Reply
from veridical.code.cell.judge.proxy.crew import MAIN, Crew, Turn, stand_for
from veridical.code.cell.judge.proxy.disguised import is_disguised, note_step
from veridical.code.cell.judge.proxy.mirrors import Mirrors
from veridical.code.cell.judge.proxy.stdout import Streams
from veridical.code.cell.judge.proxy.world import World
from veridical.code.cell.values.content import MUTABLE
from veridical.code.cell.values.followed import Followed
from veridical.code.cell.values.plain import Encoder, TooLargeError, Tree, ViolationError, texts_in
from veridical.code.cell.values.table import encode_entry
from veridical.code.cell.waiting import is_inside, stop_running, task_of_loop

if TYPE_CHECKING:
    from veridical.code.cell.judge.interpreter.patches import Assigned
    from veridical.code.cell.judge.proxy.functions import Function

MAX_REQUESTS = 2_000_000
MAX_TEXTS = 10_000
_GIVING = frozenset({"set", "put", "setitem", "patch"})
LARGE_BYTES = 1 << 18
"""Of a program that said as much, what grows too large may be its own doing."""
_place: ContextVar[tuple[int | None, Any]] = ContextVar("_place")
"""The request that set the program's context variables as they are where the tests stand, and whose task made it."""
_SHOWING = frozenset({"repr", "str", "format"})


class Reaching(threading.local):
    """How many objects of libraries, and objects at all, answer the program in this thread."""

    count = 0
    answering = 0


@dataclass(slots=True)
class Link:
    """Asks a solution and answers what it asks back.

    Attributes:
        peer: The channel to the solution's cell.
        tracks: Whether mutable values are followed beyond a call; needless where tests cannot change them.
        path: Where the program stands, for tests that look at its frames; empty for others.
        is_pytest: Whether pytest runs the tests, or would.
        beside: Modules of the suite that the program was not loaded for want of: their texts by names.
        records: Whether tests look at the program's warnings and log records.
        world: What is shared beside values; None for nothing.
        assigned: What tests assign to libraries; None for nothing.
        mentions: What the tests' source names of what needs care.
        cancelled: Numbers of the program's awaitables that the tests cancelled.
        steps: Numbers of those by which a program says that there is no more.
        said: Texts of the program, where tests may run some.
        streams: The tests' stdout and stderr.
        turn: Held by the thread that talks with the program.
        follows_contexts: Whether the tests may run in several contexts, each with the program's variables.
        answers_threads: Whether threads of either side have conversations of their own.
        has_threads: Whether the program had threads of its own when it was heard last.
        reaching: How many objects of libraries answer the program right now.
        fault: Why the solution can no longer be asked.
        requests: How often it was asked.
        touched: Whether the tests have read a name of the program, or called it.
        is_waiting: Whether it is loaded where tests import it, in the world as it is by then.
        is_imported: Whether it was.
        leaves_traces: Whether it left files, variables or the like then.
        is_heard: Whether it printed, logged or called anything then, or later called the tests.
        last: What it gave last, for evidence.
        own_equality: How many comparisons a class of the solution decided.
        foreign: Names of the classes whose instances it handed out.
        handed: Methods that the tests hold, by their identity.
    """

    peer: wire.Channel
    tracks: bool = True
    path: str = ""
    records: bool = False
    is_pytest: bool = False
    beside: dict[str, str] = field(default_factory=dict)
    world: World | None = None
    assigned: Assigned | None = None
    mentions: frozenset[str] = frozenset()
    cancelled: set[int] = field(default_factory=set)
    steps: set[int | None] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    turn: Turn = field(default_factory=Turn)
    follows_contexts: bool = False
    answers_threads: bool = False
    has_threads: bool = False
    reaching: Reaching = field(default_factory=Reaching)
    fault: Fault | None = None
    needs: str | None = None
    requests: int = 0
    touched: bool = False
    is_waiting: bool = False
    is_imported: bool = False
    leaves_traces: bool = False
    is_heard: bool = False
    last: Any = None
    own_equality: int = 0
    foreign: set[str] = field(default_factory=set)
    handed: weakref.WeakValueDictionary[int, Function] = field(
        default_factory=weakref.WeakValueDictionary
    )
    mirrors: Mirrors = field(init=False)
    callbacks: Callbacks = field(init=False)
    streams: Streams = field(init=False)
    followed: Followed = field(init=False)
    _raised: BaseException | None = None
    _unloaded: Any = None
    _lacks: list[BaseException] = field(default_factory=list)
    _crew: Crew = field(init=False)
    _noticed: tuple[set[int], set[int]] = field(default_factory=lambda: (set(), set()))
    _under_way: int = 0
    _heard_bytes: int = 0
    _is_doubted: bool = False
    _gave: bool = False
    _work: int = 0
    _read: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mirrors = Mirrors(self)
        self.callbacks = Callbacks(self)
        self._crew = Crew(self)
        self.streams = Streams(self)
        self.followed = Followed(
            self.callbacks.export, self.mirrors.decode, -1, -1, tells_roots=False
        )

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
            "records": [self.is_pytest] if self.records else [],
            **({"beside": self.beside} if self.beside else {}),
            **({"nans": True} if "nan" in self.mentions else {}),
        }
        if "nan" in self.mentions:
            self.followed.tell_nans()
        with self.turn:
            wanted["starts"] = starts = self.is_waiting
            self.is_waiting = False
            sync = self._beside([], []) if starts else {}
            if starts:
                self.is_imported = True
                self.streams.begin()
            content, extras = self._exchange(["names", wanted, sync or None])
            values, records = self._named(names, content, extras, everything=everything)
            if starts:
                self._take_on(extras, records)
            return values

    def _named(
        self, names: list[str], content: Any, extras: dict[str, Any], *, everything: bool
    ) -> tuple[dict[str, Any], list[Any]]:
        """The values by their names, and what was logged."""
        self.leaves_traces = self.leaves_traces or not extras.keys().isdisjoint("ew")
        self.is_heard = self.is_heard or not extras.keys().isdisjoint("uor")
        try:
            self._take_changes(extras)
            records = self._take_world(extras)
            trees, public = content
            if type(public) is not list or (public and not everything):
                raise ViolationError("names are a list, where all were asked for")
            asked = {*names, *(name for name in public if not name.startswith("__"))}
            values = {
                name: self.followed.hear(tree) for name, tree in trees.items() if name in asked
            }
        except Exception as error:
            raise self.broken(f"{type(error).__name__}: {error.args}") from None
        self._is_doubted = False
        for name, value in values.items():
            classes.name_class(value, name)
            self._gave = self._gave or type(value) in MUTABLE or type(value) is tuple
        return values, records

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
        with self.turn:
            self.touched = True
            if self.world is not None:
                self.world.share([*arguments, *named.values()])
            is_end = len(arguments) == 3 and self.is_finding(arguments[1])

            def content() -> Tree:
                trees = [self.encode(value) for value in arguments]
                return [
                    number,
                    name,
                    trees,
                    [[key, self.encode(one)] for key, one in named.items()],
                ]

            holder = self.mirrors.of_tests(number) if name is not None else None
            result = self._request("call", content)
            self.mirrors.called(result, holder)
            return None if is_end else result  # what the tests found, no `__exit__` swallows

    def operate(self, operation: str, *arguments: Any) -> Any:
        """The result of one operation of `dunders.OPERATIONS`, or of the runtime's own.

        Raises:
            BaseException: What it raised.
        """
        with self.turn:
            if self.world is not None:
                # A name that is read, or a key, is no file that is given.
                self.world.share(list(arguments[-1:]) if operation in _GIVING else [])
            return self._request(operation, lambda: [self.encode(value) for value in arguments])

    def late_changes(self, values: list[Any]) -> list[list[Any]]:
        """What the tests changed in a callback, of what both sides hold; see `Followed`."""
        try:
            return self.followed.late_changes(values) if self.tracks else []
        except TooLargeError as fault:
            raise self._too_large(f"a value {fault}", is_own=True) from fault

    def raised(self, error: BaseException) -> bool:
        """Whether the solution raised this very exception last, or lacks what it tells of."""
        return error is self._raised or any(error is one for one in self._lacks)

    def is_finding(self, error: Any) -> bool:
        """Whether an exception tells what the tests found: the program hears nothing of it, and ends none."""
        if isinstance(error, BaseExceptionGroup):
            return any(map(self.is_finding, error.exceptions))
        is_outcome = any(
            one.__name__ == "OutcomeException" for one in type(error).__mro__
        )  # pytest's
        return (is_outcome or isinstance(error, AssertionError)) and not self.raised(error)

    def wrong(self, text: str) -> SolutionGone:
        """Notes that what the program gave is an answer to nothing; the exception to raise.

        No test hears of it: it might expect the very error that says so.
        """
        return self._ended(Fault("wrong_answer", text))

    def doubt(self) -> None:
        """Notes a comparison that only one interpreter can make.

        Of what tests built themselves with a value of theirs; most expect the two to differ.
        """
        self._is_doubted = True

    def clear_doubt(self) -> None:
        """Notes that a test went on to its end."""
        self._is_doubted = False

    def is_doubted(self) -> bool:
        """Whether the program was asked for nothing but texts since such a comparison."""
        return self._is_doubted

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
            return self.followed.tell(value)
        except TooLargeError as fault:
            is_own = self._gave or self.requests > 1 or self._heard_bytes >= LARGE_BYTES
            raise self._too_large(f"a value {fault}", is_own=is_own) from fault

    def crosses(self, value: Any) -> bool:
        """Whether a value that is not plain crosses by the table."""
        return encode_entry(value, Encoder(self.callbacks.export)) is not None

    def needs_shared(self, text: str) -> NeedsShared:
        """Notes that the tests do what the proxy does not serve; the exception to raise."""
        self.needs = self.needs or text
        return NeedsShared(text)

    def _request(self, what: str, content: Callable[[], Tree]) -> Any:
        self._under_way += 1
        self._work += 1
        self._is_doubted = self._is_doubted and what in _SHOWING
        try:
            # First what changed, then what is said.
            if self.assigned is not None:
                self.assigned.put()
            sync = self._sync()
            return self._requested([what, content(), sync])
        finally:
            self._under_way -= 1
            if not (self._under_way or self.tracks):
                self.followed.clear()

    def _requested(self, request: list[Any]) -> Any:
        status_tree, extras = self._exchange(request)
        status, tree = status_tree
        try:
            self._take_changes(extras)
            value = self.followed.hear(tree)
            self._take(extras)
        except (ViolationError, TypeError, ValueError, KeyError, IndexError) as fault:
            raise self.broken(str(fault)) from None
        if status == "ok":
            self.last = value
            note_step(self, value, *request[:2])
            return value
        if is_disguised(self, value, *request[:2]):
            # As from a generator: `all(map(f, xs))` must not end early, and pass, by what f raises.
            value = RuntimeError(f"the program raised {type(value).__name__}")
        if not isinstance(value, BaseException):
            raise self.broken("what was raised is no exception")
        self._raised = value
        if isinstance(value, ImportError):
            self._lacks.append(value)
        raise value

    def _exchange(self, request: list[Any]) -> tuple[Any, dict[str, Any]]:
        if self.fault is not None:
            raise SolutionGone(self.fault.text)
        self.requests += 1
        if self.requests > MAX_REQUESTS:
            raise self._ended(Fault("time_limit", "more calls than one judgement has"))
        try:
            message, attempts = self.converse(request), itertools.count()
            while message[0] == "wait":
                self.hear_aside(message)
                message = self.converse(self._crew.wait(next(attempts)))
        except TooLargeError as fault:
            is_own = self._gave or self.requests > 2 or self._heard_bytes >= LARGE_BYTES
            raise self._too_large(f"a value {fault}", is_own=is_own) from fault
        except EOFError:
            raise self._ended(Fault("early_exit", "the program ended")) from None
        except OSError:
            raise self._ended(Fault("early_exit", "the program ended")) from None
        except (ViolationError, ValueError, TypeError, LookupError, AttributeError) as fault:
            raise self.broken(str(fault)) from None
        return self._opened(message, named=request[0] == "names")

    def converse(self, message: list[Any]) -> list[Any]:
        """The program's reply to a message, after the callbacks that this leads to.

        Raises:
            EOFError: It is gone.
            ViolationError: It says what is no reply.
        """
        if self.fault is not None:
            raise SolutionGone(self.fault.text)
        wire.send(self.peer, message)
        while (reply := self._heard())[0] == "back":
            _, content, extras = reply
            extras = extras or {}
            self.is_heard = True
            self._take_changes(extras)
            asked = self.callbacks.heard(content, self.followed.hear)
            records = self._take_world(extras)
            self._show(extras.get("o"), records)
            if extras.get("t") is True and self.answers_threads:
                self.has_threads = True
                self._crew.hear(has_threads=True, asked=())
            with contextlib.ExitStack() as stack:
                for stream, is_taken in self.streams.told(extras, heeds=self.answers_threads):
                    stack.enter_context(stream.taken(is_taken=is_taken))
                answer = self._answer(asked)
            wire.send(self.peer, answer)
        return reply

    def _take_changes(self, extras: dict[str, Any]) -> None:
        """Makes the program's changes here: of what was described, and of values."""
        for tree in extras.get("k", ()):
            self.followed.hear(tree)
        self.followed.take(extras.get("u", ()))

    def hear_aside(self, message: list[Any]) -> None:
        """Hears a reply that is none yet.

        Raises:
            ViolationError: It is anything else.
        """
        if message[0] != "wait":
            raise ViolationError("nothing was asked for")
        extras = message[2] or {}
        self._take_changes(extras)
        self._take(extras)

    def _heard(self) -> list[Any]:
        message, size = wire.receive_sized(self.peer)
        if len(message) != 3 or type(message[2] or {}) is not dict:
            raise ViolationError("a reply of the wrong shape")
        self._heard_bytes += size
        if self.world is not None:
            self.world.hear(message)
        if "exec" in self.mentions:
            self.said.update(itertools.islice(texts_in(message), MAX_TEXTS))
        return message

    def _opened(self, message: list[Any], *, named: bool) -> tuple[Any, dict[str, Any]]:
        status, content, extras = message
        if status == "unloaded" and named:
            self._unloaded = self._why_unloaded(content, extras or {})
            raise self._ended(unloaded(content))
        if status == "large":
            raise self._ended(Fault("wrong_answer", f"a value {content}"[:200]))
        if status not in ("ok", "err"):
            raise self.broken("a reply of the wrong shape")
        return (content if named else (status, content)), extras or {}

    def _why_unloaded(self, content: Any, extras: dict[str, Any]) -> Any:
        if type(content) is not dict or "error" not in content:
            return None
        try:
            self.followed.take(extras.get("u", ()))
            error = self.followed.hear(content["error"])
            self._take(extras)
        except (ViolationError, TypeError, ValueError, KeyError, IndexError) as fault:
            raise self.broken(str(fault)) from None
        return error

    def error_of_loading(self) -> BaseException | None:
        """The error by which the program was not loaded, for tests that expect one: it may be loaded again."""
        error, self._unloaded = expected(self._unloaded), None
        if error is not None:
            self.fault, self.touched, self.is_waiting = None, True, True
            self._raised = error
        return error

    def _answer(self, asked: Asked) -> list[Any]:
        self.reaching.answering += 1
        try:
            reply: Reply = self.callbacks.answer(asked)
        finally:
            self.reaching.answering -= 1
        released = self.followed.released_of_late() if self.tracks else []
        sync = self._beside(reply.changes, released)
        self.callbacks.add_marks(sync, [asked.number])
        return [reply.status, reply.tree, sync or None]

    def _take_world(self, extras: dict[str, Any]) -> list[Any]:
        """Takes what changed beside values; returns what was logged."""
        if self.world is not None and "w" in extras:
            self.world.take(extras["w"])
        if self.world is not None and "e" in extras:
            unseen = self.world.follow(extras["e"])
            if unseen is not None:
                raise self.needs_shared(unseen)
        for number, attributes, gone in extras.get("a", ()):
            told = {str(name): self.followed.hear(tree) for name, tree in attributes}
            self.callbacks.mark(number, told, list(map(str, gone)))
        return [self.followed.hear(tree) for tree in extras.get("r", ()) if self.records]

    def _take(self, extras: dict[str, Any]) -> None:
        self._take_on(extras, self._take_world(extras))

    def _take_on(self, extras: dict[str, Any], records: Sequence[Any]) -> None:
        if self.answers_threads:
            for stream, is_taken in self.streams.told(extras, heeds=True):
                stream.set_taken(is_taken=is_taken)
            if extras.get("l") is True:
                self._crew.keep_turning()
            if extras.get("s") is True:
                stop_running()
        for known, numbers in zip(self._noticed, extras.get("n", ()), strict=False):
            known.update(one for one in numbers if type(one) is int)
        self.has_threads = self.answers_threads and extras.get("t") is True
        asked: list[tuple[int, Callable[[], list[Any]]]] = []
        for key, content, changes, *thread in extras.get("b", ()) if self.answers_threads else ():
            if type(key) is not int or key >= 0:
                raise ViolationError("no thread of the program")
            self.followed.take(changes)
            one = self.callbacks.heard(content, self.followed.hear)
            asked.append((key, functools.partial(self._answer_aside, thread, one)))
        self._show(extras.get("o"), records)  # which came before what threads ask
        if asked or self.has_threads:
            self._crew.hear(has_threads=self.has_threads, asked=asked)

    def _answer_aside(self, thread: list[Any], asked: Asked) -> list[Any]:
        """The answer to a thread of the program; what the proxy does not serve is an error to it, too."""
        stand_for(*thread if "current_thread" in self.mentions else ())
        try:
            return self._answer(asked)
        except NeedsShared as refused:
            tree = self.encode(AttributeError(str(refused)))
            return ["err!", tree, self._beside([], []) or None]

    def _show(self, output: Any, records: Sequence[Any] = ()) -> None:
        """Prints and logs what the program did; the tests' streams and handlers may wait for other threads."""
        if output is not None or records:
            with self.turn.given():
                self.streams.write(output or [""] * 4)
                if records:
                    from veridical.code.cell.judge.proxy.records import replay  # logging is large

                    for record in records:
                        replay(*record)

    def _sync(self) -> dict[str, Any] | None:
        self.last = None
        try:
            changes = self.followed.changes() if self.tracks else []
        except TooLargeError as fault:
            raise self._too_large(f"a value {fault}", is_own=True) from fault
        sync = self._beside(changes, self.followed.released())
        self.callbacks.add_marks(sync)
        if any(self._noticed):
            own, given = self._noticed
            unheld = self.mirrors.unheld(own), self.callbacks.unheld(given)
            if any(unheld):
                sync["f"] = unheld
            own.difference_update(unheld[0])
            given.difference_update(unheld[1])
        if is_inside():
            sync["loop"] = True
        if self.follows_contexts and not self.reaching.answering:  # who calls back has its own
            first = (0 if self._crew.key == MAIN else None, None)
            (before, owner), task = _place.get(first), task_of_loop()
            after = self.requests + 1
            sync["c"] = [before, after, owner is not task and before != 0]
            _place.set((after, task))
        return sync or None

    def _beside(self, changes: list[Any], released: list[int]) -> dict[str, Any]:
        """What is told beside all that the tests say: changes, what they no longer hold, whose words these are."""
        sync: dict[str, Any] = {}
        if changes:
            sync["u"] = changes
        if released:
            sync["d"] = released
        if self.answers_threads and self._crew.is_several:
            sync["k"] = key = self._crew.key
            if key is not None and key > MAIN:
                sync["name"] = threading.current_thread().name
        if self.world is not None:
            try:
                world = self.world.changes(self.encode)
            except TooLargeError as fault:
                least = MAX_FILES if "more files" in str(fault) else LARGE_BYTES
                is_own = self.world.has_taken or self._heard_bytes >= least
                raise self._too_large(f"work folder: {fault}", is_own=is_own) from fault
            if world:
                sync["w"] = world
        return sync

    def _too_large(self, text: str, *, is_own: bool) -> BaseException:
        """Once the solution gave anything, what grew too large may be its doing: no way out."""
        return self._ended(Fault("wrong_answer", text)) if is_own else self.needs_shared(text)

    def broken(self, text: str) -> SolutionGone:
        """Notes that the program said what it cannot say; the exception to raise."""
        return self._ended(Fault("runtime_error", f"protocol violation: {text}"[:500]))

    def _ended(self, fault: Fault) -> SolutionGone:
        if self.fault is None:
            self.fault = fault
        return SolutionGone(fault.text)
