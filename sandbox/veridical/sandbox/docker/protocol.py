"""What a client and the broker say to each other: one word there, one JSON object back.

The connection is a unix socket of type SOCK_SEQPACKET, and holds at most one slot. Its end is the
slot's end, so that a client that dies leaves no container behind. With the answer to an opening
word travels the descriptor of the warden's stream: no byte of a slot passes through the broker.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import Enum

MAX_REQUEST_BYTES = 16
MAX_REPLY_BYTES = 1 << 16
MAX_SLOTS_LISTED = 256


class Request(Enum):
    """All that a client can say; there is nothing to parse in it."""

    OPEN_DOCKER = b"open docker"
    OPEN_GVISOR = b"open gvisor"
    CLOSE = b"close"
    LOG = b"log"
    LIST = b"list"


@dataclass(frozen=True, slots=True)
class ListedSlot:
    """One container of the broker.

    Attributes:
        name: The container's name.
        engine: `docker` or `gvisor`.
        age_seconds: Since its start.
        taken: Whether a client has it; else it waits, started ahead of need.
    """

    name: str
    engine: str
    age_seconds: float
    taken: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What the broker answers.

    Attributes:
        name: Of the container, to an opening word.
        error: What went wrong; empty if nothing did.
        retryable: Whether the same word may succeed later with nobody's help.
        log: To LOG: the end of what the connection's container wrote to its standard error.
        slots: To LIST, at most `MAX_SLOTS_LISTED`.
    """

    name: str = ""
    error: str = ""
    retryable: bool = False
    log: str = ""
    slots: tuple[ListedSlot, ...] = field(default=())

    def encode(self) -> bytes:
        """Returns the reply as JSON; a long text is cut."""
        kept = asdict(self) | {"error": self.error[:1000], "log": self.log[-4000:]}
        return json.dumps(kept).encode()

    @classmethod
    def decode(cls, data: bytes) -> Reply:
        """Reads what `encode` wrote.

        Raises:
            ValueError: The bytes are no reply.
        """
        try:
            fields = json.loads(data)
            slots = tuple(ListedSlot(**slot) for slot in fields.pop("slots"))
            return cls(**fields, slots=slots)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a reply of the broker: {error}") from None
