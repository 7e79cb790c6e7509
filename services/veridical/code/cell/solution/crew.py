"""The threads of a program and of its tests, which talk with each other over one channel.

While one thread on each side talks, the program's main thread answers the judge itself. Once either side has
more, a clerk reads and writes, and each conversation has a thread of its own on both sides: what a thread of
the tests asks for runs in the thread kept for it here, and what a thread of the program asks is answered in one
kept for that there. What takes its time holds nobody up: the judge is told to wait, and comes again.
"""

from __future__ import annotations

import _thread
import os
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol

MAIN = 0
"""The key of the conversation of the two main threads; other threads of the tests have positive ones."""
ANSWERS = ("ok!", "err!")
POLL = "poll!"
ASKS = "ask"
_PATIENCE_SECONDS = 0.0002
_STACK_BYTES = 4 << 20
"""Of a thread that serves one of the tests; of these there may be a thousand."""
"""How long the judge waits for what it asks before it is told to come again."""
Outcome = tuple[str, Any]
"""Status and value of a request, or `ASKS` and what a thread asks of the tests."""


class _Own(threading.local):
    """What a thread knows of itself: its key, and how many requests it carries out while it waits."""

    key: int | None = None
    depth = 0


class Wire(Protocol):
    """What a crew needs of the channel; it is used by one thread at a time."""

    def receive(self) -> list[Any]:
        """The next message; EOFError when the judge is gone."""

    def prepared(self, request: list[Any]) -> Callable[[], Outcome]:
        """What carries a request out."""

    def answer(self, request: list[Any]) -> None:
        """Carries a request out and tells its outcome, unless a clerk will."""

    def answered(self, message: list[Any]) -> Any:
        """The value of an answer."""

    def tell(self, outcome: Outcome | None, *, is_idle: bool = False) -> None:
        """Sends an outcome, or that there is none yet; to who only listens, what has changed, too."""

    def tell_names(self, request: list[Any]) -> None:
        """Answers a request for names of the program."""


