"""What a backend is: it starts the bootstrap in some isolation and hands back a byte stream."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Protocol

from veridical.sandbox.isolation import Level


@dataclass(frozen=True, slots=True)
class Setup:
    """What the inside is told before anything else.

    Attributes:
        enter: Whether it makes namespaces and a root of its own.
        landlock: Whether it does with Landlock instead.
        user: The id that it drops to when it was started as root; 0 keeps it.
        tied: Whether it dies with the thread that started it.
        search: Folders in which packages are found; with none, those of its interpreter.
    """

    enter: bool = True
    landlock: bool = False
    user: int = 0
    tied: bool = False
    search: tuple[str, ...] = ()


class Attachment(Protocol):
    """A started inside: python3 runs `bundle.BOOTSTRAP` with the stream as stdin and stdout."""

    @property
    def stream(self) -> socket.socket:
        """The host's end of the stream; closed by the slot."""

    def diagnose(self) -> str:
        """The end of what it wrote to its standard error."""

    def close(self) -> None:
        """Ends everything inside and waits until nothing is left; may be called twice."""


class Backend(Protocol):
    """Starts insides.

    Attributes:
        level: The isolation that it gives when all of its layers are at work.
    """

    @property
    def level(self) -> Level:
        """The isolation that it gives when all of its layers are at work."""

    @property
    def setup(self) -> Setup:
        """What its insides are told."""

    def start(self) -> Attachment:
        """Starts one.

        Raises:
            SlotRefused: It cannot be had here.
            SlotLost: It failed this time; try again.
        """
