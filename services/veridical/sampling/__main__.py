"""Starts the sampling server."""

from __future__ import annotations

import sys

from veridical.serving.interrupt import exit_on_interrupt


def main() -> int:
    """Runs the sampling server and gives its exit status."""
    exit_on_interrupt()
    # Slow to import: Ctrl-C must be quiet by then.
    from veridical.sampling.server import NAME, run
    from veridical.sampling.settings import SamplerSettings
    from veridical.serving.settings import load_settings

    return run(load_settings(SamplerSettings, NAME, sys.argv[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
