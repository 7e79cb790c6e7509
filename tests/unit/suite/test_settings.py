from __future__ import annotations

from pathlib import Path

import pytest

from veridical.suite.settings import SuiteSettings, parse_settings


def test_no_flags_are_the_defaults() -> None:
    assert parse_settings([], {}) == SuiteSettings()


def test_variables_stand_for_flags_that_are_not_given() -> None:
    environ = {"VERIDICAL_LISTEN": "a:1", "VERIDICAL_METRICS_PORT": "9000", "VERIDICAL_CONFIG": ""}
    settings = parse_settings(["--listen=b:2"], environ)
    assert (settings.listen, settings.metrics_port, settings.config) == ("b:2", 9000, None)


def test_a_bad_variable_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_settings([], {"VERIDICAL_LISTEN": "foo"})
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("veridical up: VERIDICAL_LISTEN: 'foo' is no address")
    assert len(told.splitlines()) == 1


def test_every_flag_is_read() -> None:
    arguments = "--listen unix:/run/v/reward.sock --metrics-port 9000 --workers 3 --config v.toml"
    arguments += " --folder /run/v --owner-pid 7 --json --drain-seconds 1.5"
    assert parse_settings(arguments.split()) == SuiteSettings(
        listen="unix:/run/v/reward.sock",
        metrics_port=9000,
        workers=3,
        config=Path("v.toml"),
        folder=Path("/run/v"),
        owner_pid=7,
        json=True,
        drain_seconds=1.5,
    )


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--listen", "localhost"),
        ("--listen", "localhost:0"),
        ("--listen", "localhost:65536"),
        ("--listen", "unix:"),
        ("--listen", ":50051"),
        ("--metrics-port", "-1"),
        ("--metrics-port", "65535"),
        ("--metrics-port", "x"),
        ("--workers", "0"),
        ("--owner-pid", "0"),
        ("--drain-seconds", "0"),
        ("--drain-seconds", "nan"),
        ("--batch-items", "1"),
        ("--work", "2"),
    ],
)
def test_a_bad_or_unknown_flag_ends_with_status_2_and_its_name(
    flag: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_settings([f"{flag}={value}"])
    assert ended.value.code == 2
    assert flag in capsys.readouterr().err.splitlines()[-1]
