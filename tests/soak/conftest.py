"""Servers under faults; `VERIDICAL_SOAK_SHARE` says how much of each fault there is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from soaking.servers import Server, Servers, assert_healthy, free_port

SHARE = float(os.environ.get("VERIDICAL_SOAK_SHARE", "0.1"))
"""1 is all of it, `make soak`; `make test-all` does a tenth."""
_HERE = Path(__file__).parent
_LONGEST_SECONDS = 2400.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.soak)
            item.add_marker(pytest.mark.timeout(120 + SHARE * _LONGEST_SECONDS))


@pytest.fixture(scope="session")
def share() -> Callable[[float], int]:
    """How much of a figure is to be done: `share(60)` seconds, `share(1000)` times; at least 1."""
    return lambda whole: max(1, round(SHARE * whole))


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Starts servers that end with the test."""
    with closing(Servers()) as started:
        yield started


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Server, Server]]:
    """A gateway on TCP with the math verifier behind it; healthy before the module and after it."""
    with closing(Servers()) as started:
        math = started.start("math", "--workers", "2")
        address = f"127.0.0.1:{free_port()}"
        gateway = started.start("reward", "--backends", math.address, address=address)
        assert_healthy(gateway.address, math.address)
        yield gateway, math
        assert_healthy(gateway.address, math.address)
        assert gateway.exceptions() + math.exceptions() == []


@pytest.fixture
def gateway(pair: tuple[Server, Server]) -> Server:
    return pair[0]


@pytest.fixture
def math(pair: tuple[Server, Server]) -> Server:
    return pair[1]
