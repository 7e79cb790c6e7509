"""The entry of the `veridical` command, and of `python -m veridical.cli`."""

from __future__ import annotations

import signal


def main() -> None:
    """Imports the command, which takes a while and which Ctrl-C may end quietly, and runs it."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from veridical.cli import main as command

    signal.signal(signal.SIGINT, before)
    command.main()


if __name__ == "__main__":
    main()
