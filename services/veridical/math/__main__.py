"""Starts the math server."""

from __future__ import annotations

import sys

from veridical.serving.interrupt import exit_on_interrupt


def main() -> int:
    """Runs the math server and gives its exit status."""
    exit_on_interrupt()
    # Slow to import: Ctrl-C must be quiet by then.
    from veridical.math.service import MathVerifier, math_info
    from veridical.math.settings import MathSettings
    from veridical.serving.metrics import ServerMetrics
    from veridical.serving.server import run
    from veridical.serving.settings import load_settings

    settings = load_settings(MathSettings, "math", sys.argv[1:])
    info = math_info(settings)
    metrics = ServerMetrics(info.name, info.version)
    return run(lambda: MathVerifier(settings, metrics, info), info.name, settings, metrics)


if __name__ == "__main__":
    raise SystemExit(main())
