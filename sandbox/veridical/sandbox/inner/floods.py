"""The self-test's floods: each takes more of something than a cell may have, and says how much.

Each gives back what it got, so that the next attack finds the cell as it was.
"""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

FLOOD_MIB = 256
FLOOD_FILES = 20_000


def disk_flood() -> str:
    """Fills the work folder."""
    path = Path("flood")
    return _flood(path, errno.ENOSPC, errno.EFBIG)


def shared_memory_flood() -> str:
    """Fills the shared memory."""
    return _flood(Path("/dev/shm/flood"), errno.ENOSPC, errno.EFBIG)  # noqa: S108


def _flood(path: Path, *expected: int) -> str:
    block = bytes(1 << 20)
    written = 0
    try:
        with path.open("wb", buffering=0) as file:
            while written < FLOOD_MIB:
                file.write(block)
                written += 1
    except OSError as error:
        return "" if error.errno in expected else repr(error)
    finally:
        path.unlink(missing_ok=True)
    return f"wrote {written} MiB"


def inode_flood() -> str:
    """Makes ever more files."""
    folder = Path("inodes")
    folder.mkdir()
    made = 0
    try:
        while made < FLOOD_FILES:
            os.mknod(f"inodes/{made}")
            made += 1
    except OSError as error:
        return "" if error.errno == errno.ENOSPC else repr(error)
    finally:
        for one in range(made):
            os.unlink(f"inodes/{one}")  # noqa: PTH108 - a path object for each is waste here
        folder.rmdir()
    return f"made {made} files"


def descriptor_flood() -> str:
    """Opens ever more descriptors."""
    held: list[int] = []
    try:
        while len(held) < 4096:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        return "" if error.errno == errno.EMFILE else repr(error)
    finally:
        for one in held:
            os.close(one)
    return "opened 4096 files"


def address_space() -> str:
    """Asks for far more memory than any cell may have."""
    bytearray(64 << 30)
    return "asked for 64 GiB"


def fork_bomb() -> str:
    """Forks until refused; what it started dies with a sweep."""
    started = 0
    try:
        while started < 2000:
            if os.fork() == 0:
                while True:
                    signal.pause()
            started += 1
    except BlockingIOError:
        return ""
    finally:
        _sweep()
    return f"forked {started} processes"


def _sweep() -> None:
    try:
        os.kill(-1, 9)
        while True:
            os.wait()
    except (ProcessLookupError, ChildProcessError):
        return
