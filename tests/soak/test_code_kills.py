"""Workers, wardens, zygotes and whole servers of the code verifier are killed under load.

No wrong verdict, no lost one, nothing left of what was killed, and memory as it was.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable

import psutil
from soaking.code_cells import everything, kill_one, memory
from soaking.code_oracle import CODE
from soaking.load import Load
from soaking.oracle import Oracle
from soaking.servers import SETTLE_SECONDS, Server, Servers, until

_RUNS = 20_000
_WARM_RUNS = 400
_GROWTH_BYTES = 50 << 20
_SECONDS_A_KILL = 1.0
_TIMEOUT = 300.0
_FLAGS = ("--workers", "2", "--cpu-seconds", "10")


def _load(*servers: Server) -> Load:
    """Callers of every kind on items that no cache knows."""
    addresses = [each.address for each in servers]
    return Load(addresses, batches=1, items=16, timeout=_TIMEOUT, oracle=Oracle(CODE))


async def test_workers_wardens_and_zygotes_killed(
    servers: Servers, share: Callable[[float], int]
) -> None:
    code = servers.start("code", *_FLAGS)
    rng, kills = random.Random(5), 0
    async with _load(code) as load:
        await load.progress(_WARM_RUNS)
        before, goal = memory(code), load.tally.right + share(_RUNS)
        while load.tally.right < goal:
            kills += await asyncio.to_thread(kill_one, code, rng)
            await asyncio.sleep(_SECONDS_A_KILL)
            await load.progress(1)
    load.tally.check(least=share(_RUNS))
    print(f"{load.tally.right} verdicts, {kills} kills, slowest {load.tally.slowest_seconds:.1f} s")
    await until(code.idle, "items left")
    grown = memory(code) - before
    print(f"memory grew by {grown / 2**20:.1f} MiB")
    assert grown < _GROWTH_BYTES
    assert not code.exceptions()
    await _assert_nothing_is_left(code, signal.SIGTERM)


async def test_one_of_two_servers_goes_and_comes_again(
    servers: Servers, share: Callable[[float], int]
) -> None:
    flags = ("--workers", "1")
    both = [servers.start("code", *flags) for _ in range(2)]
    async with _load(*both) as load:
        for number in range(share(20)):
            gone = both.pop(0)
            how = signal.SIGKILL if number % 2 == 0 else signal.SIGTERM
            await _assert_nothing_is_left(gone, how)
            await load.progress(100)
            again = await asyncio.to_thread(servers.start, "code", *flags, address=gone.address)
            both.append(again)
            await load.progress(100)
    load.tally.check()


async def _assert_nothing_is_left(server: Server, how: signal.Signals) -> None:
    """Ends a server, and waits until all its processes are gone."""
    below = everything(server)
    await asyncio.to_thread(server.stop, how)
    _, alive = await asyncio.to_thread(psutil.wait_procs, below, SETTLE_SECONDS)
    assert alive == []
