"""Starts the code server."""

from __future__ import annotations

import sys

from veridical.serving.interrupt import exit_on_interrupt


def main() -> int:
    """Runs the code server and gives its exit status."""
    exit_on_interrupt()
    # Slow to import: Ctrl-C must be quiet by then.
    from veridical.code.service import CodeVerifier, code_info
    from veridical.code.settings import CodeSettings
    from veridical.serving.metrics import ServerMetrics
    from veridical.serving.server import run
    from veridical.serving.settings import load_settings

    settings = load_settings(CodeSettings, "code", sys.argv[1:])
    info = code_info(settings)
    metrics = ServerMetrics(info.name, info.version)
    return run(lambda: CodeVerifier(settings, metrics, info), info.name, settings, metrics)


if __name__ == "__main__":
    raise SystemExit(main())
