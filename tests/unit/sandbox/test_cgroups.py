"""Control groups that cannot be removed at once are removed later, with nobody's help."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from veridical.sandbox import cgroups
from veridical.sandbox.cgroups import Groups


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Groups within groups: what keeps the outer ones from being removed."""
    monkeypatch.setattr(cgroups, "_PATIENCE_SECONDS", 0.02)
    monkeypatch.setattr(cgroups, "_LATER_SECONDS", 0.02)
    inner: list[Path] = []
    yield inner
    for folder in inner:
        if folder.exists():
            folder.rmdir()


def _hold(folder: Path, held: list[Path]) -> None:
    inner = folder / "inner"
    inner.mkdir()
    held.append(inner)


def _soon(happened: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)
    return happened()


# Where this user may make no groups there are none to remove, and nothing is left.
def test_groups_of_a_slot_are_removed_once_they_can_be(held: list[Path]) -> None:
    groups = Groups.create(64)
    for folder in groups.folders:
        _hold(folder, held)
    groups.remove()
    assert all(folder.exists() for folder in groups.folders)
    for folder in held:
        folder.rmdir()
    assert _soon(lambda: not any(folder.exists() for folder in groups.folders))


def test_one_group_that_stays_does_not_keep_the_others(held: list[Path]) -> None:
    groups = Groups.create(64)
    first = groups.folders[:1]
    for folder in first:
        _hold(folder, held)
    groups.remove()
    assert [folder for folder in groups.folders if folder.exists()] == list(first)
    for folder in held:
        folder.rmdir()
    assert _soon(lambda: not any(folder.exists() for folder in groups.folders))


def test_groups_of_an_owner_that_died_go_after_a_slot_starts(held: list[Path]) -> None:
    groups = Groups.create(64)
    # An owner whose process id another has by now.
    orphans = [folder.with_name(f"veridical-slot-{os.getpid()}-7-1") for folder in groups.folders]
    for orphan in orphans:
        orphan.mkdir()
        _hold(orphan, held)
    beside_them = Groups.create(64)
    try:
        assert all(orphan.exists() for orphan in orphans)
        for folder in held:
            folder.rmdir()
        assert _soon(lambda: not any(orphan.exists() for orphan in orphans))
    finally:
        groups.remove()
        beside_them.remove()
