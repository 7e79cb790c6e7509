"""`make install` says what is missing on the machine, and runs again only when it has to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What `make install` reads, in a folder whose name has a space."""
    tree = tmp_path / "a checkout"
    shutil.copytree(ROOT / "protos" / "veridical", tree / "protos" / "veridical")
    for name in ("Makefile", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, tree)
    return tree


def make(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Under `make test` the outer make would lend its own flags.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=tree, env=clean, capture_output=True, text=True, check=False)


def interpreter(folder: Path, script: str) -> str:
    """A stand-in for a Python that lacks something."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_missing_python_is_named(tree: Path) -> None:
    result = make(tree, "install", "PYTHON=python3-nowhere")
    assert result.returncode != 0
    assert "python3-nowhere is missing" in result.stderr
    assert "apt-get install python3 python3-venv" in result.stderr


def test_an_old_python_is_refused(tree: Path, tmp_path: Path) -> None:
    old = f'exec {sys.executable} -c "import sys; sys.version_info = (3, 10); $2"'
    result = make(tree, "install", f"PYTHON={interpreter(tmp_path, old)}")
    assert result.returncode != 0
    assert "older than Python 3.11" in result.stderr


def test_a_missing_venv_package_is_named(tree: Path, tmp_path: Path) -> None:
    # Debian ships venv without ensurepip unless python3-venv is there.
    bare = f"exec {sys.executable} -c \"import sys; sys.modules['ensurepip'] = None; $2\""
    result = make(tree, "install", f"PYTHON={interpreter(tmp_path, bare)}")
    assert result.returncode != 0
    assert "apt-get install python3-venv" in result.stderr
    assert not (tree / ".venv").exists()


def test_it_runs_again_only_after_a_change(tree: Path) -> None:
    stamp = tree / ".venv" / ".installed"
    assert make(tree, "--question", "install").returncode == 1
    stamp.parent.mkdir()
    stamp.touch()
    assert make(tree, "--question", "install").returncode == 0
    proto = tree / "protos" / "veridical" / "api" / "v1" / "item.proto"
    later = stamp.stat().st_mtime + 1
    os.utime(proto, (later, later))
    assert make(tree, "--question", "install").returncode == 1


def test_help_lists_every_target(tree: Path) -> None:
    listed = make(tree, "help").stdout
    for target in ("install", "test", "test-all", "demo", "bench", "lint", "format", "baseline"):
        assert f"make {target} " in listed
