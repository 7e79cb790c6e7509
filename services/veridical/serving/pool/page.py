"""A page of memory shared by a worker and the server.

The worker says in it which item it is about to start. A store costs no system call and outlives
the worker, so that the server knows after a kill which item was being worked on.
"""

from __future__ import annotations

import fcntl
import mmap
import os

_ANNOUNCED = 0
_SKIP = 1


def create_page() -> int:
    """Makes the page; returns its descriptor.

    Its size is sealed: a worker that shrank it would kill the server by SIGBUS.
    """
    descriptor = os.memfd_create("worker-page", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, mmap.PAGESIZE)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


class SharedPage:
    """Two words in shared memory; each store is one machine word, so never torn.

    Args:
        descriptor: What `create_page` returned; owned by the page from now on.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, mmap.PAGESIZE)
        self._words = memoryview(self._memory).cast("Q")

    @property
    def announced(self) -> int:
        """Number of the item being worked on, 0 for none; written by the worker."""
        return self._words[_ANNOUNCED]

    @announced.setter
    def announced(self, number: int) -> None:
        self._words[_ANNOUNCED] = number

    @property
    def skip_through(self) -> int:
        """The worker leaves out items up to this number; written by the server."""
        return self._words[_SKIP]

    @skip_through.setter
    def skip_through(self, number: int) -> None:
        self._words[_SKIP] = number

    def close(self) -> None:
        """Unmaps the page and closes its descriptor."""
        self._words.release()
        self._memory.close()
        os.close(self.descriptor)
