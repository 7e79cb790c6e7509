"""What cells come from is killed in the middle of a batch: no wrong verdict, and nothing is left."""

from __future__ import annotations

import contextlib
import os
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from soaking.code_cells import everything, kill_one, wardens_and_zygotes, workers
from soaking.code_oracle import CODE
from soaking.oracle import Known, Oracle
from soaking.servers import Server, Servers, wait_for

from veridical.client import Client

KILLS = 12
BATCH = 40
SECONDS = 120.0


@pytest.fixture
def code() -> Iterator[Server]:
    """A code server with two workers; nothing of it is left after the test."""
    servers = Servers()
    try:
        server = servers.start("code", "--workers", "2")
        yield server
        below = everything(server)
    finally:
        servers.close()
    _, alive = psutil.wait_procs(below, timeout=20)
    assert alive == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("chosen", [workers, wardens_and_zygotes], ids=["worker", "cells"])
def test_a_kill_costs_no_verdict(
    code: Server, chosen: Callable[[Server], list[psutil.Process]]
) -> None:
    rng, stop = random.Random(3), threading.Event()
    oracle, faults, count, killed = Oracle(CODE), [], 0, []

    def kill_now_and_then() -> None:
        for _ in range(KILLS):
            if stop.wait(1.0):
                return
            if victims := chosen(code):
                killed.append(rng.choice(victims))
                with contextlib.suppress(psutil.NoSuchProcess):
                    killed[-1].kill()

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    with Client(code.address) as client:
        while killer.is_alive():
            known = oracle.items(BATCH)
            faults += _faults(client, known)
            count += len(known)
            if faults:
                break
    stop.set()
    killer.join()
    assert faults == []
    assert count >= BATCH
    assert len(killed) > KILLS / 2


def test_the_server_comes_back_after_every_kind_of_kill(code: Server) -> None:
    oracle, rng = Oracle(CODE), random.Random(4)
    with Client(code.address) as client:
        assert _faults(client, oracle.items(BATCH)) == []
        for _ in range(4):
            kill_one(code, rng)
        assert _faults(client, oracle.items(BATCH)) == []
    wait_for(lambda: len(workers(code)) == 2, "workers do not come again")


def test_a_killed_server_takes_its_cells_with_it() -> None:
    servers = Servers()
    try:
        code = servers.start("code", "--workers", "2")
        with Client(code.address) as client:
            assert _faults(client, Oracle(CODE).items(BATCH)) == []
        below = everything(code)
        assert len(below) > 2
        os.kill(code.process.pid, 9)
        _, alive = psutil.wait_procs(below, timeout=20)
        assert alive == []
    finally:
        servers.close()


def _faults(client: Client, known: list[Known]) -> list[Any]:
    """What is wrong with the verdicts on a batch."""
    verdicts = client.verify_batch([each.item for each in known], timeout=SECONDS)
    found = (each.fault(verdict) for each, verdict in zip(known, verdicts, strict=True))
    return [fault for fault in found if fault is not None]
