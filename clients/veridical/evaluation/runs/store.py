"""The database of a run: one SQLite file, in which every sample and every verdict stands once.

SQLite comes with Python, keeps what was committed through a kill at any moment (its write-ahead log,
sqlite.org/wal.html), and lets others read while a run goes on.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

from google.protobuf.json_format import MessageToJson

from veridical.api.v1.item_pb2 import Item
from veridical.api.v1.sampling_pb2 import Sample
from veridical.api.v1.verdict_pb2 import Verdict
from veridical.evaluation.errors import RunError, RunWriteError

FILE = "run.sqlite"
_MAX_ID_BYTES = 256
LABEL = "model"
"""The label of an item that names the model, as `veridical passk` reads it."""

_VERSION = 1
_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE problem (place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, item BLOB NOT NULL) STRICT;
CREATE TABLE sample (
    key INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    place INTEGER NOT NULL REFERENCES problem,
    number INTEGER NOT NULL,
    sample BLOB NOT NULL,
    UNIQUE (model, place, number)
) STRICT;
CREATE TABLE verdict (
    key INTEGER PRIMARY KEY REFERENCES sample,
    outcome INTEGER NOT NULL,
    verdict BLOB NOT NULL
) STRICT;
"""
_COUNTS = """
SELECT problem.name, count(*), sum(verdict.outcome = ?), sum(verdict.outcome = ?)
FROM sample JOIN verdict USING (key) JOIN problem USING (place)
WHERE sample.model = ? GROUP BY place ORDER BY place
"""
_UNJUDGED = """
SELECT sample.key, sample.model, sample.number, problem.item, sample.sample
FROM sample JOIN problem USING (place) LEFT JOIN verdict USING (key)
WHERE verdict.key IS NULL AND sample.key > ? ORDER BY sample.key LIMIT ?
"""
_EVERY = """
SELECT sample.key, sample.model, sample.number, problem.item, sample.sample, verdict.verdict
FROM sample JOIN problem USING (place) LEFT JOIN verdict USING (key)
ORDER BY sample.model, place, sample.number
"""

Settings: TypeAlias = Mapping[str, object]
"""What a run is made with, by name; values of JSON."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples of a problem that a run has not got yet.

    Attributes:
        item: The problem: its task, its prompt and its group.
        indices: Which of its samples are missing, rising; 1 or more.
    """

    item: Item
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample as a run keeps it.

    Attributes:
        key: Its number in the database.
        model: Whose it is.
        item: What is sent to be judged.
        sample: As it came from the sampler.
        verdict: Its verdict, once there is one.
    """

    key: int
    model: str
    item: Item
    sample: Sample
    verdict: Verdict | None = None


class RunStore:
    """The database of one run, for one thread; see `open_run`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def problems(self) -> list[Item]:
        """Return the problems in order."""
        rows = self._connection.execute("SELECT item FROM problem ORDER BY place")
        return [Item.FromString(row[0]) for row in rows]

    def settings(self) -> dict[str, object]:
        """Return what the run was begun with."""
        rows = self._connection.execute("SELECT name, value FROM setting ORDER BY name")
        return {name: json.loads(value) for name, value in rows}

    def gaps(self, model: str, samples: int) -> Iterator[Gap]:
        """Yield which of the first `samples` of each problem are missing of a model, in order."""
        problems = self._connection.execute("SELECT place, item FROM problem ORDER BY place")
        for place, item in problems.fetchall():
            rows = self._connection.execute(
                "SELECT number FROM sample WHERE model = ? AND place = ?", (model, place)
            )
            there = {row[0] for row in rows}
            missing = tuple(number for number in range(samples) if number not in there)
            if missing:
                yield Gap(Item.FromString(item), missing)

    def add_samples(self, model: str, samples: Iterable[Sample]) -> int:
        """Keep samples, each once; returns how many were new.

        Raises:
            RunError: A sample is of no problem of the run, or has no index.
        """
        rows = []
        for sample in samples:
            if not sample.HasField("sample_index") or sample.sample_index < 0:
                raise RunError(f"a sample of {sample.group!r} by {model!r} has no sample_index")
            data = sample.SerializeToString()
            rows.append((model, self._place(sample.group), sample.sample_index, data))
        with self._connection as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT OR IGNORE INTO sample (model, place, number, sample) VALUES (?, ?, ?, ?)",
                rows,
            )
            return connection.total_changes - before

    def unjudged(self, limit: int, after: int = 0) -> list[Drawn]:
        """Return samples without a verdict, in the order they came.

        Args:
            limit: How many at most.
            after: The key behind which to look.
        """
        rows = self._connection.execute(_UNJUDGED, (after, limit))
        return [_drawn(*row) for row in rows]

    def add_verdicts(self, verdicts: Iterable[tuple[int, Verdict]]) -> None:
        """Keep the verdicts on samples, by their keys; a later one on the same sample is dropped."""
        rows = [(key, each.outcome, each.SerializeToString()) for key, each in verdicts]
        with self._connection as connection:
            connection.executemany("INSERT OR IGNORE INTO verdict VALUES (?, ?, ?)", rows)

    def drawn(self) -> Iterator[Drawn]:
        """Yield every sample with its verdict, by model, problem and index."""
        for row in self._connection.execute(_EVERY):
            yield _drawn(*row)

    def models(self) -> list[str]:
        """Return the names of the models that there are samples of."""
        rows = self._connection.execute("SELECT DISTINCT model FROM sample ORDER BY model")
        return [row[0] for row in rows]

    def judged(self, model: str, correct: int, undecided: int) -> dict[str, tuple[int, int, int]]:
        """Return for each problem of a model how many verdicts there are, of them these two outcomes."""
        rows = self._connection.execute(_COUNTS, (correct, undecided, model))
        return {name: (n, c, u) for name, n, c, u in rows}

    def sizes(self, model: str) -> tuple[int, int]:
        """Return how many samples of a model there are, and how many of them have a verdict."""
        rows = self._connection.execute(
            "SELECT count(*), count(verdict.key) FROM sample LEFT JOIN verdict USING (key) "
            "WHERE model = ?",
            (model,),
        )
        samples, verdicts = rows.fetchone()
        return samples, verdicts

    def _place(self, group: str) -> int:
        row = self._connection.execute(
            "SELECT place FROM problem WHERE name = ?", (group,)
        ).fetchone()
        if row is None:
            raise RunError(f"a sample is of {group!r}, which is no problem of this run")
        return int(row[0])


