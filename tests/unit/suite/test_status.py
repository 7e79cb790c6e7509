from __future__ import annotations

import json
import os

import pytest

from veridical.suite.status import Reporter, State, Status, write_line

MATH = Status("math", "unix:/tmp/v/math.sock", State.SERVING, 123, "http://127.0.0.1:9001/metrics")
REWARD = Status("reward", "127.0.0.1:50051", State.RESTARTING, None, None, "was killed by SIGKILL")


def lines(*, as_json: bool) -> list[str]:
    written: list[str] = []
    addresses = {"math": "(private)", "reward": REWARD.address}
    reporter = Reporter(written.append, as_json=as_json, addresses=addresses)
    reporter.changed(MATH)
    reporter.changed(REWARD)
    reporter.ready("127.0.0.1:50051")
    return written


def test_lines_for_people_are_aligned() -> None:
    assert lines(as_json=False) == [
        "math      serving     (private)        pid 123  http://127.0.0.1:9001/metrics",
        "reward    restarting  127.0.0.1:50051  was killed by SIGKILL",
        "ready     127.0.0.1:50051   (export VERIDICAL_ADDRESS=127.0.0.1:50051)",
    ]


@pytest.mark.parametrize(
    ("listen", "called"),
    [
        ("0.0.0.0:1", "127.0.0.1:1"),
        ("[::]:1", "[::1]:1"),
        ("host:1", "host:1"),
        ("unix:/a/b.sock", "unix:/a/b.sock"),
    ],
)
def test_ready_says_how_this_machine_calls_it(listen: str, called: str) -> None:
    written: list[str] = []
    Reporter(written.append, as_json=False, addresses={"reward": listen}).ready(listen)
    assert written[0].endswith(f"(export VERIDICAL_ADDRESS={called})")


def test_lines_for_programs_are_json() -> None:
    assert [json.loads(line) for line in lines(as_json=True)] == [
        {
            "service": "math",
            "address": "unix:/tmp/v/math.sock",
            "state": "serving",
            "pid": 123,
            "metrics": "http://127.0.0.1:9001/metrics",
            "detail": "",
        },
        {
            "service": "reward",
            "address": "127.0.0.1:50051",
            "state": "restarting",
            "pid": None,
            "metrics": None,
            "detail": "was killed by SIGKILL",
        },
        {"state": "ready", "address": "127.0.0.1:50051"},
    ]


def test_a_line_is_written_whole_and_a_gone_reader_is_no_error() -> None:
    reader, writer = os.pipe()
    try:
        write_line(writer, b"one")
        assert os.read(reader, 100) == b"one\n"
    finally:
        os.close(reader)
    write_line(writer, b"two")
    os.close(writer)
