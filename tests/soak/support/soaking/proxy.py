"""A TCP proxy with toxics, after those of toxiproxy."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Self

_CHUNK = 65_536


class Proxy:
    """Passes bytes between callers and one server; its toxics can be changed at any time.

    Args:
        port: The server's port on the loopback interface.
    """

    def __init__(self, port: int) -> None:
        self.latency_seconds = 0.0
        """Delay of each chunk, each way."""
        self.slice_bytes = 0
        """Size of the pieces into which a chunk is cut; 0 leaves it whole."""
        self._target = port
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.mend()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self.mend()
        self._server.close()
        self.reset()
        await self._server.wait_closed()

    @property
    def address(self) -> str:
        """The gRPC target to call."""
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Nothing passes any more, either way; connections stay."""
        self._up.clear()
        self._down.clear()

    def stop_reading_answers(self) -> None:
        """What the server sends is not read any more."""
        self._down.clear()

    def mend(self) -> None:
        """Takes all toxics away."""
        self._up.set()
        self._down.set()
        self.latency_seconds, self.slice_bytes = 0.0, 0

    def reset(self) -> int:
        """Ends every connection with RST, towards both sides; gives the number of ends."""
        open_ = [each for each in self._writers if not each.is_closing()]
        for writer in open_:
            found: socket.socket = writer.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return len(open_)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        finally:
            self._writers.discard(writer)
        both = {writer, onward}
        self._writers |= both
        ways = {
            asyncio.create_task(self._pump(reader, onward, self._up)),
            asyncio.create_task(self._pump(there, writer, self._down)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._writers -= both
            for way in ways:
                way.cancel()
            for end in both:
                end.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passes: asyncio.Event
    ) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                if self.latency_seconds:
                    await asyncio.sleep(self.latency_seconds)
                size = self.slice_bytes or len(chunk)
                for start in range(0, len(chunk), size):
                    await passes.wait()
                    writer.write(chunk[start : start + size])
                    await writer.drain()
        except OSError:
            return
