"""Workers and servers that are killed or told to go, while others ask them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from soaking.load import Load
from soaking.servers import START_SECONDS, Server, Servers, assert_healthy, until, wait_for


async def test_a_worker_killed_each_second(servers: Servers, share: Callable[[float], int]) -> None:
    math = servers.start("math", "--workers", "3")
    gateway = servers.start("reward", "--backends", math.address)
    kills = share(60)
    # Few items, since each worker that dies costs a second of a processor, and what it had done.
    async with Load(gateway.address, items=8) as load:
        for _ in range(kills):
            # Where workers start slowly, those that serve would be no more than those killed.
            await until(lambda: _serving(math) > 1, "workers do not come again", START_SECONDS)
            oldest = min(math.workers(), key=lambda worker: worker.create_time())
            oldest.kill()
            await asyncio.sleep(1)
        await load.progress()
    load.tally.check()
    assert math.metric("veridical_worker_restarts_total", reason="crashed") == kills
    wait_for(math.idle, "items left in the verifier")
    assert_healthy(gateway.address)
    assert not math.exceptions()


def _serving(math: Server) -> float:
    """How many workers can take items."""
    return sum(math.metric("veridical_workers", state=state) for state in ("idle", "busy"))


@pytest.fixture(params=["gateway", "direct"])
def replicas(request: Any, servers: Servers) -> tuple[list[Server], list[str]]:
    """Two math verifiers, and whom to ask: a gateway before them, or themselves."""
    both = [servers.start("math", "--workers", "1") for _ in range(2)]
    addresses = [each.address for each in both]
    if request.param == "direct":
        return both, addresses
    return both, [servers.start("reward", "--backends", ",".join(addresses)).address]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_one_of_two_replicas_goes_and_comes_again(
    servers: Servers,
    replicas: tuple[list[Server], list[str]],
    how: signal.Signals,
    share: Callable[[float], int],
) -> None:
    both, asked = replicas
    async with Load(asked) as load:
        for _ in range(share(10)):
            gone = both.pop(0)
            status = await asyncio.to_thread(gone.stop, how)
            assert status == (0 if how == signal.SIGTERM else -how)
            await load.progress()
            again = ("math", "--workers", "1")
            both.append(
                await asyncio.to_thread(lambda: servers.start(*again, address=gone.address))  # noqa: B023
            )
            await load.progress()
    load.tally.check()
    assert_healthy(*asked)


@pytest.fixture
def suite(servers: Servers) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """All services of a machine under their supervisor, as `veridical up` runs them."""
    address = f"unix:{servers.folder}/g"
    command = [sys.executable, "-m", "veridical.suite", "--listen", address, "--json"]
    command += ["--workers", "1", "--owner-pid", str(os.getpid())]
    log = (servers.folder / "suite.log").open("wb")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["state"] == "ready":
            break
    yield process, address
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    log.close()
    assert process.returncode == 0


async def test_the_only_verifier_is_killed_and_started_again(
    suite: tuple[subprocess.Popen[str], str], share: Callable[[float], int]
) -> None:
    process, address = suite
    supervisor = psutil.Process(process.pid)
    await asyncio.to_thread(assert_healthy, address)
    killed = set()
    async with Load(address) as load:
        for _ in range(share(6) + 1):
            math = _math_of(supervisor)
            killed.add(math.pid)
            math.kill()
            await load.progress(200)
    load.tally.check()
    assert len(killed) == share(6) + 1
    await asyncio.to_thread(assert_healthy, address)


def _math_of(supervisor: psutil.Process) -> psutil.Process:
    """The math verifier that runs now."""
    found = [child for child in supervisor.children() if "veridical.math" in child.cmdline()]
    assert len(found) == 1
    return found[0]
