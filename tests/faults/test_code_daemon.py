"""The Docker daemon goes under a loaded code server: nothing is blamed on programs, and all comes back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Self

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
CALLERS = 3
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


@contextmanager
def serving(broker: RunningBroker, backend: str) -> Iterator[Server]:
    """A code server with two workers, whose cells are in containers."""
    with closing(Servers()) as servers:
        flags = ("--backend", backend, "--broker", str(broker.socket))
        yield servers.start("code", "--workers", "2", *flags)


class Load:
    """Callers that ask for verdicts that are known, one batch after the other, while in the context."""

    def __init__(self, server: Server) -> None:
        self._address = server.address
        self._done = threading.Event()
        self._callers = [threading.Thread(target=self._ask) for _ in range(CALLERS)]
        self._right: list[str] = []
        self._undecided: list[str] = []
        self.wrong: list[Any] = []

    def __enter__(self) -> Self:
        for caller in self._callers:
            caller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for caller in self._callers:
            caller.join(SECONDS)

    @property
    def right(self) -> int:
        """Verdicts that are right."""
        return len(self._right)

    @property
    def given(self) -> int:
        """Verdicts that are right or undecided."""
        return self.right + len(self._undecided)

    def _ask(self) -> None:
        oracle = Oracle(CODE)
        with Client(self._address, settings=_ONCE) as client:
            while not self._done.is_set():
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
                self._undecided.append(verdict.id)
            elif fault is not None:
                self.wrong.append(fault)
            else:
                self._right.append(verdict.id)


@pytest.mark.parametrize(
    ("backend", "how"),
    [("docker", signal.SIGTERM), ("docker", signal.SIGKILL), ("gvisor", signal.SIGKILL)],
)
def test_the_daemon_stops_and_comes_back_under_load(
    engine: Engine, broker: RunningBroker, backend: str, how: signal.Signals
) -> None:
    with serving(broker, backend) as code, Load(code) as load:
        wait_until(lambda: load.right > CALLERS * BATCH, "verdicts are given")
        with engine.stopped(how):
            before = load.given
            # A killed daemon leaves its containers, which the next one ends.
            wait_until(lambda: load.given > before + CALLERS * BATCH, "verdicts go on")
        before = load.right
        wait_until(lambda: load.right > before + CALLERS * BATCH, "they are decided again")
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
