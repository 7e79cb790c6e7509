"""Settings: which source wins, and what stops a start."""

from __future__ import annotations

from pathlib import Path

import pytest

from veridical.math.settings import MathSettings
from veridical.reward.settings import RewardSettings
from veridical.serving.settings import ServerSettings, load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "WORKERS", "MAX_BATCH_ITEMS", "LISTEN", "BACKENDS"):
        monkeypatch.delenv(f"VERIDICAL_{name}", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "veridical.toml"
    path.write_text("[math]\nmax_batch_items = 30\n\n[reward]\nmax_batch_items = 40\n")
    return path


def test_flag_beats_environment_beats_file_beats_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def batch(*flags: str) -> int:
        return load_settings(MathSettings, "math", flags).max_batch_items

    assert batch() == ServerSettings.model_fields["max_batch_items"].default
    assert batch("--config", str(file)) == 30
    monkeypatch.setenv("VERIDICAL_MAX_BATCH_ITEMS", "20")
    assert batch("--config", str(file)) == 20
    assert batch(f"--config={file}", "--max-batch-items", "10") == 10


def test_the_environment_may_name_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIDICAL_CONFIG", str(file))
    assert load_settings(MathSettings, "math", []).max_batch_items == 30


def test_each_server_reads_its_own_table(file: Path) -> None:
    flags = ["--config", str(file), "--backends", "a:1"]
    assert load_settings(RewardSettings, "reward", flags).max_batch_items == 40


def test_a_missing_table_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text("[reward]\nmax_batch_items = 40\n")
    loaded = load_settings(MathSettings, "math", ["--config", str(path)])
    assert loaded == load_settings(MathSettings, "math", []).model_copy(update={"config": path})


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (["--workers", "many"], "workers"),
        (["--workers", "-1"], "workers"),
        (["--metrics-port", "65536"], "metrics_port"),
        (["--max-call-seconds", "0"], "max_call_seconds"),
        (["--max-call-seconds", "nan"], "max_call_seconds"),
        (["--listen", ""], "listen"),
        (["--listen", "foo"], "listen: 'foo' is no address"),
        (["--health-listen", "foo"], "health_listen: 'foo' is no address"),
        (["--log-level", "loud"], "must be one of debug, info, warning, error, not 'loud'"),
        (["--reflection=perhaps"], "reflection"),
        (["--no-such-flag", "1"], "--no-such-flag"),
        (["stray"], "stray"),
    ],
)
def test_a_bad_flag_stops_the_start(
    flags: list[str], field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _refused(["math", *flags], field, capsys)


def test_a_bad_variable_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VERIDICAL_MAX_BATCH_ITEMS", "0")
    _refused(["math"], "max_batch_items", capsys)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"[math]\nworkers = 'many'\n", "workers"),
        (b"[math]\nworkers = 1.5\n", "workers"),
        (b"[math]\nno_such_key = 1\n", "no_such_key: unknown setting"),
        (b"workers = 2\n", "workers"),
        (b"math = 3\n", "math"),
        (b"[math\n", "config"),
        (b"\xff\xfe[math]\n", "config"),
    ],
)
def test_a_bad_file_stops_the_start(
    content: bytes, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    _refused(["math", "--config", str(path)], named, capsys)


def test_a_file_that_is_not_there_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _refused(["math", "--config", str(tmp_path / "none.toml")], "config", capsys)
    _refused(["math", "--config", str(tmp_path)], "config", capsys)


@pytest.mark.parametrize(
    "flags", [[], ["--backends", ""], ["--backends", "a:1,,b:2"], ["--backends", "a"]]
)
def test_a_gateway_needs_backends(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _refused(["reward", *flags], "backends", capsys)


def test_backends_are_separated_by_commas() -> None:
    loaded = load_settings(RewardSettings, "reward", ["--backends", "unix:/a.sock, b:2"])
    assert loaded.backend_addresses() == ["unix:/a.sock", "b:2"]


def test_no_batch_is_larger_than_what_may_be_in_flight() -> None:
    assert load_settings(MathSettings, "math", ["--max-items-in-flight", "9"]).largest_batch == 9
    assert load_settings(MathSettings, "math", ["--max-batch-items", "8"]).largest_batch == 8


def test_every_setting_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        load_settings(MathSettings, "math", ["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for name, field in MathSettings.model_fields.items():
        assert f"--{name.replace('_', '-')}" in text
        assert field.description


def _refused(command: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The start ends with status 2 and the field's name on standard error, without a traceback."""
    name, *flags = command
    kind: type[ServerSettings] = MathSettings if name == "math" else RewardSettings
    with pytest.raises(SystemExit) as stop:
        load_settings(kind, name, flags)
    assert stop.value.code == 2
    errors = capsys.readouterr().err
    assert named in errors
    assert "Traceback" not in errors
