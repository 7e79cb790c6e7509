"""Gateways that ask who calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ALICE, BOB = "alice-alice-alice-1", "bob-bob-bob-bob-bob-2"


@pytest.fixture
def tokens_file(tmp_path: Path) -> Path:
    """Two callers and their tokens."""
    path = tmp_path / "tokens"
    path.write_text(f"alice {ALICE}\nbob {BOB}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def gateway(start_service: Any, math_address: str, free_port: Callable[[], int]) -> Any:
    """Starts a gateway on TCP: `gateway(*flags)`."""
    numbers = itertools.count()

    def start(*flags: str) -> Any:
        health = f"unix:{start_service.folder}/health-{next(numbers)}.sock"
        return start_service(
            "reward",
            *("--backends", math_address, "--health-listen", health, *map(str, flags)),
            address=f"127.0.0.1:{free_port()}",
            health=health,
        )

    return start
