"""Whether a client has met a server: a lost one is waited for, a wrong address is told soon."""

from __future__ import annotations

import re
import time

import grpc

from veridical.client.errors import UnavailableError

# What gRPC itself says where no connection could be made; anything else is the word of a server, or of
# something before it.
_UNREACHED = (
    "connections to all backends failing",
    "failed to connect to all addresses",
    "errors resolving",
    "DNS resolution failed",
)

_LEAD = re.compile(r".*last error: (?:[A-Z_]+: )?", re.DOTALL)


def cause(details: str) -> str:
    """What went wrong in the end, without what gRPC puts before it."""
    return _LEAD.sub("", details, count=1)


class Contact:
    """What the calls of a client know of the servers at its address.

    Args:
        target: The gRPC target, for messages.
        met: Whether a server is known to be there.

    Attributes:
        met: Whether one has been met.
    """

    def __init__(self, target: str, *, met: bool = False) -> None:
        self.met = met
        self._target = target

    def note(self, error: grpc.RpcError) -> None:
        """Takes note of an UNAVAILABLE: unless it says that there was no connection, a server is there."""
        self.met = self.met or not (error.details() or "").startswith(_UNREACHED)

    def error(self, problem: str, since: float) -> UnavailableError:
        """What to raise where no server was ever met since a point on the monotonic clock."""
        return UnavailableError(
            f"no server was reached at {self._target} within {time.monotonic() - since:.1f} s: {cause(problem)}. "
            "Mend the address, or start services there (`veridical up --listen ADDRESS`); where they "
            "start later than their callers, RetrySettings(connect_seconds=...) waits longer"
        )
