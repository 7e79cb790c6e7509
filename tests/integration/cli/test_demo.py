"""The demo of `make demo`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_demo_shows_rewards_beside_labels(tmp_path):
    ended = subprocess.run(
        [sys.executable, EXAMPLES / "demo.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    rows = [line.split() for line in ended.stdout.splitlines()]
    assert ["175b_verification", "60", "0", "0.583", "0.583", "100.0%"] in rows
    assert ["reference", "20", "0", "1.000"] in rows
    assert ["wrong", "20", "0", "0.000"] in rows
    assert ["attack", "20", "0", "0.000"] in rows
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert "\x1b" not in ended.stdout
