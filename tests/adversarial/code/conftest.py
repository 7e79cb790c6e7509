"""Code servers that attacks are run on."""

from __future__ import annotations

from collections.abc import Iterator

import proxy_pair
import pytest
from code_attack_host import CodeServer, code_server
from code_attack_programs import read_honest, read_tasks, right_item

from veridical.client import Client

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
        warm_up(started)
        yield started


def warm_up(server: CodeServer) -> None:
    """Has each worker use every kind of cell, and takes what there is then as what may stay."""
    items = [right_item(each) for each in read_tasks().values()]
    items += [each.item() for each in read_honest() if "numpy" in each.program]
    with Client(server.address) as client:
        for number in range(ROUNDS):
            for item in items:
                item.response += f"\n# {number}\n"
            client.verify_batch(items, timeout=300)
    server.settle()
