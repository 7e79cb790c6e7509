"""What can be known of the other end of a connection, and of the addresses served on."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import unquote

UNIX = "unix"
"""The name of every peer on a unix socket: gRPC does not say which user it is."""


def is_local_address(address: str) -> bool:
    """Whether only this machine can reach what listens on a gRPC target, unix socket or host:port."""
    if address.startswith("unix"):
        return True
    host = address.rpartition(":")[0].rpartition("/")[2]
    return _is_loopback(host.removeprefix("[").removesuffix("]"))


@lru_cache(maxsize=4096)
def peer_name(peer: str) -> str:
    """The name of a peer without its port, so that its connections count as one.

    Args:
        peer: As gRPC writes it: `ipv4:127.0.0.1:1234`, `ipv6:%5B::1%5D:1234`, `unix:`.

    Returns:
        `unix`, an IPv4 address, or an IPv6 network of 64 bits, which is what one host may have.
    """
    scheme, _, rest = unquote(peer).partition(":")
    if scheme == UNIX:
        return UNIX
    host = rest.rpartition(":")[0].removeprefix("[").removesuffix("]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    if address.is_loopback:
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def is_local_peer(name: str) -> bool:
    """Whether a peer's name says that it is on this machine."""
    return name == UNIX or _is_loopback(name)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
