"""A real code server with real cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from veridical.client import Client


@pytest.fixture(scope="session")
def code_address(shared_services: Callable[..., Any]) -> str:
    """The address of a code verifier with two workers."""
    address: str = shared_services("code", "--workers", "2").address
    return address


@pytest.fixture(scope="session")
def client(code_address: str) -> Iterator[Client]:
    """A client of that verifier."""
    with Client(code_address) as opened:
        yield opened
