"""gRPC targets: which texts are addresses, and whether one can be listened on."""

from __future__ import annotations

import re
import socket
from pathlib import Path

_UNIX = "unix:"
_HOST = r"(\[[0-9a-fA-F:.%\w]+\]|[^\s:/\[\],]+)"
_LISTEN = re.compile(rf"unix:[^\s,]+|{_HOST}:(?P<port>\d{{1,5}})")
_TARGET = re.compile(
    rf"(unix|unix-abstract):[^\s,]+|(dns:(//[^\s/,]*/)?|ipv[46]:)?{_HOST}:(?P<port>\d{{1,5}})"
)
_LAST_PORT = 65_535


class AddressError(ValueError):
    """A text is no address, or nobody can listen there; the message says why."""


def check_listen(address: str) -> str:
    """Returns `address` if a server can be told to listen there.

    Raises:
        AddressError: It is neither `host:port` nor `unix:/path`.
    """
    return _checked(_LISTEN, address, "host:port or unix:/path")


def check_target(address: str) -> str:
    """Returns `address` if a server can be called there.

    Raises:
        AddressError: It has none of the forms of a gRPC target that are used here.
    """
    return _checked(_TARGET, address, "host:port, dns:///host:port or unix:/path")


def _checked(form: re.Pattern[str], address: str, told: str) -> str:
    match = form.fullmatch(address)
    if match is None:
        raise AddressError(f"{address!r} is no address: it must be {told}")
    if match["port"] is not None and int(match["port"]) > _LAST_PORT:
        raise AddressError(f"the port of {address!r} is above {_LAST_PORT}")
    return address


def check_free(address: str) -> None:
    """Returns if a server could listen on an address now.

    gRPC itself says no more than that it failed, and takes the path of a unix socket away from
    whoever serves there.

    Raises:
        AddressError: It could not; the message says why.
    """
    try:
        if address.startswith(_UNIX):
            _try_unix(address.removeprefix(_UNIX).removeprefix("//"))
        else:
            _try_tcp(*address.rsplit(":", 1))
    except OSError as error:
        raise AddressError(f"{address}: {error.strerror or error}") from error


def _try_unix(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        if Path(path).is_socket():
            if probe.connect_ex(path) == 0:
                raise AddressError(f"{_UNIX}{path}: another process serves there")
            return  # left behind by a server that is gone; gRPC replaces it
        probe.bind(path)
        Path(path).unlink()


def _try_tcp(host: str, port: str) -> None:
    """Binds any one of the host's addresses, which is all that gRPC asks for, too."""
    refused = OSError("the host has no address")
    found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    for family, kind, protocol, _, place in found:
        try:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
                return
        except OSError as error:
            refused = error
    raise refused
