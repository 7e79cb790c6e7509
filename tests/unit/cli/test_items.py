from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veridical.cli.exits import CommandError
from veridical.cli.items import MAX_FAULTS, ItemsFile, open_items


def _items(content: bytes) -> ItemsFile:
    return ItemsFile("items", io.BytesIO(content))


def _line(item_id: str) -> bytes:
    return b'{"id": "%s"}\n' % item_id.encode()


def test_scan_counts_items_and_hashes_every_byte() -> None:
    content = b"\n" + _line("a") + b"  \r\n" + _line("b").rstrip()
    scan = _items(content).scan()
    assert (scan.items, scan.fault_count) == (2, 0)
    assert scan.blake2b == hashlib.blake2b(content, digest_size=32).hexdigest()


def test_lines_keep_their_numbers_over_blank_ones() -> None:
    lines = list(_items(b"\n" + _line("a") + b"\n\n" + _line("b")).lines())
    assert [line.number for line in lines] == [2, 5]


def test_unicode_line_separators_do_not_end_a_line() -> None:
    assert _items('{"id": "a\u2028b\x0bc"}\n'.replace("\x0b", "\\u000b").encode()).scan().items == 1


def test_faults_name_line_and_field() -> None:
    content = _line("a") + b"{\n" + _line("a") + b'{"id": "c", "colour": 1}\n{"prompt": ""}\n'
    faults = _items(content).scan().faults
    assert [fault.split(":")[0] for fault in faults] == ["line 2", "line 3", "line 4", "line 5"]
    assert "'a' is repeated" in faults[1]
    assert "colour" in faults[2]
    assert "id" in faults[3]


def test_only_the_first_faults_are_told_and_the_rest_counted() -> None:
    scan = _items(b"{\n" * (MAX_FAULTS + 5)).scan()
    assert (len(scan.faults), scan.fault_count) == (MAX_FAULTS, MAX_FAULTS + 5)
    with pytest.raises(CommandError, match="and 5 more") as caught:
        scan.require_sound("x.jsonl")
    assert "x.jsonl" in str(caught.value)


def test_bad_value_is_no_fault() -> None:
    scan = _items(b'{"id": "a", "response": 5}\n').scan()
    assert (scan.items, scan.fault_count) == (1, 0)


@given(st.lists(st.text(st.characters(codec="utf-8", min_codepoint=0xA0), min_size=1)))
def test_every_repeat_of_an_id_is_a_fault(ids: list[str]) -> None:
    content = "".join(f'{{"id": {_json(i)}}}\n' for i in ids)
    assert _items(content.encode()).scan().fault_count == len(ids) - len(set(ids))


def _json(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_pipe_can_be_read_twice(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(_line("a") + _line("b"),))
    writer.start()
    with open_items(str(fifo)) as items:
        writer.join()
        assert items.scan().items == 2
        assert len(list(items.lines())) == 2


@pytest.mark.parametrize("content", [b"[\n", b"\n  [" + _line("a"), b"\xef\xbb\xbf[{}]"])
def test_an_array_is_told_once(content: bytes) -> None:
    with pytest.raises(CommandError, match=r"items: a JSON array, .*one object a line is wanted"):
        _items(content + b"{}]\n" * 20).scan()


@pytest.mark.parametrize(
    ("start", "program"),
    [(gzip.compress(b"x"), "gzip"), (lzma.compress(b"x"), "xz"), (b"\x28\xb5\x2f\xfd", "zstd")],
)
def test_a_compressed_file_is_told_once(start: bytes, program: str) -> None:
    with pytest.raises(CommandError, match=f"items: compressed by {program}; .*`{program} -d`"):
        _items(start + b"\n" * 20).scan()


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_unreadable_input_is_refused_by_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=f"cannot read {name}"):
        open_items(name)
