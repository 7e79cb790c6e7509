"""The released contract: `protos/baseline.binpb` changes only together with a CHANGELOG entry."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASELINE = ROOT / "protos" / "baseline.binpb"
BUF = str(Path(sys.executable).parent / "buf")
ENTRY = re.compile(r"^- Contract baseline: sha256 `([0-9a-f]{64})`", re.MULTILINE)


def newest_entry(changelog: str) -> str | None:
    """The newest baseline hash that stands under a version's heading."""
    _, _, versions = changelog.partition("\n## ")
    found = ENTRY.search(versions)
    return found.group(1) if found else None


def test_the_changelog_tells_of_the_baseline() -> None:
    digest = hashlib.sha256(BASELINE.read_bytes()).hexdigest()
    newest = newest_entry((ROOT / "CHANGELOG.md").read_text())
    assert newest == digest, "after `make baseline`, put the line it prints into CHANGELOG.md"


def test_an_entry_counts_only_under_a_version() -> None:
    line = f"- Contract baseline: sha256 `{'a' * 64}`\n"
    assert newest_entry(f"# Changelog\n\n{line}") is None
    assert newest_entry(f"# Changelog\n\n## Unreleased\n\n{line}") == "a" * 64


def breaking(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [BUF, "breaking", "--against", str(BASELINE)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A copy of the protos that a test may spoil."""
    shutil.copy(ROOT / "buf.yaml", tmp_path)
    shutil.copytree(ROOT / "protos" / "veridical", tmp_path / "protos" / "veridical")
    (tmp_path / "protos" / "gen").mkdir()
    return tmp_path


def test_the_protos_keep_the_baseline() -> None:
    assert breaking(ROOT).stdout == ""


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("verdict.proto", "optional double reward = 3;", "optional double reward = 30;"),
        ("verdict.proto", "optional double reward = 3;", "optional double prize = 3;"),
        ("item.proto", "optional int32 sample_index = 8;", "string sample_index = 8;"),
        ("task.proto", "OUTCOME_CORRECT = 1;", "OUTCOME_RIGHT = 1;"),
    ],
)
def test_a_breaking_change_is_refused(contract: Path, file: str, old: str, new: str) -> None:
    path = contract / "protos" / "veridical" / "api" / "v1" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    result = breaking(contract)
    assert result.returncode == 100, result.stderr
    assert file in result.stdout


def test_a_new_field_is_accepted(contract: Path) -> None:
    path = contract / "protos" / "veridical" / "api" / "v1" / "item.proto"
    text = path.read_text().replace("message Trace {", "message Trace {\n  string note = 99;")
    path.write_text(text)
    result = breaking(contract)
    assert (result.returncode, result.stdout) == (0, "")
