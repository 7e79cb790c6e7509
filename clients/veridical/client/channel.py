"""From addresses and settings to a gRPC target and channel options."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import socket
from collections.abc import Sequence
from importlib import metadata

from veridical.client.errors import ConfigurationError
from veridical.client.settings import ClientSettings

ADDRESS_VARIABLE = "VERIDICAL_ADDRESS"
"""The environment variable that gives the address, or several with commas between them."""

LOOKUP_MILLISECONDS = 5_000
"""Least time between two look-ups of a name."""

_CONNECT_SECONDS = 20.0
"""Most time for making one connection, in seconds; gRPC's own default."""

ChannelOptions = list[tuple[str, str | int]]

# Failed calls are repeated by `retry.py`: gRPC itself gives up after five attempts. What no server has
# seen, such as a call that met a closing connection, gRPC sends again by itself.
_SERVICE_CONFIG = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})
_TCP_SCHEMES = ("dns", "ipv4", "ipv6")


def address_from_environment() -> str | None:
    """The address in VERIDICAL_ADDRESS, or None where it is unset or blank."""
    return os.environ.get(ADDRESS_VARIABLE, "").strip() or None


def target_for(address: str | Sequence[str] | None) -> str:
    """The gRPC target of one address or several.

    Several addresses become one target, over which the channel takes turns. Names among several are
    looked up once, here; replicas behind a single name are better given as that name alone, which
    gRPC looks up again whenever a connection ends.

    Args:
        address: `host:port`, `unix:/path`, or a gRPC target with the scheme unix, dns, ipv4 or ipv6;
            several as a sequence or with commas between them; None for VERIDICAL_ADDRESS.

    Raises:
        ConfigurationError: There is no address, or one that is malformed, or unix sockets beside
            others, or a name among several that cannot be looked up.
        TypeError: It is neither a str nor several.
    """
    if address is None:
        address = address_from_environment()
    if address is None:
        raise ConfigurationError(
            "no address: pass one to the client, as in Client('host:50051'), or set the environment "
            f"variable {ADDRESS_VARIABLE}; Client.local() starts the services on this machine instead"
        )
    addresses = [_checked(part) for part in _parts(address) if part]
    if not addresses:
        raise ConfigurationError(f"no address in {address!r}")
    return addresses[0] if len(addresses) == 1 else _joined(addresses)


def channel_options(settings: ClientSettings) -> ChannelOptions:
    """The channel options that carry out the settings."""
    keepalive, retry = settings.keepalive, settings.retry
    connect = min(_CONNECT_SECONDS, retry.connect_seconds or _CONNECT_SECONDS)
    return [
        ("grpc.primary_user_agent", f"veridical-client/{metadata.version('veridical')}"),
        ("grpc.service_config", _SERVICE_CONFIG),
        ("grpc.max_send_message_length", settings.max_message_bytes),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        # By default gRPC keeps 256 KiB a call for a repeat, and never repeats a larger one.
        ("grpc.per_rpc_retry_buffer_size", 2 * settings.max_message_bytes),
        ("grpc.keepalive_time_ms", _milliseconds(keepalive.interval_seconds)),
        ("grpc.keepalive_timeout_ms", _milliseconds(keepalive.timeout_seconds)),
        # By default a ping has 60 s, whatever the time of a keepalive.
        ("grpc.http2.ping_timeout_ms", _milliseconds(keepalive.timeout_seconds)),
        # By default probing stops after two probes without data, long before a slow call ends.
        ("grpc.http2.max_pings_without_data", 0),
        # By default a name is looked up again after half a minute at the earliest, as long as which a
        # replica that was replaced under it would be missing.
        ("grpc.dns_min_time_between_resolutions_ms", LOOKUP_MILLISECONDS),
        # Time for one connection and for one look-up; by default the latter has two minutes.
        ("grpc.min_reconnect_backoff_ms", _milliseconds(connect)),
        ("grpc.dns_ares_query_timeout", _milliseconds(connect)),
        # By default the wait grows to two minutes, for which a restarted server would stay unseen.
        ("grpc.initial_reconnect_backoff_ms", _milliseconds(retry.initial_seconds)),
        ("grpc.max_reconnect_backoff_ms", _milliseconds(retry.max_seconds)),
    ]


def _parts(address: object) -> list[str]:
    parts = address.split(",") if isinstance(address, str) else address
    texts = [part for part in parts if isinstance(part, str)] if isinstance(parts, Sequence) else []
    if not isinstance(parts, Sequence) or len(texts) < len(parts):
        raise TypeError(f"address must be a str, or a sequence of them, not {address!r}")
    return [text.strip() for text in texts]


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _checked(address: str) -> str:
    """`address` itself, if it has a scheme known here or the form host:port."""
    if re.match(r"unix(-abstract)?:.", address):
        return address
    host, port = _host_and_port(address)
    if host and "/" not in host and port.isdecimal() and 0 < int(port) < 65536:
        return address
    raise ConfigurationError(f"address {address!r} is neither host:port nor unix:/path")


def _host_and_port(address: str) -> tuple[str, str]:
    """The last two parts of host:port, scheme:host:port or scheme://authority/host:port."""
    host, _, port = address.rpartition(":")
    scheme, _, rest = host.partition(":")
    if scheme in _TCP_SCHEMES and rest:
        host = rest.rpartition("/")[2]
    return host.removeprefix("[").removesuffix("]"), port


def _joined(addresses: list[str]) -> str:
    """One target for several addresses: gRPC takes a list within one scheme only."""
    sockets = [address for address in addresses if address.startswith("unix:")]
    if len(sockets) == len(addresses):
        return "unix:" + ",".join(s.removeprefix("unix:").removeprefix("//") for s in sockets)
    if any(address.startswith("unix") for address in addresses):
        raise ConfigurationError("unix sockets and other addresses cannot stand in one list")
    endpoints = [endpoint for address in addresses for endpoint in _resolved(address)]
    if all(isinstance(ip, ipaddress.IPv4Address) for ip, _ in endpoints):
        return "ipv4:" + ",".join(f"{ip}:{port}" for ip, port in endpoints)
    return "ipv6:" + ",".join(f"[{_as_ipv6(ip)}]:{port}" for ip, port in endpoints)


_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def _resolved(address: str) -> list[tuple[_Ip, int]]:
    host, port = _host_and_port(address)
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise ConfigurationError(f"address {address!r} cannot be looked up: {error}") from error
    # A dict drops repeats and keeps the order.
    ips = dict.fromkeys(ipaddress.ip_address(where[0]) for *_, where in found)
    return [(ip, int(port)) for ip in ips]


def _as_ipv6(ip: _Ip) -> str:
    return f"::ffff:{ip}" if isinstance(ip, ipaddress.IPv4Address) else str(ip)
