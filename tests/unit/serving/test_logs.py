"""Log lines: JSON, one a line, and never what a caller sent."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.verifier_pb2 import VerifyBatchRequest
from veridical.client import math_item
from veridical.serving.logs import JsonFormatter

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECRET = "SECRET"


def line(record: logging.LogRecord) -> dict[str, Any]:
    text = JsonFormatter("math").format(record)
    assert "\n" not in text
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def test_a_line_has_time_level_server_and_message() -> None:
    record = logging.makeLogRecord({"msg": "a %s\nb", "args": ("x",), "levelname": "WARNING"})
    record.created, record.msecs = 0.25, 250
    assert line(record) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "warning",
        "server": "math",
        "message": "a x\nb",
    }


def test_extras_are_fields_of_the_line() -> None:
    given = {"msg": "m", "items": 3, "odd": object(), "text": "é\ud800\n"}
    got = line(logging.makeLogRecord(given))
    assert (got["items"], got["text"]) == (3, "é\ud800\n")
    assert got["odd"].startswith("<object")


def test_an_exception_is_one_field() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        record = logging.makeLogRecord({"msg": "m", "exc_info": sys.exc_info()})
    assert line(record)["exception"].endswith("ValueError: why")


async def test_a_call_is_one_line_without_what_was_sent(
    serve: Any, caplog: pytest.LogCaptureFixture
) -> None:
    served = await serve()
    item = math_item(SECRET, SECRET, SECRET, prompt=SECRET, group=SECRET, labels={SECRET: SECRET})
    broken = Item(id="b", response=SECRET)
    with caplog.at_level(logging.DEBUG):
        await served.stub.VerifyBatch(
            VerifyBatchRequest(items=[item, broken]), metadata=(("traceparent", TRACE),)
        )
    lines = [line(record) for record in caplog.records if record.name.startswith("veridical")]
    (call,) = lines
    assert SECRET not in json.dumps(lines)
    assert call.pop("seconds") > 0
    assert call.pop("peer").startswith("ipv4:127.0.0.1:")
    assert call.pop("time")
    assert call == {
        "level": "info",
        "server": "math",
        "message": "call",
        "method": "/veridical.api.v1.VerifierService/VerifyBatch",
        "items": 2,
        "code": "OK",
        "traceparent": TRACE,
        "caller": "127.0.0.1",
    }


@pytest.mark.parametrize("header", ["", "00-0-0-01", TRACE.upper(), f"{TRACE}-x", "SECRET"])
async def test_a_malformed_trace_context_is_dropped(
    serve: Any, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    served = await serve()
    with caplog.at_level(logging.INFO):
        await served.stub.VerifyBatch(VerifyBatchRequest(), metadata=(("traceparent", header),))
    (call,) = [record for record in caplog.records if record.message == "call"]
    assert vars(call)["traceparent"] == ""
