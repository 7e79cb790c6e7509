"""The entry of the `veridical` command, and of `python -m veridical.cli`."""

from __future__ import annotations

import os
import signal
from types import FrameType


def main() -> None:
    """Imports the command, which takes a while and which Ctrl-C may end at once, and runs it."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _leave)
    from veridical.cli import main as command

    signal.signal(signal.SIGINT, before)
    command.main()


def _leave(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"veridical: interrupted\n")
    os._exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
