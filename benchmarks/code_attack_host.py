"""What a code server leaves on its host: processes, mounts, cgroups, shared memory, files, containers."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import psutil
from code_attack_programs import read_honest, read_tasks, right_item
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from harness import wait_until_serving

from veridical.client import Client
from veridical.sandbox.docker.client import list_slots

SETTLE_SECONDS = 10.0
_WARM_UP_SECONDS = 300.0
_POLL_SECONDS = 0.05
_WARM = 4
"""Zygotes and standing judges for imports that a worker first met after `settle`; a leak has no bound."""
_CGROUPS = Path("/sys/fs/cgroup")
_STAT_START = 19
_SHARED = ("/tmp", "/dev/shm", "/var/tmp")
_PLANTED = {"planted", "flood", "sparse", "notes.txt", "result.json", "reward.txt", "conftest.py"}
"""Names that attacks give to files, where they could write outside of a cell."""
_CGROUP = re.compile(r"veridical-slot-(\d+-\d+)-")
"""Names the process that made it, by its id and the tick of its start: ids come round again."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Counts of what an attack could leave behind; compared with those before it.

    Attributes:
        processes: Processes below the server.
        zombies: Those of them that ended and were not waited for.
        mounts: Mounts that came after `settle`, in the eyes of processes that were there then.
        cgroups: Control groups of the processes that are or were below the server.
        ipc: System V segments, queues and semaphores of the host.
        files: Files that an attack's names were found on.
        containers: Containers that the broker has given out, or has ready.
    """

    processes: int
    zombies: int
    mounts: int
    cgroups: int
    ipc: int
    files: int
    containers: int

    def more_than(self, before: Leftovers) -> list[str]:
        """Names of the counts that have grown, some processes that serve many submissions aside."""
        grown = {name: getattr(self, name) - getattr(before, name) for name in self.__slots__}
        return [
            name for name, more in grown.items() if more > (_WARM if name == "processes" else 0)
        ]


class CodeServer:
    """A code server process in a folder of its own.

    Attributes:
        address: Where it listens.
        process: The server; its workers and cells are below it.
        folder: Its working folder, and its folder for temporary files.
        broker: Where it has its containers from, if it has any.
    """

    def __init__(
        self, address: str, process: subprocess.Popen[bytes], folder: Path, broker: str
    ) -> None:
        self.address = address
        self.process = process
        self.folder = folder
        self.broker = broker
        self._settled: Leftovers | None = None
        self._seen: set[int] = set()
        self._owners: set[str] = set()
        self._mounts: dict[int, int] = {}

    def below(self) -> list[psutil.Process]:
        """Every process below the server, cells included."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def look(self) -> Leftovers:
        """What there is now."""
        below = self.below()
        self._seen.update(each.pid for each in below)
        self._owners.update(map(_owner, below))
        return Leftovers(
            processes=len(below),
            zombies=sum(map(_is_zombie, below)),
            mounts=sum(max(0, _mounts(pid) - before) for pid, before in self._mounts.items()),
            cgroups=_cgroups(self._owners),
            ipc=sum(len(_lines(f"/proc/sysvipc/{kind}")) for kind in ("shm", "msg", "sem")),
            files=_planted_files(self.folder),
            containers=len(list_slots(Path(self.broker))) if self.broker else 0,
        )

    def settle(self) -> None:
        """Takes what there is, after a moment of quiet, as what is allowed from now on."""
        last, end = self.look(), time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < end:
            time.sleep(5 * _POLL_SECONDS)
            now = self.look()
            if now == last:
                break
            last = now
        self._mounts = {pid: _mounts(pid) for pid in self._seen}
        self._settled = last

    def left(self) -> list[str]:
        """What is there beyond what `settle` found, once it had time to go."""
        assert self._settled is not None
        end = time.monotonic() + SETTLE_SECONDS
        while grown := (now := self.look()).more_than(self._settled):
            if time.monotonic() > end:
                return [
                    f"{name}: {getattr(self._settled, name)} then {getattr(now, name)}"
                    for name in grown
                ]
            time.sleep(_POLL_SECONDS)
        return []


