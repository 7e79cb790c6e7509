"""Folders from which callers may have weights loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from veridical.sampling.weights import WeightsFolders, WeightsRefused
from veridical.serving.errors import InvalidArgument


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    (tmp_path / "open" / "step-1").mkdir(parents=True)
    (tmp_path / "opened-not").mkdir()
    (tmp_path / "open" / "file").touch()
    (tmp_path / "open" / "away").symlink_to(tmp_path / "opened-not")
    return tmp_path / "open"


def test_a_folder_within_is_given_back_in_full(opened: Path) -> None:
    folders = WeightsFolders([opened])
    assert folders.checked(str(opened / "step-1" / ".." / "step-1")) == str(opened / "step-1")


@pytest.mark.parametrize(
    "path", ["", "/", "{}/../opened-not", "{}/away", "{}/file", "{}/none", "{}-x"]
)
def test_what_stands_elsewhere_or_is_no_folder_is_refused(opened: Path, path: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^path: "):
        WeightsFolders([opened]).checked(path.format(opened))


def test_a_server_that_opened_none_takes_none(opened: Path) -> None:
    with pytest.raises(WeightsRefused):
        WeightsFolders([]).checked(str(opened / "step-1"))
