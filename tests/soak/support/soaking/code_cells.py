"""The processes of a code server that may die: its workers, and what their cells come from."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import psutil
from soaking.servers import Server

_HOST = str(Path("/proc/self/ns/pid").readlink())


def workers(server: Server) -> list[psutil.Process]:
    """The worker processes, each the host's end of a slot."""
    return [each for each in server.workers() if _namespace(each) == _HOST]


def wardens_and_zygotes(server: Server) -> list[psutil.Process]:
    """Launchers, wardens and zygotes, but no cell: who kills a cell cannot be told from its program."""
    found: list[psutil.Process] = []
    for worker in workers(server):
        for launcher in _children(worker):
            found.append(launcher)
            for warden in _children(launcher):
                space = _namespace(warden)
                below = (each for each in _below(warden) if _namespace(each) == space)
                found += [warden, *below]
    return found


def kill_one(server: Server, rng: random.Random) -> bool:
    """Kills a worker, or something that its cells come from; False where there was nothing to kill."""
    chosen = rng.choice([workers, wardens_and_zygotes, wardens_and_zygotes])(server)
    if not chosen:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        rng.choice(chosen).kill()
        return True
    return False


def memory(server: Server) -> int:
    """Resident bytes of the server and its workers, which share little."""
    total = 0
    for each in [server.seen, *workers(server)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += each.memory_info().rss
    return total


def everything(server: Server) -> list[psutil.Process]:
    """Every process below a server, cells included."""
    return _below(server.seen)


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return list(process.children())
    return []


def _below(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return list(process.children(recursive=True))
    return []


def _namespace(process: psutil.Process) -> str:
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/{process.pid}/ns/pid").readlink())
    return ""
