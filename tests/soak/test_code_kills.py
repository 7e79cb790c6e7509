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
_KILLS_A_SERVER = 5
_TIMEOUT = 300.0
_FLAGS = ("--workers", "1", "--cpu-seconds", "10")


async def test_workers_wardens_zygotes_and_servers_killed(
    servers: Servers, share: Callable[[float], int]
) -> None:
    """Of two servers one lives through all, so that its memory can be measured."""
    steady, mortal = (servers.start("code", *_FLAGS) for _ in range(2))
    rng, kills, deaths = random.Random(5), 0, 0
    load = Load(
        [steady.address, mortal.address], batches=1, items=16, timeout=_TIMEOUT, oracle=Oracle(CODE)
    )
    async with load:
        await load.progress(_WARM_RUNS)
        before, goal = memory(steady), load.tally.right + share(_RUNS)
        while load.tally.right < goal:
            if rng.randrange(_KILLS_A_SERVER) == 0:
                mortal = await _reborn(servers, mortal, rng)
                deaths += 1
            else:
                kills += await asyncio.to_thread(kill_one, rng.choice((steady, mortal)), rng)
            await asyncio.sleep(_SECONDS_A_KILL)
            await load.progress(1)
    load.tally.check(least=share(_RUNS))
    slowest = load.tally.slowest_seconds
    print(
        f"{load.tally.right} verdicts, {kills} kills, {deaths} of servers, slowest {slowest:.1f} s"
    )
    assert kills
    assert deaths
    await until(steady.idle, "items left")
    grown = memory(steady) - before
    print(f"memory grew by {grown / 2**20:.1f} MiB")
    assert grown < _GROWTH_BYTES
    for server in (steady, mortal):
        assert not server.exceptions()
        await _assert_nothing_is_left(server, signal.SIGTERM)


async def _reborn(servers: Servers, server: Server, rng: random.Random) -> Server:
    """Ends a server, one way or the other, and starts it again."""
    await _assert_nothing_is_left(server, rng.choice((signal.SIGKILL, signal.SIGTERM)))
    return await asyncio.to_thread(servers.start, "code", *_FLAGS, address=server.address)


async def _assert_nothing_is_left(server: Server, how: signal.Signals) -> None:
    """Ends a server, and waits until all its processes are gone."""
    below = everything(server)
    await asyncio.to_thread(server.stop, how)
    _, alive = await asyncio.to_thread(psutil.wait_procs, below, SETTLE_SECONDS)
    assert alive == []
