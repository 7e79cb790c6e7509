"""`python -m veridical.cli` is the `veridical` command."""

from __future__ import annotations

from veridical.cli.main import main

main()
