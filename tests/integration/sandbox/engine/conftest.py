"""A Docker daemon that `.ci/engine` started, and brokers of our own on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from engine_daemon import Engine, RunningBroker, Start, brokers, the_engine, wait_until


@pytest.fixture
def eventually() -> Callable[[Callable[[], object], str], None]:
    return wait_until


@pytest.fixture(scope="session")
def engine() -> Engine:
    return the_engine()


@pytest.fixture
def start_broker(engine: Engine) -> Iterator[Start]:
    with brokers(engine) as start:
        yield start


@pytest.fixture
def broker(start_broker: Start) -> RunningBroker:
    return start_broker()
