"""The file of tokens: what is taken, what is refused and how it is followed."""

from __future__ import annotations

import hmac
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from veridical.serving.access import tokens
from veridical.serving.access.files import BadFileError
from veridical.serving.access.tokens import TokenFile

A, B, C = ("a" * 20, "b" * 20, "c" * 20)


@pytest.fixture(autouse=True)
def _look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_LOOK_SECONDS", 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    write(path, f"# callers\n\nalice {A}  # hers\nbob\t{B} {C}\n")
    return path


def write(path: Path, text: str) -> None:
    """Replaces the file, as tools that rotate secrets do."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o600)
    new.replace(path)


def test_names_are_found_by_any_of_their_tokens(path: Path) -> None:
    file = TokenFile(path)
    assert [file.caller(token) for token in (A, B, C)] == ["alice", "bob", "bob"]
    assert [file.caller(token) for token in ("", "alice", A[:-1], A + "a", "ä" * 20)] == [None] * 5


def test_every_token_is_compared_in_constant_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TokenFile(path)
    compared: list[int] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(len(one))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    for token in (A, C, "x"):
        file.caller(token)
    assert compared == [32] * 9


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"alice {A}\nalice {B}", "line 2"),
        (f"alice {A}\nbob {A}", "line 2"),
        (f"alice {A} {A}", "line 1"),
        ("alice short", "line 1"),
        ("alice", "line 1"),
        (f"al/ice {A}", "line 1"),
        (f"alice {A}!", "line 1"),
        ("# nobody", "holds no token"),
        (f"älice {A}", "ASCII"),
    ],
)
def test_a_bad_file_names_setting_and_line_and_quotes_no_token(
    path: Path, text: str, line: str
) -> None:
    write(path, text)
    with pytest.raises(BadFileError) as refused:
        TokenFile(path)
    message = str(refused.value)
    assert message.startswith(f"tokens_file: {path}: ")
    assert line in message
    assert not any(token in message for token in (A, B, "short"))


def test_a_file_that_anybody_may_write_is_refused_and_one_to_read_is_told(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.chmod(0o602)
    with pytest.raises(BadFileError, match=r"tokens_file: .*: anybody may write it"):
        TokenFile(path)
    path.chmod(0o604)
    with caplog.at_level(logging.WARNING):
        assert TokenFile(path).caller(A) == "alice"
    assert "anybody may read it" in caplog.text


def test_a_missing_file_is_refused(path: Path) -> None:
    path.unlink()
    with pytest.raises(BadFileError, match=r"tokens_file: .*: No such file"):
        TokenFile(path)


def test_changes_count_and_what_cannot_be_read_does_not(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = TokenFile(path)
    write(path, f"alice {C}")
    assert (file.caller(A), file.caller(C)) == (None, "alice")
    with caplog.at_level(logging.INFO):
        write(path, "alice broken")
        assert file.caller(C) == "alice"
        path.unlink()
        assert file.caller(C) == "alice"
    problems = [getattr(record, "problem", "") for record in caplog.records]
    assert "line 1" in problems[0]
    assert "No such file" in problems[1]
    write(path, f"alice {A}")
    assert (file.caller(A), file.caller(C)) == ("alice", None)


def test_a_change_is_looked_for_once_a_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_LOOK_SECONDS", 60.0)
    file = TokenFile(path)
    looked_at: list[str] = []
    real = os.stat

    def stat(path: Any, **options: Any) -> os.stat_result:
        looked_at.append(str(path))
        return real(path, **options)

    monkeypatch.setattr(os, "stat", stat)
    for _ in range(3):
        file.caller(A)
    assert str(path) not in looked_at
