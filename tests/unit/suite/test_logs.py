"""What a person sees of the services' logs."""

from __future__ import annotations

import json

import pytest

from veridical.suite.logs import as_it_is, for_people

LOST = {
    "time": "2026-11-21T13:57:30.217Z",
    "level": "warning",
    "server": "reward",
    "message": "backend lost",
    "backend": "unix:/m",
}


def test_warnings_are_short() -> None:
    line = for_people("reward", json.dumps(LOST).encode())
    assert line is not None
    assert line[8:] == b"  reward    warning  backend lost  backend=unix:/m"


def test_an_exception_is_its_last_line() -> None:
    fields = {**LOST, "level": "error", "exception": "Traceback\n  x\nValueError: why"}
    line = for_people("reward", json.dumps(fields).encode())
    assert line is not None
    assert b"backend lost: ValueError: why" in line


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({**LOST, "level": "info"}).encode(),
        b"I1121 13:57:30.388577 14946 chttp2_transport.cc:1403] goaway",
    ],
)
def test_what_is_no_trouble_is_not_shown(line: bytes) -> None:
    assert for_people("reward", line) is None
    assert as_it_is("reward", line) == b"reward   | " + line


@pytest.mark.parametrize(
    "line", [b"bad setting: x", b"[1]", b"\xff", b"E1121 13:57:30.1 1 a.cc:1] x"]
)
def test_what_is_no_log_line_stays_as_it_is(line: bytes) -> None:
    assert for_people("math", line) == as_it_is("math", line)


def test_a_time_that_is_none_is_no_fault() -> None:
    line = for_people("math", b'{"level": "error", "message": "m", "time": 3}')
    assert line == b"          math      error    m"
