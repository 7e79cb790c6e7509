"""What the settings file may say to a suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from veridical.serving.settings_file import SettingsFileError
from veridical.suite.config import check_config
from veridical.suite.table import SERVICES

NAMES = [spec.name for spec in SERVICES]


def test_settings_of_services_are_theirs(tmp_path: Path) -> None:
    path = tmp_path / "v.toml"
    path.write_text("[math]\nworkers = 2\n[reward]\ncache_entries = 0\n[sampling]\nslots = 4\n")
    check_config(path, [*NAMES, "sampling"])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            "[maths]\nworkers = 2\n",
            r"\[maths\] is no service; there are \[math\], \[code\], \[proof\], \[reward\]",
        ),
        ("[math]\nlisten = 'a:1'\n", r"\[math\] listen: .*--listen or VERIDICAL_LISTEN"),
        ("[reward]\nmetrics_port = 1\n", r"\[reward\] metrics_port: .*VERIDICAL_METRICS_PORT"),
        ("[reward]\nbackends = 'a:1'\n", r"\[reward\] backends: veridical up sets it itself$"),
        ("workers = 2\n", "workers: settings belong in a table"),
        ("[math", "config"),
    ],
)
def test_what_nobody_would_read_is_refused(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "v.toml"
    path.write_text(content)
    with pytest.raises(SettingsFileError, match=says):
        check_config(path, NAMES)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("model = 'm'", r"\[sampling\] model: veridical up sets it itself: give it --sampler$"),
        ("listen = 'a:1'", r"listen: veridical up sets it itself: give it --sampler-listen$"),
        ("drain_seconds = 1", "give it --drain-seconds or VERIDICAL_DRAIN_SECONDS"),
    ],
)
def test_what_the_suite_sets_of_a_sampler_is_refused(
    content: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "v.toml"
    path.write_text(f"[sampling]\n{content}\n")
    with pytest.raises(SettingsFileError, match=says):
        check_config(path, [*NAMES, "sampling"])
    with pytest.raises(SettingsFileError, match=r"and \[sampling\] with --sampler$"):
        check_config(path, NAMES)
