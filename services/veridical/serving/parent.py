"""A child process that never outlives the process that started it (Linux)."""

from __future__ import annotations

import ctypes
import os
import signal

DIE_WITH_PARENT = "VERIDICAL_DIE_WITH_PARENT"
"""Variable by which a supervisor gives its process id: a server it started ends with it."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when its parent ends, however the parent ends.

    To be called first thing in the child. The signal follows the *thread* that started the
    child (prctl(2)): start children from a thread that lives as long as they shall.

    Args:
        parent: Process id that the parent saw as its own when it started this process. A parent
            that ended before the call is noticed by it, and this process ends at once.

    Raises:
        OSError: The kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
