"""`Client.local()` in this process: what it starts, what it leaves, and how it fails."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from veridical.client import (
    AsyncClient,
    Client,
    LocalSettings,
    LocalStartError,
    UnavailableError,
    math_item,
)
from veridical.client.local import LocalServices, start_local

EndOf = Callable[[Iterable[psutil.Process]], None]

ONE_WORKER = LocalSettings(workers=1)
ITEM = math_item("1", "1/2", r"so it is \boxed{0.5}")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("VERIDICAL_")]:
        monkeypatch.delenv(name)


def tree(services: LocalServices) -> list[psutil.Process]:
    supervisor = psutil.Process(services.pid)
    return [supervisor, *supervisor.children(recursive=True)]


def folder(services: LocalServices) -> Path:
    return Path(services.address.removeprefix("unix:")).parent


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_close_leaves_nothing_and_touches_nobody_else(assert_ended: EndOf) -> None:
    before = children()
    first, second = start_local(ONE_WORKER), start_local(ONE_WORKER)
    running = tree(first)
    assert folder(first).stat().st_mode & 0o777 == 0o700
    first.close()
    # Nothing to wait for: close returns after the end.
    assert not folder(first).exists()
    assert children() == before | {second.pid}
    assert_ended(running)
    with Client(second.address) as client:
        assert client.verify(ITEM).reward == 1.0
    second.close()
    assert children() == before
    first.close()


def test_a_forgotten_client_ends_its_services(assert_ended: EndOf) -> None:
    before = children()
    client = Client.local(local=ONE_WORKER)
    (pid,) = children() - before
    running = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    assert client.verify(ITEM).reward == 1.0
    del client
    gc.collect()
    assert_ended(running)


async def test_the_asynchronous_client_has_its_own_too() -> None:
    before = children()
    async with await AsyncClient.local(local=ONE_WORKER) as client:
        assert (await client.verify(ITEM)).reward == 1.0
    assert children() == before


def test_a_folder_that_does_not_suit_sockets_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / f"a b%20c,{'x' * 100}"
    odd.mkdir()
    monkeypatch.setenv("TMPDIR", str(odd))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with Client.local(local=ONE_WORKER) as client:
        assert client.verify(ITEM).reward == 1.0
        assert list(odd.iterdir()) == []


def test_services_that_cannot_start_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    monkeypatch.setenv("VERIDICAL_MEMORY_MIB", "-1")
    with pytest.raises(LocalStartError, match="memory_mib"):
        start_local(ONE_WORKER)
    assert children() == before


def test_services_that_take_too_long_are_given_up() -> None:
    before = children()
    with pytest.raises(LocalStartError, match=r"did not serve within 0\.05 seconds"):
        start_local(replace(ONE_WORKER, start_seconds=0.05))
    assert children() == before


def test_a_python_that_cannot_be_run_is_a_start_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(LocalStartError, match="/nonexistent/python"):
        start_local()


def test_a_killed_supervisor_takes_its_services_along(assert_ended: EndOf) -> None:
    services = start_local(ONE_WORKER)
    running = tree(services)
    running[0].kill()
    assert_ended(running)
    with Client(services.address) as client, pytest.raises(UnavailableError):
        client.verify(ITEM, timeout=1)
    services.close()
    assert not folder(services).exists()
