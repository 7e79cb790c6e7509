"""The containers that a broker has: which are taken, which wait, and which must go."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator

from veridical.sandbox.docker.containers import (
    Container,
    ContainerFailed,
    Containers,
    Engine,
    new_name,
)
from veridical.sandbox.docker.protocol import ListedSlot

_CLOSE_SECONDS = 30.0
_POLL_SECONDS = 0.2


class Fleet:
    """Hands out containers, keeps some started ahead, removes all that nobody has.

    Every method may be called from any thread.
    """

    def __init__(self, containers: Containers, *, spares: int, max_slots: int) -> None:
        self._containers = containers
        self._spares = spares
        self._max_slots = max_slots
        self._lock = threading.Lock()
        self._refilling = threading.Lock()
        self._closed = False
        self._opening = 0
        self._starting: set[str] = set()
        self._taken: dict[str, Container] = {}
        self._waiting: dict[Engine, deque[Container]] = {engine: deque() for engine in Engine}

    def take(self, engine: Engine) -> Container:
        """A container that is the caller's until it is released.

        Raises:
            ContainerFailed: None could be had.
        """
        with self._place():
            while spare := self._take_spare(engine):
                if spare.is_alive():
                    return spare
                self.release(spare)
            return self._start(engine, taken=True)

    def release(self, container: Container) -> None:
        """Removes a container; if the daemon is away, a later sweep does."""
        container.stream.close()
        with contextlib.suppress(ContainerFailed):
            self._containers.remove(container.name)
        with self._lock:
            self._taken.pop(container.name, None)

    def refill(self, engine: Engine) -> None:
        """Starts what is missing of the spares, one after the other."""
        with self._refilling, contextlib.suppress(ContainerFailed):
            while len(self._waiting[engine]) < self._spares:
                self._start(engine, taken=False)

    def sweep(self) -> None:
        """Removes what is overdue, and what has this broker's label and is not known to it.

        Raises:
            ContainerFailed: The daemon is away.
        """
        self._drop_dead_spares()
        # Before what is known: a start tells its container's name and makes it then.
        found = self._containers.found()
        with self._lock:
            waiting = [spare.name for spares in self._waiting.values() for spare in spares]
            known = self._starting | self._taken.keys() | set(waiting)
        for name, is_overdue in found.items():
            if is_overdue or name not in known:
                self._containers.remove(name)

    def listed(self) -> tuple[ListedSlot, ...]:
        """All containers that are started, the oldest first."""
        with self._lock:
            waiting = [spare for spares in self._waiting.values() for spare in spares]
            pairs = [(one, True) for one in self._taken.values()] + [
                (one, False) for one in waiting
            ]
        now = time.time()
        return tuple(
            ListedSlot(one.name, one.engine.value, round(now - one.started, 3), taken)
            for one, taken in sorted(pairs, key=lambda pair: pair[0].started)
        )

    def close(self) -> None:
        """Removes everything, also what is being started; nothing is started any more."""
        with self._lock:
            self._closed = True
            spares = [spare for spares in self._waiting.values() for spare in spares]
            for waiting in self._waiting.values():
                waiting.clear()
            taken = list(self._taken.values())
        for container in spares + taken:
            self.release(container)
        deadline = time.monotonic() + _CLOSE_SECONDS
        while time.monotonic() < deadline:
            with self._lock:
                is_idle = not self._starting
            if self._all_removed() and is_idle:
                return
            time.sleep(_POLL_SECONDS)

    def _all_removed(self) -> bool:
        """Removes what is found; what is being started fails when its container goes, and so ends."""
        try:
            found = self._containers.found()
        except ContainerFailed:  # the daemon is away: the next broker's sweep will
            return True
        for name in found:
            # The daemon refuses what it is removing already, for another caller.
            with contextlib.suppress(ContainerFailed):
                self._containers.remove(name)
        return not found

    def _start(self, engine: Engine, *, taken: bool) -> Container:
        name = new_name()
        with self._lock:
            if self._closed:
                raise ContainerFailed("the broker is stopping", retryable=True)
            self._starting.add(name)
        try:
            container = self._containers.start(engine, name)
            with self._lock:
                if taken:
                    self._taken[name] = container
                else:
                    self._waiting[engine].append(container)
        finally:
            with self._lock:
                self._starting.discard(name)
        return container

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        with self._lock:
            if len(self._taken) + self._opening >= self._max_slots:
                raise ContainerFailed(f"{self._max_slots} slots are open", retryable=True)
            self._opening += 1
        try:
            yield
        finally:
            with self._lock:
                self._opening -= 1

    def _take_spare(self, engine: Engine) -> Container | None:
        with self._lock:
            waiting = self._waiting[engine]
            if not waiting:
                return None
            spare = waiting.popleft()
            self._taken[spare.name] = spare
            return spare

    def _drop_dead_spares(self) -> None:
        with self._lock:
            dead = [
                spare
                for spares in self._waiting.values()
                for spare in spares
                if not spare.is_alive()
            ]
            for spare in dead:
                self._waiting[spare.engine].remove(spare)
        for spare in dead:
            self.release(spare)
