"""No disk to write to, no descriptors to have, and a wall clock that jumps."""

from __future__ import annotations

import asyncio
import json
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from google.protobuf import json_format
from soaking.load import Load
from soaking.oracle import Oracle
from soaking.servers import Servers, assert_healthy, free_port, wait_for

_FULL = Path("/dev/full")
_SHIM = Path(__file__).parent / "support" / "wall_clock.c"
_DESCRIPTORS = 64


async def test_a_log_that_cannot_be_written(
    servers: Servers, share: Callable[[float], int]
) -> None:
    flags = ("--log-level", "debug")
    math = servers.start("math", "--workers", "2", *flags, stderr=_FULL)
    gateway = servers.start("reward", "--backends", math.address, *flags, stderr=_FULL)
    async with Load(gateway.address) as load:
        await asyncio.sleep(share(30))
        for worker in math.workers()[:1]:
            worker.kill()
        await load.progress()
    load.tally.check()
    assert_healthy(gateway.address, math.address)
    assert gateway.stop() == 0
    assert math.stop() == 0


def test_verdicts_that_find_no_room_are_written_by_the_next_run(
    servers: Servers, tmp_path: Path
) -> None:
    math = servers.start("math", "--workers", "1")
    known = Oracle().items(1000)
    items, out = tmp_path / "items.jsonl", tmp_path / "verdicts.jsonl"
    lines = [
        json_format.MessageToDict(each.item, preserving_proto_field_name=True) for each in known
    ]
    items.write_text("".join(json.dumps(line) + "\n" for line in lines))
    # A bound on the file's size fails a write as a full disk does, for everybody and anywhere.
    first = _verify(items, out, math.address, prefix=("prlimit", "--fsize=100000"))
    assert first.returncode == 1, first.stderr
    assert "cannot write" in first.stderr
    assert "Traceback" not in first.stderr
    assert 0 < out.read_bytes().count(b"\n") < len(known)
    second = _verify(items, out, math.address)
    assert second.returncode == 0, second.stderr
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in written] == [each.item.id for each in known]
    rewards = [line.get("reward") for line in written]
    assert rewards == [{1: 1.0, 2: 0.0, 3: None}[each.outcome] for each in known]
    on_full = _verify(items, _FULL, math.address)
    assert on_full.returncode == 1, on_full.stderr
    assert "cannot write" in on_full.stderr


def _verify(
    items: Path, out: Path, address: str, prefix: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "veridical.cli", "verify", str(items)]
    command += ["--out", str(out), "--address", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


async def test_64_descriptors(servers: Servers, share: Callable[[float], int]) -> None:
    prefix = ("prlimit", f"--nofile={_DESCRIPTORS}")
    flags = ("--workers", "1")
    math = servers.start("math", *flags, address=f"127.0.0.1:{free_port()}", prefix=prefix)
    async with Load(math.address) as load:
        for _ in range(share(10)):
            crowd = await _connect(math.address, 2 * _DESCRIPTORS)
            for worker in math.workers():
                worker.kill()  # its successor needs descriptors, of which there are none
            await asyncio.sleep(1)
            for writer in crowd:
                writer.transport.abort()
            await load.progress()
    assert math.exceptions() == []
    load.tally.check()
    wait_for(lambda: len(math.workers()) == 1, "no worker any more")
    assert_healthy(math.address)


async def _connect(address: str, number: int) -> list[asyncio.StreamWriter]:
    """Connections that are kept; those that the kernel holds in its backlog are kept as well."""
    host, _, port = address.rpartition(":")
    return [(await asyncio.open_connection(host, int(port)))[1] for _ in range(number)]


@pytest.mark.system
async def test_a_wall_clock_that_jumps(
    servers: Servers, tmp_path: Path, share: Callable[[float], int]
) -> None:
    shim, offset = tmp_path / "wall_clock.so", tmp_path / "offset"
    build = ("-shared", "-fPIC", "-O2", "-o", str(shim), str(_SHIM))
    compiler = await asyncio.create_subprocess_exec("cc", *build)
    assert await compiler.wait() == 0
    offset.write_bytes(struct.pack("q", 0))
    environment = {"LD_PRELOAD": str(shim), "WALL_CLOCK_OFFSET": str(offset)}
    math = servers.start("math", "--workers", "2", environment=environment)
    gateway = servers.start("reward", "--backends", math.address, environment=environment)
    steps = (3600, -7200, 86_400 * 400, -86_400 * 400, 10, -10)
    async with Load(gateway.address) as load:
        for number in range(share(60)):
            _set(offset, steps[number % len(steps)])
            await asyncio.sleep(1)
        _set(offset, 3600)
        await load.progress()
    load.tally.check()
    assert_healthy(gateway.address, math.address)
    assert gateway.stop() == 0
    assert math.stop() == 0


def _set(offset: Path, seconds: int) -> None:
    """Moves the servers' wall clock, in the file that they have mapped."""
    with offset.open("r+b") as file:
        file.write(struct.pack("q", seconds))
