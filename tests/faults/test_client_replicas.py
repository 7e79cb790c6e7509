"""Servers die, drain and come back under load: no call fails at the client, and no verdict is wrong."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest

from veridical.client import (
    AsyncClient,
    Client,
    ClientSettings,
    Item,
    KeepaliveSettings,
    LocalSettings,
    math_item,
)

SETTINGS = ClientSettings(
    batch_items=8, stream_items=64, timeout_seconds=60, keepalive=KeepaliveSettings(2, 4)
)
AFTER_SECONDS = 0.7
FROZEN_SECONDS = 12.0
AGED = ("--max-connection-age-seconds", "1")


def fresh(numbers: Iterator[int], count: int) -> list[Item]:
    """Items never seen before; those with odd ids are wrong."""
    made = itertools.islice(numbers, count)
    return [math_item(str(n), str(n), rf"\boxed{{{n + n % 2}}}") for n in made]


class Load:
    """Callers of every kind, who check each verdict."""

    def __init__(self, address: str | list[str]) -> None:
        self._address = address
        self._numbers = itertools.count()
        self._ended = threading.Event()
        self.rounds = 0
        self.slowest = 0.0
        self.instances: set[str] = set()
        self.faults: list[BaseException] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Callers call all the while; before the end all are answered once more."""
        with Client(self._address, settings=SETTINGS) as client:
            calls: list[Callable[[list[Item]], Any]] = [
                lambda items: [client.verify(items[0]), *client.verify_batch(items[1:])],
                client.verify_many,
                lambda items: sorted(client.stream(items), key=lambda v: int(v.id)),
            ]
            threads = [threading.Thread(target=self._call, args=(call,)) for call in calls * 2]
            threads.append(threading.Thread(target=lambda: asyncio.run(self._call_async())))
            for thread in threads:
                thread.start()
            try:
                self._wait_for_rounds()
                yield
                self._wait_for_rounds()
            finally:
                self._ended.set()
                for thread in threads:
                    thread.join(60)
        assert not self.faults

    def _wait_for_rounds(self) -> None:
        until = self.rounds + 14
        while self.rounds < until and not self.faults:
            time.sleep(0.02)

    def _call(self, call: Callable[[list[Item]], Any]) -> None:
        try:
            while not self._ended.is_set():
                items, start = fresh(self._numbers, 30), time.monotonic()
                self._check(items, call(items))
                self.slowest = max(self.slowest, time.monotonic() - start)
        except BaseException as fault:
            self.faults.append(fault)

    async def _call_async(self) -> None:
        try:
            async with AsyncClient(self._address, settings=SETTINGS) as client:
                while not self._ended.is_set():
                    items = fresh(self._numbers, 30)
                    streamed = [verdict async for verdict in client.stream(items)]
                    self._check(items, sorted(streamed, key=lambda v: int(v.id)))
                    items = fresh(self._numbers, 30)
                    self._check(items, await client.verify_many(items))
        except BaseException as fault:
            self.faults.append(fault)

    def _check(self, items: list[Item], verdicts: Any) -> None:
        assert [verdict.id for verdict in verdicts] == [item.id for item in items]
        for verdict in verdicts:
            assert verdict.HasField("reward"), verdict
            assert verdict.reward == 1 - int(verdict.id) % 2
            self.instances.add(verdict.verifier.instance)
        self.rounds += 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "drained"])
@pytest.mark.parametrize("via_gateway", [False, True], ids=["direct", "gateway"])
def test_one_of_two_replicas_goes(
    start_service: Any, how: signal.Signals, via_gateway: bool
) -> None:
    replicas = [start_service("math", "--workers", "1") for _ in range(2)]
    addresses = [replica.address for replica in replicas]
    if via_gateway:
        addresses = [start_service("reward", "--backends", ",".join(addresses)).address]
    load = Load(addresses)
    with load.running():
        status = replicas[0].stop(how)
        time.sleep(AFTER_SECONDS)
    assert status == (0 if how is signal.SIGTERM else -signal.SIGKILL)


def test_the_only_server_goes_and_comes_back(start_service: Any) -> None:
    server = start_service("math", "--workers", "1")
    with Load(server.address).running():
        for how in (signal.SIGKILL, signal.SIGTERM):
            server.stop(how)
            time.sleep(AFTER_SECONDS)
            server = start_service("math", "--workers", "1", address=server.address)


@pytest.mark.parametrize("via_gateway", [False, True], ids=["direct", "gateway"])
def test_a_frozen_replica_holds_no_call_for_long(start_service: Any, via_gateway: bool) -> None:
    replicas = [start_service("math", "--workers", "1") for _ in range(2)]
    addresses = [replica.address for replica in replicas]
    if via_gateway:
        addresses = [start_service("reward", "--backends", ",".join(addresses)).address]
    load = Load(addresses)
    with load.running():
        replicas[0].process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(FROZEN_SECONDS)
        finally:
            replicas[0].process.send_signal(signal.SIGCONT)
    assert 1 < load.slowest < FROZEN_SECONDS


@pytest.mark.parametrize("name", ["math", "reward"])
def test_old_connections_end_without_a_failed_call(
    start_service: Any, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    math = start_service("math", "--workers", "1", *AGED)
    server = math
    if name == "reward":
        server = start_service("reward", "--backends", math.address, *AGED)
    with Load(server.address).running(), Client(server.address, settings=SETTINGS) as client:
        items = fresh(itertools.count(), 80)
        streamed = list(client.stream(slowly(items)))
    assert sorted(int(verdict.id) for verdict in streamed) == list(range(80))
    assert [record.message for record in caplog.records] == []
    log = server.log.read_text()
    assert re.search("VerifyStream.*UNAVAILABLE", log)
    assert re.findall('.*"level": "(?:warning|error)".*', log) == []


def slowly(items: list[Item]) -> Iterator[Item]:
    """The items in some seconds, with a pause that is longer than a stream may become."""
    for number, item in enumerate(items):
        time.sleep(1.5 if number == 20 else 0.05)
        yield item


def test_a_replica_that_joins_under_a_name_gets_load(
    start_service: Any, names: Any, free_port: Callable[[], int]
) -> None:
    port = free_port()
    first = start_service("math", "--workers", "1", *AGED, address=f"127.0.0.1:{port}")
    names.known["math.replicas.test"] = ["127.0.0.1"]
    load = Load(f"dns://127.0.0.1:{names.port}/math.replicas.test:{port}")
    with load.running():
        second = start_service("math", "--workers", "1", *AGED, address=f"127.0.0.2:{port}")
        names.known["math.replicas.test"].append("127.0.0.2")
        wait_until(lambda: len(load.instances) == 2)
    pids = {int(instance.rpartition(":")[2]) for instance in load.instances}
    assert pids == {first.process.pid, second.process.pid}


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("victim", ["veridical.math", "veridical.reward"])
def test_a_killed_local_service_is_restarted(victim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VERIDICAL_")]:
        monkeypatch.delenv(name)
    before = {child.pid for child in psutil.Process().children()}
    with Client.local(local=LocalSettings(workers=1)) as client:
        (suite,) = [c for c in psutil.Process().children() if c.pid not in before]
        with Load(str(client._endpoint.address)).running():
            (process,) = [c for c in suite.children() if victim in c.cmdline()]
            process.kill()
            time.sleep(AFTER_SECONDS)
