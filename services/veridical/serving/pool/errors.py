"""What a pool can raise.

PoolError
├── PoolFull
├── PoolClosed
└── WorkerStartError
"""

from __future__ import annotations


class PoolError(Exception):
    """Base of all errors of a pool."""


class PoolFull(PoolError):
    """The items do not fit in the queue; nothing of the call was accepted."""


class PoolClosed(PoolError):
    """The pool is closed, or was closed before the call was answered."""


class WorkerStartError(PoolError):
    """A worker did not become warm; the message ends with what it wrote to standard error."""
