"""What the fleet takes for its own while containers start and the daemon lists them."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from veridical.sandbox.docker.containers import Container, ContainerFailed, Engine
from veridical.sandbox.docker.fleet import Fleet


class SlowDaemon:
    """Stands for a daemon that is made to be slow at the moments that matter: real ones seldom are."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.removed: list[str] = []
        self.may_call_back = threading.Event()
        self.may_list = threading.Event()
        self.may_list.set()
        self.lists = threading.Event()

    def start(self, engine: Engine, name: str) -> Container:
        self.names.add(name)
        while not self.may_call_back.wait(0.01):
            if name not in self.names:
                raise ContainerFailed(f"no such container: {name}", retryable=True)
        ours, theirs = socket.socketpair()
        theirs.close()
        return Container(name, engine, ours, time.time())

    def remove(self, name: str) -> None:
        self.removed.append(name)
        self.names.discard(name)

    def found(self) -> dict[str, bool]:
        self.lists.set()
        self.may_list.wait(10)
        return dict.fromkeys(self.names, False)


@pytest.fixture
def daemon() -> SlowDaemon:
    return SlowDaemon()


@pytest.fixture
def fleet(daemon: SlowDaemon) -> Fleet:
    return Fleet(daemon, spares=0, max_slots=4)


def test_a_sweep_leaves_what_starts_while_the_daemon_lists(
    fleet: Fleet, daemon: SlowDaemon
) -> None:
    daemon.may_list.clear()
    sweeper = threading.Thread(target=fleet.sweep)
    sweeper.start()
    assert daemon.lists.wait(10)
    starter = threading.Thread(target=fleet.take, args=(Engine.DOCKER,))
    starter.start()
    while not daemon.names:
        time.sleep(0.01)
    daemon.may_list.set()
    sweeper.join(10)
    assert daemon.removed == []
    daemon.may_call_back.set()
    starter.join(10)
    assert len(fleet.listed()) == 1
    fleet.close()
    assert daemon.names == set()


def test_closing_does_not_wait_for_what_starts(fleet: Fleet, daemon: SlowDaemon) -> None:
    failures: list[ContainerFailed] = []

    def start() -> None:
        try:
            fleet.take(Engine.GVISOR)
        except ContainerFailed as error:
            failures.append(error)

    starter = threading.Thread(target=start)
    starter.start()
    while not daemon.names:
        time.sleep(0.01)
    fleet.close()
    starter.join(10)
    assert len(failures) == 1
    assert daemon.names == set()
    with pytest.raises(ContainerFailed, match="stopping"):
        fleet.take(Engine.GVISOR)
