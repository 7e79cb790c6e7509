"""What the settings file may say to a suite."""

from __future__ import annotations

from pathlib import Path

import pytest

from veridical.serving.settings_file import SettingsFileError
from veridical.suite.config import check_config


def test_settings_of_services_are_theirs(tmp_path: Path) -> None:
    path = tmp_path / "v.toml"
    path.write_text("[math]\nworkers = 2\n[reward]\ncache_entries = 0\n")
    check_config(path)


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
        check_config(path)
