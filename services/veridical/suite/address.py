"""The addresses on which services listen, before and after they do."""

from __future__ import annotations

import socket
import stat
from contextlib import suppress
from pathlib import Path

_UNIX = "unix:"
_CONNECT_SECONDS = 1.0


def is_taken(address: str) -> bool:
    """Whether somebody listens on a gRPC target already, `unix:/path` or `host:port`."""
    try:
        with _connect(address):
            return True
    except (OSError, UnicodeError):
        return False


def _connect(address: str) -> socket.socket:
    if not address.startswith(_UNIX):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address.removeprefix(_UNIX))
    except BaseException:
        connection.close()
        raise
    return connection


def remove_socket(address: str) -> None:
    """Removes the socket that the server of a `unix:` target left behind."""
    if address.startswith(_UNIX):
        path = Path(address.removeprefix(_UNIX))
        with suppress(OSError):
            if stat.S_ISSOCK(path.lstat().st_mode):
                path.unlink()
