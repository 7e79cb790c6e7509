"""Files of verdicts and of counts, line by line."""

from __future__ import annotations

import json

import pytest

from veridical.client import MathEvidence, Outcome, Reason, Verdict, verdict_to_json
from veridical.evaluation.majority import Votes
from veridical.evaluation.reading import MAX_FAULTS, Reader


def verdict(outcome: str, index: int | None = None, answer: str = "", model: str = "m") -> bytes:
    message = Verdict(
        id=f"{index}",
        outcome=Outcome.Value(f"OUTCOME_{outcome}"),
        reason=Reason.REASON_EQUAL,
        math=MathEvidence(extracted=answer),
        group="g",
        sample_index=index,
        labels={"model": model} if model else {},
    )
    return verdict_to_json(message).encode() + b"\n"


def counted(*lines: bytes, **options: object) -> Reader:
    reader = Reader(**options)
    reader.read(lines, "folder/run-7.jsonl")
    return reader


def rows(reader: Reader) -> dict[str, list[tuple[str, int, int, int]]]:
    return {
        each.model: list(
            zip(each.groups, each.n.tolist(), each.c.tolist(), each.u.tolist(), strict=True)
        )
        for each in reader.counts()
    }


def test_verdicts_are_counted_by_model_and_group() -> None:
    lines = [verdict("CORRECT", 0), verdict("INCORRECT", 1), b"\n", verdict("UNDECIDED", 2)]
    reader = counted(*lines, verdict("CORRECT", 0, model=""), verdict("CORRECT", None))
    assert reader.faults == []
    assert rows(reader) == {"m": [("g", 4, 2, 1)], "run-7": [("g", 1, 1, 0)]}


def test_counts_are_taken_as_they_are() -> None:
    lines = [b'{"group": "g", "model": "m", "n": 8, "c": 3}', b'{"group":"h","n":8,"c":3,"u":5}']
    assert rows(counted(*lines)) == {"m": [("g", 8, 3, 0)], "run-7": [("h", 8, 3, 5)]}


def test_another_label_may_name_the_model() -> None:
    line = b'{"outcome": "OUTCOME_CORRECT", "group": "g", "labels": {"policy": "p"}}'
    assert rows(counted(line, label="policy")) == {"p": [("g", 1, 1, 0)]}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"nothing\n", "malformed"),
        (b'"\xff"\n', "line 2"),
        (b'{"outcome": "OUTCOME_CORRECT"}', "group: missing"),
        (b'{"group": 7, "n": 1, "c": 1}', "$.group"),
        (b'{"group": "g"}', "neither a verdict"),
        (b'{"group": "h", "n": 4}', "c: missing"),
        (b'{"group": "h", "n": 4, "c": 5}', "c + u <= n"),
        (b'{"group": "h", "n": 4, "c": 1.5}', "$.c"),
        (b'{"group": "h", "outcome": "OUTCOME_MAYBE"}', "outcome: 'OUTCOME_MAYBE' is none"),
        (b'{"group": "h", "outcome": "OUTCOME_CORRECT", "sample_index": -1}', "not within 0"),
        (b'{"group": "g", "model": "m", "n": 4, "c": 1}', "counted before"),
        (verdict("CORRECT", 0), "sample_index 0 of this model twice"),
    ],
)
def test_a_bad_line_is_named(line: bytes, told: str) -> None:
    reader = counted(verdict("INCORRECT", 0), line)
    assert reader.fault_count == 1
    assert reader.faults[0].startswith("folder/run-7.jsonl, line 2: ")
    assert told in reader.faults[0]


def test_bad_lines_beyond_the_first_are_only_counted() -> None:
    reader = counted(*[b"{\n"] * 25)
    assert (len(reader.faults), reader.fault_count) == (MAX_FAULTS, 25)


def test_answers_become_votes() -> None:
    lines = [("CORRECT", "1/2"), ("CORRECT", "0.5"), ("INCORRECT", "3"), ("INCORRECT", "3")]
    lines += [("INCORRECT", "4"), ("INCORRECT", ""), ("UNDECIDED", "")]
    reader = counted(*(verdict(o, i, a) for i, (o, a) in enumerate(lines)), answers=True)
    assert reader.votes("m", ("g",)) == [Votes(2, (2, 1), 1)]


@pytest.mark.parametrize(
    "line",
    [
        {"group": "g", "model": "m", "n": 2, "c": 1},
        {"group": "g", "outcome": "OUTCOME_CORRECT", "code": {}},
    ],
)
def test_votes_want_answers(line: dict[str, object]) -> None:
    assert "majority@k needs" in counted(json.dumps(line).encode(), answers=True).faults[0]
