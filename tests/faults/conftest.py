"""The service processes of the integration tests, to be killed and flooded."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

# Test modules cannot import one another; a conftest of another folder is loaded by its path.
_SPEC = spec_from_file_location(
    "integration_services", Path(__file__).parents[1] / "integration" / "conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _MODULE  # dataclasses look their module up
_SPEC.loader.exec_module(_MODULE)

start_service = _MODULE.start_service
free_port = _MODULE.free_port


class Names(threading.Thread):
    """A name server that knows what tests tell it, and answers questions for IPv4 addresses."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.known: dict[str, list[str]] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def run(self) -> None:
        while True:
            question, caller = self._socket.recvfrom(4096)
            if not question:
                return
            self._socket.sendto(self._answer(question), caller)

    def _answer(self, question: bytes) -> bytes:
        labels, place = [], 12
        while length := question[place]:
            labels.append(question[place + 1 : place + 1 + length].decode())
            place += 1 + length
        asked = question[12 : place + 5]
        is_ipv4 = asked[-4:-2] == b"\0\1"
        ips = self.known[".".join(labels)] if is_ipv4 else []
        header = question[:2] + struct.pack("!5H", 0x8180, 1, len(ips), 0, 0)
        record = struct.pack("!3HIH", 0xC00C, 1, 1, 0, 4)
        return header + asked + b"".join(record + socket.inet_aton(ip) for ip in ips)

    def close(self) -> None:
        with self._socket, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
            self.join()


@pytest.fixture
def names() -> Iterator[Names]:
    """A name server that ends with the test."""
    server = Names()
    server.start()
    yield server
    server.close()