class Crew:
    """The program's side of all conversations.

    Args:
        wire: The channel, which the main thread uses until there is a clerk.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._guard = threading.Lock()
        self._inboxes: dict[int, queue.SimpleQueue[tuple[str, Any]]] = {}
        self._outcomes: dict[int, queue.SimpleQueue[Outcome]] = {}
        self._asked: list[tuple[int, Any, Any]] = []
        self._threads: dict[int, threading.Thread] = {}
        self._own = _Own()
        self._own.key = MAIN
        self._last = MAIN
        self._workers = 0
        self._talking: int | None = MAIN
        self._is_running = False
        self._has_clerk = False
        self._clerk = -1
        self._open(MAIN)

    @property
    def has_threads(self) -> bool:
        """Whether the program has threads beside those that the judge gave it."""
        return threading.active_count() - self._workers > 1

    def serve(self) -> None:
        """Answers the judge in the main thread, until it is gone."""
        while not self._has_clerk:
            message = self._wire.receive()
            if self._needs_clerk(message):
                self._begin(message)
            else:
                self._wire.answer(message)
        while True:
            self._carry_out(MAIN, self._inboxes[MAIN].get()[1])

    def run(self, carry_out: Callable[[], Outcome]) -> Outcome | None:
        """Carries a request out in the main thread; None if a clerk has taken over since."""
        self._set_running()
        outcome = carry_out()
        with self._guard:
            self._is_running = False
            if not self._has_clerk:
                return outcome
        self._outcomes[MAIN].put(outcome)
        return None

    def taken(self) -> list[tuple[int, Any, Any]]:
        """What threads of the program have asked since the last time: their keys, what, and who they are."""
        if not self._asked:
            return []
        with self._guard:
            asked, self._asked = self._asked, []
        return asked

    def ask(self, what: Any) -> Any:
        """The tests' answer to a thread of the program.

        Raises:
            BaseException: What they raised.
        """
        if self._has_clerk and self._clerk == threading.get_ident():
            return self._ask_at_once(what)
        key = self._key()
        if key == MAIN and self._may_talk():
            try:
                return self._ask_at_once(what)
            finally:
                self._set_running()
        if key >= MAIN or self._own.depth:
            self._outcomes[key].put((ASKS, what))
        else:
            with self._guard:
                self._asked.append((key, what, _this_thread()))
                if self._is_running and not self._has_clerk:
                    self._start([POLL, MAIN])
        return self._answer_for(key)

    def refuse(self, key: int, error: BaseException) -> None:
        """Raises an error where a thread asked what cannot be told."""
        self._inboxes[key].put(("err!", error))

    def _ask_at_once(self, what: Any) -> Any:
        """Asks in the thread that talks anyway."""
        key = self._talking
        self._wire.tell((ASKS, what))
        while True:
            message = self._wire.receive()
            if not self._has_clerk and self._needs_clerk(message):
                self._begin(message)
                return self._answer_for(MAIN)
            if message[0] in ANSWERS and _key_of(message) == key:
                return _given(message[0], self._wire.answered(message))
            if self._has_clerk:
                self._handle(message)
            elif not self._answer_itself(message):
                return self._answer_for(MAIN)

    def _answer_itself(self, message: list[Any]) -> bool:
        """Answers a request in the main thread; whether there is no clerk since."""
        self._wire.answer(message)
        return not self._has_clerk

    def _answer_for(self, key: int) -> Any:
        """The answer that comes for a thread; before it, the requests that lead to it."""
        while True:
            kind, given = self._inboxes[key].get()
            if kind in ANSWERS:
                return _given(kind, given)
            self._own.depth += 1
            self._carry_out(key, given)
            self._own.depth -= 1

    def _carry_out(self, key: int, carry_out: Callable[[], Outcome]) -> None:
        self._outcomes[key].put(carry_out())

    def _may_talk(self) -> bool:
        """Whether the main thread still talks itself; then no clerk begins until it runs the program again."""
        with self._guard:
            if self._has_clerk:
                return False
            self._is_running = False
            return True

    def _set_running(self) -> None:
        with self._guard:
            self._is_running = True
            if self._asked and not self._has_clerk:
                self._start([POLL, MAIN])

    def _key(self) -> int:
        key = self._own.key
        if key is None:
            with self._guard:
                key = self._last = self._last - 1
                self._open(key)
            self._own.key = key
        return key

    def _open(self, key: int) -> None:
        self._outcomes[key] = queue.SimpleQueue()
        self._inboxes[key] = queue.SimpleQueue()

    def _needs_clerk(self, message: list[Any]) -> bool:
        """Whether a message that came to the main thread tells of several threads."""
        return message[0] == POLL or "k" in (message[2] or ()) or bool(self._asked)

    def _begin(self, message: list[Any]) -> None:
        with self._guard:
            self._start(message)

    def _start(self, message: list[Any]) -> None:
        """Has a clerk go on with a message; no thread that the program can count."""
        self._has_clerk = True
        _thread.start_new_thread(self._run_clerk, (message,))

    def _run_clerk(self, message: list[Any]) -> None:
        status = 1
        self._clerk = threading.get_ident()
        try:
            while True:
                self._handle(message)
                message = self._wire.receive()
        except (EOFError, OSError):
            status = 0
        finally:
            os._exit(status)

    def _handle(self, message: list[Any]) -> None:
        before, self._talking = self._talking, _key_of(message)
        if message[0] == "names":
            self._wire.tell_names(message)
        else:
            self._pass_on(self._talking, message)
        self._talking = before

    def _pass_on(self, key: int | None, message: list[Any]) -> None:
        if key is not None and message[0] in ANSWERS:
            self._inboxes[key].put((message[0], self._wire.answered(message)))
        elif key is not None and message[0] != POLL:
            carry_out = self._wire.prepared(message)
            self._worker(key, (message[2] or {}).get("name")).put(("request", carry_out))
        # An answer to a thread of the program leads to nothing that anybody waits for.
        is_awaited = key is not None and (key >= MAIN or message[0] not in ANSWERS)
        outcome = self._outcome(key, is_new=message[0] != POLL) if is_awaited else None
        try:
            self._wire.tell(outcome, is_idle=key is None)
        except (EOFError, OSError):
            raise
        except BaseException as error:
            if key is None or outcome is None or outcome[0] != ASKS:
                raise
            self.refuse(key, error)
            self._wire.tell(None)

    def _outcome(self, key: int | None, *, is_new: bool) -> Outcome | None:
        if key is None:
            return None
        try:
            return self._outcomes[key].get(timeout=_PATIENCE_SECONDS if is_new else 0)
        except queue.Empty:
            return None

    def _worker(self, key: int, name: str | None) -> queue.SimpleQueue[tuple[str, Any]]:
        """The inbox of a thread; that of a new one of the tests begins, and has the name of that."""
        if key not in self._inboxes:
            self._open(key)
            self._workers += 1
            size = threading.stack_size(_STACK_BYTES)
            self._threads[key] = threading.Thread(target=self._work, args=(key,), daemon=True)
            self._threads[key].start()
            vars(self._threads[key])["_daemonic"] = (
                False  # as most of the tests': others inherit it
            )
            threading.stack_size(size)
        if key in self._threads and name is not None and self._threads[key].name != name:
            self._threads[key].name = name
        return self._inboxes[key]

    def _work(self, key: int) -> None:
        self._own.key = key
        while True:
            self._carry_out(key, self._inboxes[key].get()[1])


def _this_thread() -> list[Any] | None:
    """Name of the thread that runs here, and whether it is a daemon; None for one that nobody knows."""
    known: Any = threading._active.get(threading.get_ident())  # type: ignore[attr-defined] # noqa: SLF001 - another way would make it known
    return None if known is None else [str(known.name), known.daemon]


def _given(kind: str, value: Any) -> Any:
    if kind == "ok!":
        return value
    raise value


def _key_of(message: list[Any]) -> int | None:
    """The conversation of a message: that of the main threads where it names none."""
    key: int | None = message[1] if message[0] == POLL else (message[2] or {}).get("k", MAIN)
    return key
