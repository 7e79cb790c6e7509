"""Bytes on the port that are no call: the server goes on."""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Callable
from contextlib import suppress

from soaking.load import Load
from soaking.servers import Server, wait_for

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _HEADERS, _DATA, _PING, _WINDOW = 4, 1, 0, 6, 8
_END_HEADERS = 4


def frame(kind: int, payload: bytes, *, flags: int = 0, stream: int = 0) -> bytes:
    """One HTTP/2 frame (RFC 9113 §4.1)."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def poisons(rng: random.Random) -> dict[str, bytes]:
    """What is sent, by what it is."""
    settings = _PREFACE + frame(_SETTINGS, b"")
    return {
        "nothing": b"",
        "noise": rng.randbytes(rng.randrange(1, 4096)),
        "HTTP/1": b"POST /veridical.api.v1.VerifierService/Verify HTTP/1.1\r\nHost: x\r\n\r\n{}",
        "half a TLS hello": bytes.fromhex("16030100f8010000f40303") + rng.randbytes(30),
        "half a preface": _PREFACE[: rng.randrange(1, len(_PREFACE))],
        "noise after the preface": settings + rng.randbytes(rng.randrange(1, 4096)),
        "a frame that says 16 MiB": settings
        + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01"
        + b"x" * 4096,
        "a huge frame": settings + frame(_DATA, rng.randbytes(1 << 20), stream=1),
        "data on no stream": settings + frame(_DATA, b"\0\0\0\0\0", stream=7),
        "headers that are noise": settings
        + frame(_HEADERS, rng.randbytes(200), flags=_END_HEADERS, stream=1),
        "half of the headers": settings + frame(_HEADERS, rng.randbytes(20), stream=1),
        "window of nothing": settings + frame(_WINDOW, struct.pack(">I", 0)),
        "pings": settings + frame(_PING, b"12345678") * 5000,
        "settings": settings + frame(_SETTINGS, struct.pack(">HI", 4, 1 << 30)) * 5000,
    }


async def test_poisoned_bytes(gateway: Server, share: Callable[[float], int]) -> None:
    rng = random.Random(11)
    port = int(gateway.address.rpartition(":")[2])
    await _send(port, b"")
    async with Load(gateway.address) as load:
        before = gateway.seen.num_fds()
        for _ in range(share(100)):
            await asyncio.gather(*(_send(port, poison) for poison in poisons(rng).values()))
        await load.progress()
        wait_for(lambda: gateway.seen.num_fds() <= before + 2, "descriptors are left")
    load.tally.check()


async def _send(port: int, poison: bytes) -> None:
    """Sends the bytes, reads what comes in a while, and goes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(OSError, TimeoutError):
        writer.write(poison)
        await writer.drain()
        async with asyncio.timeout(0.2):
            await reader.read()
    writer.transport.abort()
