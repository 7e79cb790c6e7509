"""The settings of a client, as small frozen dataclasses."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from veridical.client.errors import ConfigurationError

_KIB = 1024
_MIB = 1024 * _KIB


class _Positive:
    """Refuses numbers that are not finite and above zero, by the field's name."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, int | float) and not (math.isfinite(value) and value > 0):
                raise ConfigurationError(f"{field.name} must be above 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class RetrySettings(_Positive):
    """How calls that met no server are repeated. Verification is pure, so a repeat is safe."""

    max_attempts: int = 5
    """Attempts in all, 2 to 5 (gRPC's own bound). Default: 5."""
    initial_seconds: float = 0.1
    """Wait before the second attempt, in seconds, jittered by gRPC. Default: 0.1."""
    multiplier: float = 2.0
    """Growth of the wait from attempt to attempt. Default: 2."""
    max_seconds: float = 5.0
    """Longest wait between attempts and between reconnections, in seconds. Default: 5."""

    def __post_init__(self) -> None:
        _Positive.__post_init__(self)
        if not 2 <= self.max_attempts <= 5:
            raise ConfigurationError(f"max_attempts must be 2 to 5, not {self.max_attempts}")


@dataclass(frozen=True, slots=True)
class KeepaliveSettings(_Positive):
    """How a connection that carries calls is probed, so that a dead peer is noticed."""

    interval_seconds: float = 30.0
    """Time between probes, in seconds. Default: 30."""
    timeout_seconds: float = 10.0
    """How long a probe may stay unanswered before the connection is given up, in seconds. Default: 10."""


@dataclass(frozen=True, slots=True)
class ClientSettings(_Positive):
    """How a client calls; the defaults suit both a trainer and an evaluation of millions of items."""

    batch_items: int = 256
    """Most items in one call of `verify_many`. Default: 256."""
    batch_bytes: int = 4 * _MIB
    """Most bytes in one call of `verify_many`; a larger item goes alone. Default: 4 MiB."""
    concurrency: int = 4
    """Most calls of one `verify_many` in flight. Default: 4."""
    timeout_seconds: float = 600.0
    """Time for one call, its repeats included, in seconds. Default: 600."""
    max_message_bytes: int = 64 * _MIB
    """Largest message sent or received, in bytes. Default: 64 MiB, the servers' own bound."""
    max_response_bytes: int = _MIB
    """Longest response the servers judge, in bytes of UTF-8; of a longer one only so much is sent that
    they see that it is too long. Default: 1 MiB, the servers' own bound."""
    retry: RetrySettings = RetrySettings()
    """Repeats of calls that met no server."""
    keepalive: KeepaliveSettings = KeepaliveSettings()
    """Probes of connections."""
