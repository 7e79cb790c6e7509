"""What probes found, kept in the database of a run beside its samples, each row once.

The tables are added to the run's file when a probe first runs; the run itself does without them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from veridical.api.v1.sampling_pb2 import Sample
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.runs.store import FILE

_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS probe_score (
    scorer TEXT NOT NULL,
    key INTEGER NOT NULL REFERENCES sample,
    tokens INTEGER NOT NULL,
    perplexity REAL NOT NULL,
    is_exact INTEGER NOT NULL,
    PRIMARY KEY (scorer, key)
) STRICT;
CREATE TABLE IF NOT EXISTS probe_answer (
    probe TEXT NOT NULL,
    model TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    sample BLOB NOT NULL,
    verdict BLOB,
    PRIMARY KEY (probe, model, name, number)
) STRICT;
CREATE TABLE IF NOT EXISTS probe_verdict (
    probe TEXT NOT NULL,
    key INTEGER NOT NULL REFERENCES sample,
    verdict BLOB NOT NULL,
    PRIMARY KEY (probe, key)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Score:
    """How likely a model finds a response of the run.

    Attributes:
        key: The response's number in the database.
        tokens: How many tokens were scored.
        perplexity: exp(- mean log-probability), 1 or more.
        is_exact: Whether the tokens scored are those that were drawn; else the text was cut into tokens
            again.
    """

    key: int
    tokens: int
    perplexity: float
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A response to a prompt of a probe.

    Attributes:
        name: What the prompt was made of, such as a problem.
        number: Which of the responses to it.
        sample: The response.
        verdict: Its verdict; None where it is not judged.
    """

    name: str
    number: int
    sample: Sample
    verdict: Verdict | None


class ProbeStore:
    """The probes of one run, for one thread; see `open_probes`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def scores(self, scorer: str) -> list[Score]:
        """Return what a model scored, in the order of the samples."""
        rows = self._connection.execute(
            "SELECT key, tokens, perplexity, is_exact FROM probe_score WHERE scorer = ? ORDER BY key",
            (scorer,),
        )
        return [Score(key, tokens, value, bool(exact)) for key, tokens, value, exact in rows]

    def add_scores(self, scorer: str, scores: Iterable[Score]) -> None:
        """Keep scores, each once."""
        rows = [(scorer, each.key, each.tokens, each.perplexity, each.is_exact) for each in scores]
        self._write("INSERT OR IGNORE INTO probe_score VALUES (?, ?, ?, ?, ?)", rows)

    def answers(self, probe: str, model: str) -> list[Answer]:
        """Return the responses of a model to a probe's prompts, by name and number."""
        rows = self._connection.execute(
            "SELECT name, number, sample, verdict FROM probe_answer WHERE probe = ? AND model = ? "
            "ORDER BY name, number",
            (probe, model),
        )
        return [
            Answer(name, number, Sample.FromString(sample), verdict and Verdict.FromString(verdict))
            for name, number, sample, verdict in rows
        ]

    def add_answers(self, probe: str, model: str, answers: Iterable[Answer]) -> None:
        """Keep responses with their verdicts, each once."""
        rows = [
            (
                *(probe, model, each.name, each.number, each.sample.SerializeToString()),
                None if each.verdict is None else each.verdict.SerializeToString(),
            )
            for each in answers
        ]
        self._write("INSERT OR IGNORE INTO probe_answer VALUES (?, ?, ?, ?, ?, ?)", rows)

    def verdicts(self, probe: str) -> dict[int, Verdict]:
        """Return the verdicts of a probe on responses of the run, by their numbers in the database."""
        rows = self._connection.execute(
            "SELECT key, verdict FROM probe_verdict WHERE probe = ? ORDER BY key", (probe,)
        )
        return {key: Verdict.FromString(verdict) for key, verdict in rows}

    def add_verdicts(self, probe: str, verdicts: Iterable[tuple[int, Verdict]]) -> None:
        """Keep verdicts of a probe, each once."""
        rows = [(probe, key, each.SerializeToString()) for key, each in verdicts]
        self._write("INSERT OR IGNORE INTO probe_verdict VALUES (?, ?, ?)", rows)

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._connection as connection:
            connection.executemany(statement, rows)


@contextmanager
def open_probes(folder: Path) -> Iterator[ProbeStore]:
    """Open the probes of a run that this process has open."""
    with closing(sqlite3.connect(folder / FILE, _BUSY_SECONDS)) as connection:
        for statement in _SCHEMA.split(";")[:-1]:
            connection.execute(statement)
        connection.commit()
        yield ProbeStore(connection)
