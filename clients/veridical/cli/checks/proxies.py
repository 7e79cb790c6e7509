"""Which proxy gRPC would take for a host.

gRPC has rules of its own (`http_proxy_mapper.cc`): names in lower case only, the first that is set
counts even if it is empty, only the scheme http; entries of `no_grpc_proxy`, or else of `no_proxy`, are
ends of host names or networks, and `*` is nothing special.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

_PROXY_VARIABLES = ("grpc_proxy", "https_proxy", "http_proxy")
_EXCEPTION_VARIABLES = ("no_grpc_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that the environment names."""

    variable: str
    """The variable that names it."""
    exceptions: str
    """The variable that excepts hosts: the one that counts, whether or not it is set."""


def proxy_for(host: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy that gRPC would take to reach a host, or None."""
    variable = next((name for name in _PROXY_VARIABLES if name in environ), None)
    if variable is None or not environ[variable].lower().startswith("http://"):
        return None
    exceptions = next((name for name in _EXCEPTION_VARIABLES if name in environ), "no_proxy")
    entries = (entry.strip() for entry in environ.get(exceptions, "").split(","))
    if any(_covers(entry, host) for entry in entries if entry):
        return None
    return Proxy(variable, exceptions)


def _covers(entry: str, host: str) -> bool:
    if host.lower().endswith(entry.lower()):
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
