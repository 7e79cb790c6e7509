from __future__ import annotations

import json

import pytest

from veridical.cli import line
from veridical.cli.line import LineError, parse_line
from veridical.client import Item, Outcome, Reason, Verdict

GOOD = '{"id": "7", "task": {"math": {"gold": "1/2"}}, "response": "0.5"}'


def _line(**fields: object) -> bytes:
    return json.dumps({**json.loads(GOOD), **fields}).encode()


def test_item_is_read() -> None:
    item = parse_line(GOOD.encode() + b"\r\n")
    assert isinstance(item, Item)
    assert (item.id, item.task.math.gold, item.response) == ("7", "1/2", "0.5")


def test_byte_order_mark_is_no_fault() -> None:
    assert parse_line(b"\xef\xbb\xbf" + GOOD.encode()) == parse_line(GOOD.encode())


def test_lone_surrogates_become_replacement_characters() -> None:
    item = parse_line(_line(response="\ud800"))
    assert isinstance(item, Item)
    assert item.response == "\ufffd"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "JSON"),
        (b"7", "object"),
        (b'[{"id": "7"}]', "object"),
        (b'{"id": "7"} {"id": "8"}', "JSON"),
        (b'{"id": "7", "id": "8"}', "'id'"),
        (b'{"id": "7", "task": {"math": {"gold": "1", "gold": "2"}}}', "'gold'"),
        (b'{"id": "7", "response": NaN}', "NaN"),
        (b'{"id": "7\xff"}', "UTF-8 at its byte 10"),
        (b'{"id": "7", "labels": ' + b"[" * 100_000, "recursion"),
        (_line(answer="1"), "unknown field answer"),
        (_line(task={"math": {"golf": "1"}}), "unknown field task.math.golf"),
        (b'{"response": "x"}', "id: missing"),
        (_line(id=""), "id: missing"),
        (_line(id=None), "id: missing"),
        (_line(id=7), "id: must be a string, not 7"),
        (_line(id=["7"], sample_index="x"), "id: must be a string"),
    ],
)
def test_fault_stops_the_run(content: bytes, says: str) -> None:
    with pytest.raises(LineError) as caught:
        parse_line(content)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"task": {"math": {"gold": 5}}}, "task.math.gold"),
        ({"task": {"math": {"gold": "5", "rtol": "much"}}}, "task.math.rtol"),
        ({"task": {"math": {"gold": "5", "percent": "PERCENT_POLICY_NONE"}}}, "task.math.percent"),
        (
            {"task": {"all": {"tasks": [{"math": {"gold": "5"}}, {"math": 5}]}}},
            "task.all.tasks[1].math",
        ),
        ({"finish_reason": "BORED"}, "finish_reason"),
        ({"sample_index": 1.5}, "sample_index"),
        ({"trace": {"steps": []}}, "trace"),
        ({"response": ["x"]}, "response"),
    ],
)
def test_bad_value_becomes_a_verdict_on_its_item(fields: dict[str, object], field: str) -> None:
    verdict = parse_line(_line(group="g", labels={"model": "m"}, **fields))
    assert isinstance(verdict, Verdict)
    assert verdict.id == "7"
    assert verdict.outcome == Outcome.OUTCOME_UNDECIDED
    assert verdict.reason == Reason.REASON_INVALID_ITEM
    assert not verdict.HasField("reward")
    assert verdict.detail.startswith(field)
    assert (verdict.group, dict(verdict.labels)) == ("g", {"model": "m"})


def test_sample_index_zero_is_echoed() -> None:
    verdict = parse_line(_line(sample_index=0, task=5))
    assert isinstance(verdict, Verdict)
    assert verdict.HasField("sample_index")


def test_bad_value_among_the_echoed_leaves_the_others() -> None:
    verdict = parse_line(_line(group=5, labels={"model": "m"}))
    assert isinstance(verdict, Verdict)
    assert (verdict.id, verdict.group, dict(verdict.labels)) == ("7", "", {"model": "m"})
    assert verdict.detail.startswith("group")


def test_task_id_has_no_table_in_a_file() -> None:
    verdict = parse_line(b'{"id": "7", "task_id": "t", "response": "x"}')
    assert isinstance(verdict, Verdict)
    assert verdict.detail.startswith("task_id")


def test_item_too_large_to_be_sent_spoils_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "MAX_ITEM_BYTES", 200)
    assert isinstance(parse_line(_line(response="x" * 300)), Item)
    verdict = parse_line(_line(prompt="x" * 300))
    assert isinstance(verdict, Verdict)
    assert "200 bytes" in verdict.detail


def test_item_without_task_is_left_to_the_services() -> None:
    assert isinstance(parse_line(b'{"id": "7"}'), Item)
