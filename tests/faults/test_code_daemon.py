"""The Docker daemon goes under a loaded code server: nothing is blamed on programs, and all comes back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from engine_daemon import Engine, RunningBroker, brokers, the_engine, wait_until
from soaking.code_oracle import CODE
from soaking.oracle import Known, Oracle
from soaking.servers import Server, Servers

from veridical.api.v1.task_pb2 import OUTCOME_UNDECIDED
from veridical.client import Client, ClientSettings, RetrySettings, VeridicalError
from veridical.sandbox.docker.client import list_slots

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

BATCH = 8
SECONDS = 120.0
_ONCE = ClientSettings(retry=RetrySettings(items=False))
"""An item that came back undecided must be seen, not sent again."""


@pytest.fixture
def engine() -> Engine:
    return the_engine()


@pytest.fixture
def broker(engine: Engine) -> Iterator[RunningBroker]:
    with brokers(engine) as start:
        yield start()


@pytest.fixture
def code(broker: RunningBroker) -> Iterator[Server]:
    """A code server with two workers, whose cells are in containers."""
    with closing(Servers()) as servers:
        flags = ("--backend", "docker", "--broker", str(broker.socket))
        yield servers.start("code", "--workers", "2", *flags)


class Load(threading.Thread):
    """Asks for verdicts that are known, one batch after the other."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._address = server.address
        self.done = threading.Event()
        self.right = self.undecided = 0
        self.wrong: list[Any] = []

    def run(self) -> None:
        oracle = Oracle(CODE)
        with Client(self._address, settings=_ONCE) as client:
            while not self.done.is_set():
                self._batch(client, oracle.items(BATCH))

    def _batch(self, client: Client, known: list[Known]) -> None:
        try:
            verdicts = client.verify_batch([each.item for each in known], timeout=SECONDS)
        except VeridicalError as error:
            self.wrong.append(error)
            return
        for each, verdict in zip(known, verdicts, strict=True):
            fault = each.fault(verdict)
            if verdict.outcome == OUTCOME_UNDECIDED and not verdict.HasField("reward"):
                self.undecided += 1
            elif fault is not None:
                self.wrong.append(fault)
            else:
                self.right += 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_daemon_stops_and_comes_back_under_load(
    engine: Engine, code: Server, how: signal.Signals
) -> None:
    load = Load(code)
    load.start()
    try:
        wait_until(lambda: load.right > 3 * BATCH, "verdicts are given")
        with engine.stopped(how):
            before = load.right + load.undecided
            # A killed daemon leaves its containers, which the next one ends.
            wait_until(lambda: load.right + load.undecided > before + BATCH, "verdicts go on")
        before = load.right
        wait_until(lambda: load.right > before + 3 * BATCH, "they are decided again, by themselves")
    finally:
        load.done.set()
        load.join(SECONDS)
    assert load.wrong == []


def test_a_server_that_started_without_the_daemon_serves_once_it_is_there(
    engine: Engine, broker: RunningBroker
) -> None:
    known = Oracle(CODE).items(BATCH)
    flags = ("--workers", "2", "--backend", "docker", "--broker", str(broker.socket))
    with closing(Servers()) as servers:
        with engine.stopped():
            code = servers.start("code", *flags)
            with Client(code.address, settings=_ONCE) as client:
                away = client.verify_batch([each.item for each in known], timeout=SECONDS)
            assert {verdict.outcome for verdict in away} == {OUTCOME_UNDECIDED}
        with Client(code.address, settings=_ONCE) as client:
            wait_until(lambda: _all_right(client, known), "programs are judged")


def test_a_server_that_is_killed_takes_only_its_own_containers(broker: RunningBroker) -> None:
    known = Oracle(CODE).items(BATCH)
    flags = ("--workers", "1", "--backend", "docker", "--broker", str(broker.socket))
    with closing(Servers()) as servers:
        killed, other = (servers.start("code", *flags) for _ in range(2))
        assert len(list_slots(broker.socket)) == 2
        killed.stop(signal.SIGKILL)
        wait_until(lambda: len(list_slots(broker.socket)) == 1, "its container goes")
        with Client(other.address, settings=_ONCE) as client:
            assert _all_right(client, known)
        assert len(list_slots(broker.socket)) == 1


def _all_right(client: Client, known: list[Known]) -> bool:
    verdicts = client.verify_batch([each.item for each in known], timeout=SECONDS)
    assert all(
        verdict.outcome == OUTCOME_UNDECIDED or each.fault(verdict) is None
        for each, verdict in zip(known, verdicts, strict=True)
    )
    return all(verdict.outcome != OUTCOME_UNDECIDED for verdict in verdicts)
