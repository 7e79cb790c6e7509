"""Code servers that attacks are run on."""

from __future__ import annotations

from collections.abc import Iterator

import proxy_pair
import pytest
from code_attack_host import CodeServer, code_server, warm_up

WORKERS = "2"
ROUNDS = 4
"""After which both workers have had programs of every kind, with and without numpy."""


@pytest.fixture(scope="module", autouse=True)
def _pair_ends_with_its_module() -> Iterator[None]:
    yield
    proxy_pair.close()


@pytest.fixture(scope="module")
def server() -> Iterator[CodeServer]:
    """A code server that has served every style, so that what it keeps is there."""
    with code_server("--workers", WORKERS) as started:
        warm_up(started, ROUNDS)
        yield started
