"""The tests' side of conversations of several threads; see `solution.crew` for the other.

Each thread of the tests asks for itself: what takes its time makes it wait and ask again, while others go on.
What threads of the program ask is answered in threads kept for that; a listener hears of it while the tests
do something else.
"""

from __future__ import annotations

import _thread
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from veridical.code.cell.values.plain import ViolationError

if TYPE_CHECKING:
    from veridical.code.cell.judge.proxy.link import Link

MAIN = 0
"""The key of the conversation of both main threads; other threads of the tests have positive ones."""
POLL = "poll!"
LISTENER = None
"""The key of who only listens."""
MAX_ANSWERING = 128
"""Threads of the program that are answered at the same time; what more of them ask waits."""
MAX_WAITING = 10_000
"""More than the threads that a cell can have."""
_LISTEN_SECONDS, _TURN_SECONDS = 0.005, 0.002
_KEPT_SECONDS = 1.0
"""How long a thread waits for one of the program's to ask again."""
_PAUSES = (0.0002, 0.0004, 0.0008, 0.0016, 0.002)
"""Seconds before a thread asks again, the more the longer it takes."""
_sleep = time.sleep  # which tests may patch

Answer = Callable[[], list[Any]]
Asked = tuple[int, Answer]
"""The key of a thread of the program, and what answers it."""


def stand_for(thread: Any = None, *_: Any) -> None:
    """Has this thread have the name of one of the program, if one is told, and be a daemon if that is."""
    if type(thread) is list and tuple(map(type, thread)) == (str, bool):
        here = threading.current_thread()
        here.name, vars(here)["_daemonic"] = thread


class Turn:
    """The right to talk with the program: of one thread at a time, which may take it again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._owner = -1

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1
        self._owner = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = -1
        self._lock.release()

    @contextmanager
    def given(self) -> Generator[None, None, None]:
        """Lets other threads talk, unless this one is reading what it was told."""
        if self._owner != threading.get_ident() or self._depth > 1:
            yield
            return
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


class Crew:
    """The threads of one conversation.

    Args:
        link: The conversation.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._own = threading.local()
        self._last = MAIN
        self._is_several = False
        self._is_listening = False
        self._guard = threading.Lock()
        self._asked: dict[int, queue.SimpleQueue[Answer]] = {}
        self._over: list[tuple[int, Answer]] = []
        self._turning: weakref.WeakSet[Any] = weakref.WeakSet()

    @property
    def key(self) -> int | None:
        """The conversation of this thread."""
        if threading.get_ident() == threading.main_thread().ident:
            return MAIN
        if not hasattr(self._own, "key"):
            with self._guard:
                self._last += 1
                self._own.key = self._last
        key: int | None = self._own.key
        return key

    @property
    def is_several(self) -> bool:
        """Whether there are more threads than one on either side, or were."""
        self._is_several = self._is_several or threading.active_count() > 1
        return self._is_several

    def wait(self, attempt: int) -> list[Any]:
        """Lets others talk for a while; the message that asks again."""
        self._is_several = True
        with self._link.turn.given():
            _sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
        return [POLL, self.key]

    def hear(self, *, has_threads: bool, asked: Sequence[Asked]) -> None:
        """Hears that the program has threads, and what those ask: their keys, and what answers them."""
        if has_threads and not self._is_listening:
            self._is_listening = True
            _thread.start_new_thread(self._listen, ())
        for key, answer in asked:
            self._is_several = True
            with self._guard:
                self._hear_one(key, answer)

    def _hear_one(self, key: int, answer: Answer) -> None:
        if key not in self._asked and len(self._asked) == MAX_ANSWERING:
            if len(self._over) > MAX_WAITING:
                raise ViolationError("more threads than there are")
            self._over.append((key, answer))
            return
        if key not in self._asked:
            self._asked[key] = queue.SimpleQueue()
            _thread.start_new_thread(self._answer, (key, self._asked[key]))
        elif self._asked[key].qsize() > 1:
            raise ViolationError("a thread that asks without an answer")
        self._asked[key].put(answer)

    def keep_turning(self) -> None:
        """Lets the program's tasks go on for as long as the tests' loop runs that is running here."""
        asyncio: Any = sys.modules.get("asyncio")
        loop = None if asyncio is None else asyncio._get_running_loop()  # noqa: SLF001 - None if none runs
        if loop is not None and loop not in self._turning:
            self._turning.add(loop)
            loop.call_later(_TURN_SECONDS, self._turn, loop)

    def _turn(self, loop: Any) -> None:
        self._turning.discard(loop)
        if self._link.fault is None:
            self._link.operate("turn")

    def _listen(self) -> None:
        """Hears, as long as the program has threads, what they ask."""
        self._own.key = LISTENER
        link = self._link
        while link.fault is None:
            _sleep(_LISTEN_SECONDS)
            with link.turn:
                if not link.has_threads:
                    self._is_listening = False
                    return
                if not self._say(lambda: [POLL, LISTENER]):
                    return

    def _answer(self, key: int, asked: queue.SimpleQueue[Answer]) -> None:
        """Answers one thread of the program, until it asks no more; then those that were too many."""
        while self._answer_one(key, asked):
            pass
        with self._guard:
            over, self._over = self._over[:1], self._over[1:]
            for other, answer in over:
                self._hear_one(other, answer)

    def _answer_one(self, key: int, asked: queue.SimpleQueue[Answer]) -> bool:
        """Answers once; whether the thread may ask again."""
        self._own.key = key
        try:
            answer = asked.get(timeout=0 if self._over else _KEPT_SECONDS)
        except queue.Empty:
            with self._guard:
                if asked.empty():
                    del self._asked[key]
                return key in self._asked
        with self._link.turn:
            if self._say(answer):
                return True
        with self._guard:
            del self._asked[key]
        return False

    def _say(self, message: Callable[[], list[Any]]) -> bool:
        """Tells the program something that leads to nothing; whether it goes on."""
        link = self._link
        try:
            link.hear_aside(link.converse(message()))
        except (EOFError, OSError):
            return False  # who asks it for something next will find out
        except ViolationError as fault:
            link.broken(str(fault))
            return False
        except BaseException:  # what ended the judgement is noted
            return False
        return True
