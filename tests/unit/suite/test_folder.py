from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from veridical.suite.folder import FolderError, private_folder, sweep


@pytest.fixture
def short() -> Path:
    """A short path, which pytest's own folders need not be."""
    return Path(tempfile.mkdtemp(prefix="v-", dir="/tmp"))


def test_a_new_folder_is_private_and_goes() -> None:
    with private_folder(None) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_a_given_folder_is_made_and_goes(short: Path) -> None:
    with private_folder(short / "made") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()
    short.rmdir()


def test_what_others_put_into_it_stays(short: Path) -> None:
    with private_folder(short) as folder:
        (folder / "note").touch()
    assert (short / "note").exists()
    (short / "note").unlink()
    short.rmdir()


def test_a_long_or_odd_folder_for_temporary_files_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("x" * 100, "a b", "a%20b", "a,b"):
        odd = tmp_path / name
        odd.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(odd))
        with private_folder(None) as folder:
            assert folder.parent == Path("/tmp")


@pytest.mark.parametrize("name", ["x" * 100, "a b", "a%20b", "a,b"])
def test_a_given_folder_must_suit_sockets(name: str) -> None:
    with pytest.raises(FolderError, match="80 bytes"), private_folder(Path("/tmp") / name):
        pass


def test_a_given_folder_must_be_private(short: Path) -> None:
    short.chmod(0o750)
    with pytest.raises(FolderError, match="not private"), private_folder(short):
        pass
    short.rmdir()


def test_a_given_folder_must_be_one(short: Path) -> None:
    (short / "file").touch()
    with pytest.raises(FolderError), private_folder(short / "file"):
        pass
    (short / "file").unlink()
    short.rmdir()


def left_behind(parent: Path, name: str) -> Path:
    """A folder with a socket that nobody serves."""
    folder = parent / name
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "math.sock"))
    return folder


def test_folders_of_killed_suites_are_swept(short: Path) -> None:
    stale = left_behind(short, "veridical-abcd_123")
    empty = short / "veridical-00000000"
    empty.mkdir(mode=0o700)
    os.utime(empty, (0, 0))
    sweep(short)
    assert not stale.exists()
    assert not empty.exists()
    short.rmdir()


def test_only_stale_folders_of_suites_are_swept(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    (young := short / "veridical-11111111").mkdir(mode=0o700)
    other, public = (left_behind(short, f"veridical-{name}") for name in ("test-abc", "22222222"))
    public.chmod(0o755)
    noted = left_behind(short, "veridical-33333333")
    (noted / "note").touch()
    with private_folder(None) as held:
        os.mknod(held / "math.sock", stat.S_IFSOCK)
        sweep(short)
        assert {young, other, public, noted, held} == set(short.iterdir())
        assert (noted / "note").exists()
    shutil.rmtree(short)
