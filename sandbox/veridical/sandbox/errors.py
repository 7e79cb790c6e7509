"""What the sandbox can raise. None of it says anything about the code in a cell but `CellEnded`."""

from __future__ import annotations

from veridical.sandbox.ends import End


class SandboxError(Exception):
    """The base of all of them."""


class SlotLost(SandboxError):
    """The slot broke (warden, container or daemon gone): open another one and try again."""


class CellFailed(SandboxError):
    """No cell became ready, through no fault of its code, which was never sent: try again."""


class SlotRefused(SandboxError):
    """A slot cannot be had here as asked: the isolation is weaker, or a runtime is missing."""


class CellEnded(SandboxError):
    """A ready cell ended, by itself or by a limit, before it sent another message.

    Attributes:
        end: How.
    """

    def __init__(self, end: End) -> None:
        super().__init__(f"the cell ended: {end.cause.value}, status {end.status}")
        self.end = end