@contextmanager
def open_run(folder: Path, settings: Settings, problems: Sequence[Item]) -> Iterator[RunStore]:
    """Begin a run in a folder, or go on with the one that is there.

    Args:
        folder: Made where it is missing.
        settings: What samples and verdicts depend on; must be those it was begun with.
        problems: Items with task, prompt and group, each group once; must be those it was begun with.

    Raises:
        RunError: Another process has it open, it was begun with something else, or a problem is
            unusable.
        RunWriteError: It cannot be written, now or later: what the body raises as SQLite's error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    try:
        with _locked(folder), closing(_connect(path)) as connection:
            _begin(connection, folder, settings, problems)
            yield RunStore(connection)
    except sqlite3.OperationalError as error:
        raise RunWriteError(
            f"{path}: {error}; is the disk full? What is there is kept, and the same command goes on"
        ) from error
    except sqlite3.DatabaseError as error:
        raise _not_whole(path, str(error)) from error


@contextmanager
def read_run(folder: Path) -> Iterator[RunStore]:
    """Open a run to read, while it goes on or later.

    Raises:
        RunError: There is none.
    """
    path = folder / FILE
    if not path.exists():
        raise RunError(f"{folder}: no run ({FILE} is missing)")
    with closing(_connect(path, read_only=True)) as connection:
        _check_version(connection, path)
        yield RunStore(connection)


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", _BUSY_SECONDS, uri=True)
    connection.execute("PRAGMA foreign_keys = ON")
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(f"{folder}: another process goes on with this run") from None
        yield


def _begin(
    connection: sqlite3.Connection, folder: Path, settings: Settings, problems: Sequence[Item]
) -> None:
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        rows = [(place, *_problem(item)) for place, item in enumerate(problems)]
        _refuse_repeated([name for _, name, _ in rows])
        # In one go: a run that was killed here has not begun.
        script = ["BEGIN", *_SCHEMA.split(";")[:-1], f"PRAGMA user_version = {_VERSION}"]
        for statement in script:
            connection.execute(statement)
        connection.executemany("INSERT INTO setting VALUES (?, ?)", _texts(settings).items())
        connection.executemany("INSERT INTO problem VALUES (?, ?, ?)", rows)
        connection.commit()
    else:
        _check_whole(connection, folder / FILE)
    _check_version(connection, folder / FILE)
    _check_same(connection, folder, settings, problems)


def _check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Returns where the pages of the file belong together, as those of a copy need not."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise _not_whole(path, found.splitlines()[-1])


def _not_whole(path: Path, why: str) -> RunError:
    return RunError(
        f"{path}: {why}; a copy of a run that goes on is not whole: stop it first, or copy by SQLite's own "
        ".backup"
    )


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise RunError(f"{path}: {error}") from None
    if version != _VERSION:
        raise RunError(f"{path}: version {version} of the format, this reads {_VERSION}")


def _check_same(
    connection: sqlite3.Connection, folder: Path, settings: Settings, problems: Sequence[Item]
) -> None:
    before = dict(connection.execute("SELECT name, value FROM setting").fetchall())
    for name, value in _texts(settings).items():
        if before.get(name) != value:
            was = before.get(name, "nothing")
            raise RunError(f"{folder}: begun with {name} = {was}, now it is {value}")
    rows = connection.execute("SELECT name, item FROM problem ORDER BY place").fetchall()
    if rows != [_problem(item) for item in problems]:
        raise RunError(f"{folder}: begun with other problems ({len(rows)} of them)")


def _texts(settings: Settings) -> dict[str, str]:
    return {name: json.dumps(value, sort_keys=True) for name, value in settings.items()}


def _problem(item: Item) -> tuple[str, bytes]:
    if not item.group:
        raise RunError(f"group: missing in problem {MessageToJson(item, indent=None)[:120]}")
    kept = Item(prompt=item.prompt, group=item.group, labels=item.labels)
    kept.task.CopyFrom(item.task)
    return item.group, kept.SerializeToString(deterministic=True)


def _refuse_repeated(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RunError(f"group: {name!r} stands twice among the problems")
        seen.add(name)


def _drawn(
    key: int, model: str, number: int, item: bytes, sample: bytes, verdict: bytes | None = None
) -> Drawn:
    made, drawn = Item.FromString(item), Sample.FromString(sample)
    made.id, made.sample_index = _item_id(model, made.group, number), number
    made.response, made.finish_reason = drawn.text, drawn.finish_reason
    made.labels[LABEL] = model
    judged = None if verdict is None else Verdict.FromString(verdict)
    return Drawn(key, model, made, drawn, judged)


def _item_id(model: str, group: str, number: int) -> str:
    """Return the same id in every run, since verdicts of random control tasks hang on it."""
    name = f"{model}/{group}/{number}"
    return name if len(name.encode()) <= _MAX_ID_BYTES else blake2b(name.encode()).hexdigest()
