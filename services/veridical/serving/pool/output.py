"""What a worker writes to standard output and standard error, kept without ever blocking it."""

from __future__ import annotations

import fcntl
import os

_TAIL_BYTES = 4 << 10
_MAX_BYTES = 256 << 10


class Output:
    """A file in memory that a worker appends to; its end is kept for diagnosis.

    A pipe would block the worker, or fail its writes, whenever the server is slow to read.
    """

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("worker-output", os.MFD_CLOEXEC)
        # Shared with the worker's descriptors: it appends, also after the file was cut.
        fcntl.fcntl(self.descriptor, fcntl.F_SETFL, os.O_APPEND)
        self._earlier = b""

    def trim(self) -> None:
        """Empties the file once it is large; to be called now and then."""
        if os.fstat(self.descriptor).st_size > _MAX_BYTES:
            self._earlier = self._end()
            os.ftruncate(self.descriptor, 0)

    def tail(self) -> str:
        """The last few kilobytes."""
        return (self._earlier + self._end())[-_TAIL_BYTES:].decode(errors="replace").strip()

    def close(self) -> None:
        """Closes the file."""
        os.close(self.descriptor)

    def _end(self) -> bytes:
        size = os.fstat(self.descriptor).st_size
        return os.pread(self.descriptor, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
