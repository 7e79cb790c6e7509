"""Starts the proof server."""

from __future__ import annotations

import sys

from veridical.serving.interrupt import exit_on_interrupt


def main() -> int:
    """Runs the proof server and gives its exit status."""
    exit_on_interrupt()
    # Slow to import: Ctrl-C must be quiet by then.
    from veridical.proof.service import ProofVerifier, proof_info
    from veridical.proof.settings import ProofSettings
    from veridical.serving.metrics import ServerMetrics
    from veridical.serving.server import run
    from veridical.serving.settings import load_settings

    settings = load_settings(ProofSettings, "proof", sys.argv[1:])
    info = proof_info(settings)
    metrics = ServerMetrics(info.name, info.version)
    return run(lambda: ProofVerifier(settings, metrics, info), info.name, settings, metrics)


if __name__ == "__main__":
    raise SystemExit(main())
