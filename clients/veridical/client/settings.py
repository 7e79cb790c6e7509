"""The settings of a client, as small frozen dataclasses."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args, get_type_hints

from veridical.client.errors import ConfigurationError

_KIB = 1024
_MIB = 1024 * _KIB


class _Checked:
    """Refuses values of another type, and numbers that are not finite and above 0, by the field's name."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, kind in get_type_hints(type(self)).items():
            value = getattr(self, name)
            if not _is_of(value, get_args(kind) or (kind,)):
                wanted = getattr(kind, "__name__", None) or re.sub(r"[\w.]+\.", "", str(kind))
                raise TypeError(f"{name} must be of type {wanted}, not {type(value).__name__}")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if is_number and not (math.isfinite(value) and value > 0):
                raise ConfigurationError(f"{name} must be above 0 and finite, not {value!r}")


def _is_of(value: object, kinds: tuple[type, ...]) -> bool:
    """As annotations have it: any int may stand for a float, and no bool for an int."""
    if isinstance(value, bool):
        return bool in kinds
    return isinstance(value, (*kinds, int) if float in kinds else kinds)


@dataclass(frozen=True, slots=True)
class RetrySettings(_Checked):
    """What is sent again until its timeout, and how fast. Verification is pure, so that is safe."""

    calls: bool = True
    """Whether calls that met no server are repeated. Default: True; False fails at once."""
    items: bool = True
    """Whether items are sent again that came back undecided for a passing reason: a lost backend, an
    overload, a deadline of the server's own, a failed cell. Default: True."""
    initial_seconds: float = 0.1
    """Longest wait before the second attempt, in seconds; waits are drawn from 0 up. Default: 0.1."""
    multiplier: float = 2.0
    """Growth of the longest wait from attempt to attempt, 1 or more. Default: 2."""
    max_seconds: float = 5.0
    """Longest wait between attempts and between reconnections, in seconds. Default: 5."""
    connect_seconds: float | None = 10.0
    """How long a call looks for a server where its client has not met any yet, as at a wrong address,
    in seconds. A server that was met and is lost is waited for until the timeout. Default: 10; None:
    until the timeout as well."""
    outage_seconds: float | None = None
    """How long a call goes on to look for a server where none can be reached, in seconds. Default:
    None, until its timeout."""

    def __post_init__(self) -> None:
        _Checked.__post_init__(self)
        if self.multiplier < 1:
            raise ConfigurationError(f"multiplier must be 1 or more, not {self.multiplier!r}")


@dataclass(frozen=True, slots=True)
class KeepaliveSettings(_Checked):
    """How a connection that carries calls is probed, so that a dead peer is noticed."""

    interval_seconds: float = 30.0
    """Time between probes, in seconds. Default: 30."""
    timeout_seconds: float = 10.0
    """How long a probe may stay unanswered before the connection is given up, in seconds. Default: 10."""


@dataclass(frozen=True, slots=True)
class TlsSettings(_Checked):
    """How a connection is encrypted, and who its ends are. Files are read when the client connects."""

    ca: str | Path | None = None
    """PEM file of the authorities that certify servers. Default: None, the public ones that gRPC
    comes with."""
    certificate: str | Path | None = None
    """PEM file of the client's certificate chain, where the server asks for one. Default: None."""
    key: str | Path | None = None
    """PEM file of its private key. Default: None."""
    server_name: str | None = None
    """Name to find in the server's certificate instead of that of the address. Default: None."""


@dataclass(frozen=True, slots=True)
class ClientSettings(_Checked):
    """How a client calls; the defaults suit both a trainer and an evaluation of millions of items."""

    batch_items: int = 256
    """Most items in one call of `verify_many`. Default: 256."""
    batch_bytes: int = 4 * _MIB
    """Most bytes in one call of `verify_many`; a larger item goes alone. Default: 4 MiB."""
    concurrency: int = 4
    """Most calls of one `verify_many` in flight. Default: 4."""
    stream_items: int = 4096
    """Most items of one `stream` between their reading and the handing out of their verdicts; fewer
    where the server says so. Default: 4096."""
    timeout_seconds: float = 600.0
    """Time for one call, its repeats included, in seconds. Default: 600."""
    max_message_bytes: int = 64 * _MIB
    """Largest message sent or received, in bytes. Default: 64 MiB, the servers' own bound."""
    max_response_bytes: int = _MIB
    """Longest response the servers judge, in bytes of UTF-8; of a longer one only so much is sent that
    they see that it is too long. Default: 1 MiB, the servers' own bound."""
    retry: RetrySettings = RetrySettings()
    """Repeats of calls that met no server, and of items undecided for a passing reason."""
    keepalive: KeepaliveSettings = KeepaliveSettings()
    """Probes of connections."""
    token: str | None = field(default=None, repr=False)
    """Bearer token to show. Default: None, that of `token_file`, or of the environment variables
    VERIDICAL_TOKEN or VERIDICAL_TOKEN_FILE."""
    token_file: str | Path | None = None
    """File that holds the token and nothing else; read again when it changes. Default: None."""
    tls: TlsSettings | None = None
    """Encryption. Default: None, that of VERIDICAL_TLS_CA, VERIDICAL_CLIENT_CERT and
    VERIDICAL_CLIENT_KEY, or plaintext."""
