from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest

from veridical.suite.folder import FolderError, private_folder


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