@contextlib.contextmanager
def code_server(*flags: str, broker: str = "") -> Iterator[CodeServer]:
    """Runs a code server until the context ends; nothing of it may be left then."""
    flags += ("--broker", broker) if broker else ()
    with tempfile.TemporaryDirectory(prefix="vc-") as name:
        folder = Path(name)
        address = f"unix:{folder}/s"
        command = [
            sys.executable,
            "-m",
            "veridical.code",
            "--listen",
            address,
            "--log-level",
            "error",
        ]
        (folder / "secret").write_text("tangerine-7431")
        environment = {**os.environ, "TMPDIR": name, "VERIDICAL_DIE_WITH_PARENT": str(os.getpid())}
        environment["PASSWORD_OF_THE_HOST"] = "tangerine-7431"
        process = subprocess.Popen([*command, *flags], cwd=folder, env=environment)
        server = CodeServer(address, process, folder, broker)
        try:
            wait_until_serving(address, process)
            yield server
            below = server.below()
        finally:
            process.terminate()
            process.wait(60)
    _, alive = psutil.wait_procs(below, timeout=SETTLE_SECONDS)
    if alive:
        raise RuntimeError(f"left after the server: {alive}")


def warm_up(server: CodeServer, rounds: int) -> None:
    """Has each worker use every kind of cell, and takes what there is then as what may stay."""
    items = [right_item(each) for each in read_tasks().values()]
    items += [each.item() for each in read_honest() if "numpy" in each.program]
    with Client(server.address) as client:
        for number in range(rounds):
            for item in items:
                item.response += f"\n# {number}\n"
            client.verify_batch(items, timeout=_WARM_UP_SECONDS)
    server.settle()


def health_seconds(address: str, tries: int = 1) -> float:
    """The shortest time in which health answered SERVING.

    Raises:
        RuntimeError: It answered otherwise.
    """
    times: list[float] = []
    with grpc.insecure_channel(address) as channel:
        stub = HealthStub(channel)
        grpc.channel_ready_future(channel).result(timeout=10)
        for _ in range(tries):
            start = time.perf_counter()
            reply = stub.Check(HealthCheckRequest(), timeout=30)
            times.append(time.perf_counter() - start)
            if reply.status != HealthCheckResponse.SERVING:
                raise RuntimeError(f"{address} is not serving")
    return min(times)


def _is_zombie(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    return False


def _mounts(pid: int) -> int:
    """How many mounts a process sees in a namespace of its own."""
    with contextlib.suppress(OSError):
        if _namespace(pid) != _namespace(os.getpid()):
            return len(_lines(f"/proc/{pid}/mountinfo"))
    return 0


def _namespace(pid: int) -> Path:
    return Path(f"/proc/{pid}/ns/mnt").readlink()


def _lines(path: str) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(path).read_text().splitlines()
    return []


def _cgroups(owners: set[str]) -> int:
    """Control groups that were made by one of these processes."""
    names = (name for _, folders, _ in os.walk(_CGROUPS) for name in folders)
    return sum(found[1] in owners for name in names if (found := _CGROUP.match(name)))


def _owner(process: psutil.Process) -> str:
    """A process as the names of control groups have it."""
    stat = " ".join(_lines(f"/proc/{process.pid}/stat"))
    fields = stat.rpartition(")")[2].split()
    return f"{process.pid}-{fields[_STAT_START]}" if fields else ""


def _planted_files(folder: Path) -> int:
    """Files of the server's folder, and files that attacks name, where all may write."""
    planted = sum(each.name in _PLANTED for shared in _SHARED for each in Path(shared).iterdir())
    return planted + sum(len(names) for _, _, names in os.walk(folder))
