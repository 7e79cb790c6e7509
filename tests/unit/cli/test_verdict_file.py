from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.cli.exits import CommandError
from veridical.cli.run_record import RunRecord, side_path
from veridical.cli.verdict_file import VerdictFile, cut_torn_line, open_verdict_file

RECORD = RunRecord(input_blake2b="ab" * 32, items=3, veridical="1.0")


def _verdict(number: int) -> str:
    return json.dumps(
        {"id": f"é{number}", "outcome": "OUTCOME_CORRECT", "reason": "REASON_EQUAL"},
        ensure_ascii=False,
    )


def _write(path: Path, count: int, record: RunRecord = RECORD) -> None:
    with open_verdict_file(path, record, overwrite=False) as output:
        for number in range(count):
            output.append(_verdict(number))


def _ids(output: VerdictFile) -> list[str]:
    return [written.id for written in output.written()]


def test_side_file_stands_before_the_first_verdict(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    with open_verdict_file(path, RECORD, overwrite=False):
        assert RunRecord.load(side_path(path)) == RECORD
    assert sorted(each.name for each in tmp_path.iterdir()) == ["v.jsonl", "v.jsonl.run.json"]


def test_verdict_is_on_disk_once_it_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    with open_verdict_file(path, RECORD, overwrite=False) as output:
        output.append(_verdict(0))
        assert path.read_text("utf-8") == _verdict(0) + "\n"


def test_run_goes_on_wherever_the_last_line_was_torn(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    _write(path, 3)
    whole = path.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for end in range(last, len(whole)):
        path.write_bytes(whole[:end])
        with open_verdict_file(path, RECORD, overwrite=False) as output:
            assert _ids(output) == ["é0", "é1"]
            output.append(_verdict(2))
        assert path.read_bytes() == whole


@given(st.binary(max_size=300), st.integers(1, 20))
def test_cut_leaves_the_whole_lines(content: bytes, scale: int) -> None:
    content = content * scale * 50
    file = io.BytesIO(content)
    cut_torn_line(file)
    assert file.getvalue() == content[: content.rfind(b"\n") + 1]
    assert file.tell() == len(file.getvalue())


def test_written_gives_outcome_and_reason_as_on_screen(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    with open_verdict_file(path, RECORD, overwrite=False) as output:
        output.append(_verdict(0))
        output.append('{"id": "x", "outcome": 9, "reason": 999}')
        first, second = output.written()
    assert (first.outcome, first.reason) == ("correct", "equal")
    assert (second.outcome, second.reason) == ("outcome_9", "reason_999")


@pytest.mark.parametrize("line", ["", "7", "[]", "{}", '{"id": "a"}', "\x00"])
def test_line_that_is_no_verdict_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    _write(path, 1)
    with path.open("a") as file:
        file.write(line + "\n")
    with (
        open_verdict_file(path, RECORD, overwrite=False) as output,
        pytest.raises(CommandError, match="line 2"),
    ):
        _ids(output)


def test_verdicts_of_other_items_are_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    _write(path, 2)
    with path.open("ab") as file:
        file.write(b'{"torn')
    before = path.read_bytes()
    other = RunRecord(input_blake2b="cd" * 32, items=3, veridical="1.0")
    with pytest.raises(CommandError, match="other items"):
        _write(path, 1, other)
    assert path.read_bytes() == before
    assert RunRecord.load(side_path(path)) == RECORD


def test_overwrite_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    _write(path, 2)
    other = RunRecord(input_blake2b="cd" * 32, items=9, veridical="2.0")
    with open_verdict_file(path, other, overwrite=True) as output:
        assert _ids(output) == []
    assert path.read_bytes() == b""
    assert RunRecord.load(side_path(path)) == other


def test_file_of_somebody_else_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text("mine\n")
    with pytest.raises(CommandError, match="--overwrite"):
        _write(path, 1)
    assert path.read_text() == "mine\n"
    assert not side_path(path).exists()


def test_run_that_wrote_nothing_leaves_room_for_another(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    _write(path, 0)
    other = RunRecord(input_blake2b="cd" * 32, items=3, veridical="1.0")
    _write(path, 1, other)
    assert RunRecord.load(side_path(path)) == other


@pytest.mark.parametrize("content", ["", "{", "[]", '{"items": 3}', '{"items": "x"}'])
def test_damaged_side_file_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    _write(path, 1)
    side_path(path).write_text(content)
    with pytest.raises(CommandError, match="side file"):
        _write(path, 1)


def test_second_run_is_refused_while_the_first_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    with open_verdict_file(path, RECORD, overwrite=False) as output:
        output.append(_verdict(0))
        for overwrite in (False, True):
            with (
                pytest.raises(CommandError, match="another run"),
                open_verdict_file(path, RECORD, overwrite=overwrite),
            ):
                pass
        assert _ids(output) == ["é0"]
    _write(path, 0)


def test_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot write .*absent"):
        _write(tmp_path / "absent" / "v.jsonl", 0)
