"""Starts the reward gateway."""

from __future__ import annotations

import sys

from veridical.serving.interrupt import exit_on_interrupt


def main() -> int:
    """Runs the gateway and gives its exit status."""
    exit_on_interrupt()
    # Slow to import: Ctrl-C must be quiet by then.
    from veridical.reward.service import RewardVerifier, reward_info
    from veridical.reward.settings import RewardSettings
    from veridical.serving.metrics import ServerMetrics
    from veridical.serving.server import run
    from veridical.serving.settings import load_settings

    settings = load_settings(RewardSettings, "reward", sys.argv[1:])
    info = reward_info(settings)
    metrics = ServerMetrics(info.name, info.version)
    return run(lambda: RewardVerifier(settings, metrics, info), info.name, settings, metrics)


if __name__ == "__main__":
    raise SystemExit(main())
