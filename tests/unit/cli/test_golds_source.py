from __future__ import annotations

import gzip
import io
import json

import pytest

from veridical.cli.exits import CommandError
from veridical.cli.golds.report import summary
from veridical.cli.golds.source import Golds, read_golds
from veridical.cli.items import ItemsFile
from veridical.client import MathTask, PercentPolicy, UnitPolicy

POLICY = MathTask(percent=PercentPolicy.PERCENT_POLICY_SIGN_OPTIONAL)


def _read(content: str | bytes, name: str = "golds", column: str | None = None) -> Golds:
    data = content.encode() if isinstance(content, str) else content
    return read_golds(ItemsFile(name, io.BytesIO(data)), column, POLICY)


def _golds(golds: Golds) -> list[tuple[str, list[int]]]:
    return [(gold.task.gold, gold.lines) for gold in golds.distinct]


PLAIN = [
    ("1/2\n\n  x+1 \n1/2", [("1/2", [1, 4]), ("x+1", [3])]),
    ("{1, 2}\n\\{1\\}\n", [("{1, 2}", [1]), (r"\{1\}", [2])]),
    ('"a"\n[1]\n', [('"a"', [1]), ("[1]", [2])]),
    ("\ufeff5\r\n6\u20287\r\n", [("5", [1]), ("6\u20287", [2])]),
]


@pytest.mark.parametrize(("content", "golds"), PLAIN)
def test_every_plain_line_is_a_gold(content: str, golds: list[tuple[str, list[int]]]) -> None:
    assert _golds(_read(content)) == golds


def test_an_array_of_rows_is_told_once() -> None:
    with pytest.raises(CommandError, match="a JSON array"):
        _read('[\n{"gold": "7"},\n{"gold": "8"}\n]\n', "golds.json")
    with pytest.raises(CommandError, match="gzip"):
        _read(gzip.compress(b"7\n"), "golds.txt")


ROWS = [
    ({"gold": "7", "answer": "a solution"}, None, "7"),
    ({"question": "?", "answer": "so\n#### 18"}, None, "so\n#### 18"),
    ({"ground_truth": "x"}, None, "x"),
    ({"gold": "7", "key": "8"}, "key", "8"),
    ({"reward_model": {"ground_truth": "9"}}, "reward_model.ground_truth", "9"),
    ({"a.b": "1", "a": {"b": "2"}}, "a.b", "1"),
    ({"gold": None}, None, ""),
    ({"task": "algebra", "gold": "7"}, None, "7"),
    ({"task": {"math": {"gold": "5"}}, "gold": "7"}, "gold", "7"),
]


@pytest.mark.parametrize(("row", "column", "gold"), ROWS)
def test_the_gold_of_a_row(row: dict[str, object], column: str | None, gold: str) -> None:
    assert _golds(_read(json.dumps(row), column=column)) == [(gold, [1])]


def test_a_number_stays_as_it_is_written() -> None:
    lines = '{"gold": 0.50}\n{"gold": 12345678901234567890123}\n{"gold": 1e5}\n'
    assert [gold for gold, _ in _golds(_read(lines))] == ["0.50", "12345678901234567890123", "1e5"]


def test_golds_without_a_task_get_the_policy_that_was_asked_for() -> None:
    assert _read("10%").distinct[0].task == MathTask(gold="10%", percent=POLICY.percent)


def test_items_bring_their_own_policy_and_their_parts() -> None:
    math = {"math": {"gold": "5", "units": "UNIT_POLICY_REQUIRED"}}
    items = [
        {"id": "1", "task": math, "response": ""},
        {"id": "2", "task": {"all": {"tasks": [math, {"format": {}}]}}, "response": ""},
        {"id": "3", "task": {"control": {"inverse": {"math": {"gold": "5"}}}}},
        {"id": "4", "task": {"code": {"language": "python"}}},
    ]
    golds = _read("\n".join(map(json.dumps, items)))
    required = MathTask(gold="5", units=UnitPolicy.UNIT_POLICY_REQUIRED)
    assert [gold.task for gold in golds.distinct] == [required, MathTask(gold="5")]
    assert [gold.lines for gold in golds.distinct] == [[1, 2], [3]]
    assert (golds.lines, golds.without) == (4, 1)


BAD = [
    ("{", "no JSON: expecting property name enclosed in double quotes at column 2"),
    ("[1]", "no JSON object"),
    ('{"problem": "?"}', "none of the fields gold, answer"),
    ('{"gold": ["1"]}', 'gold: neither a text nor a number, but ["1"]'),
    ('{"gold": true}', "neither"),
    ('{"task": {"math": {"golf": "1"}}}', "unknown field task.math.golf; did you mean gold?"),
    ('{"task": {"math": {"gold": "1"}}}', "id: missing"),
    ('{"id": "1", "task": {"math": {"gold": 1}}}', "task.math.gold"),
    (b'{"gold": "\xff"}', "no UTF-8"),
    ("[" * 100_000, "no JSON"),
]


@pytest.mark.parametrize(("line", "problem"), BAD)
def test_a_bad_line_is_named_and_spoils_only_itself(line: str | bytes, problem: str) -> None:
    content = line if isinstance(line, bytes) else line.encode()
    golds = _read(b'{"gold": "1"}\n' + content + b'\n{"gold": "2"}\n')
    assert _golds(golds) == [("1", [1]), ("2", [3])]
    assert [finding.lines for finding in golds.bad_lines] == [(2,)]
    assert problem in golds.bad_lines[0].problem


def test_the_name_of_a_file_says_that_it_holds_json() -> None:
    assert len(_read("no json\n", name="x.jsonl").bad_lines) == 1
    assert _golds(_read("no json\n", name="x.txt")) == [("no json", [1])]


def test_a_named_field_that_is_not_there_is_a_bad_line() -> None:
    assert _read('{"a": {"b": "1"}}', column="a.c").bad_lines[0].problem == "no field a.c"


def test_an_empty_file_is_no_trouble() -> None:
    assert _read("\n \n") == Golds()
    assert str(summary(Golds(), [])) == "no golds"


def test_a_single_gold_is_counted_as_one() -> None:
    assert str(summary(_read("5\n5"), [])) == "2 lines, 1 different gold: 1 sound"
