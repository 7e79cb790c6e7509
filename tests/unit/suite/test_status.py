from __future__ import annotations

import json
import os

from veridical.suite.status import Reporter, State, Status, write_line

MATH = Status("math", "unix:/tmp/v/math.sock", State.SERVING, 123, "http://127.0.0.1:9001/metrics")
REWARD = Status("reward", "127.0.0.1:50051", State.RESTARTING, None, None, "was killed by SIGKILL")


def lines(*, as_json: bool) -> list[str]:
    written: list[str] = []
    reporter = Reporter(written.append, as_json=as_json, address_width=len(MATH.address))
    reporter.changed(MATH)
    reporter.changed(REWARD)
    reporter.ready("127.0.0.1:50051")
    return written


def test_lines_for_people_are_aligned() -> None:
    assert lines(as_json=False) == [
        "math      unix:/tmp/v/math.sock  serving     pid 123  http://127.0.0.1:9001/metrics",
        "reward    127.0.0.1:50051        restarting  was killed by SIGKILL",
        "ready     127.0.0.1:50051",
    ]


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
