"""TLS files: which are refused, and which change is taken."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import grpc
import pytest

from veridical.serving.access.certificates import Certificates
from veridical.serving.access.files import BadFileError


@pytest.fixture
def files(authority: Any, tmp_path: Path) -> dict[str, Path]:
    server = authority.certify("server")
    return {"certificate": server.certificate, "key": server.key, "client_ca": authority.ca}


def test_good_files_are_taken(files: dict[str, Path]) -> None:
    assert isinstance(Certificates(**files).credentials(), grpc.ServerCredentials)


@pytest.mark.parametrize("name", ["certificate", "key", "client_ca"])
@pytest.mark.parametrize("content", [None, b"", b"nonsense", "another", "folder"])
def test_a_bad_file_is_named_by_its_setting(
    files: dict[str, Path], authority: Any, name: str, content: bytes | str | None
) -> None:
    path = files[name]
    path.unlink()
    if content == "folder":
        path.mkdir()
    elif content == "another":
        other = authority.certify("other")
        shutil.copy(other.key if name != "key" else other.certificate, path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(BadFileError, match=rf"tls_{name}: {path}: "):
        Certificates(**files)


def test_a_key_of_another_certificate_is_refused(files: dict[str, Path], authority: Any) -> None:
    files["key"] = authority.certify("other").key
    with pytest.raises(BadFileError, match=r"tls_key: .*: not the key of tls_certificate"):
        Certificates(**files)


def test_a_half_changed_pair_waits_for_its_other_half(
    files: dict[str, Path], authority: Any
) -> None:
    certificates = Certificates(**files)
    assert certificates._news() is None
    other = authority.certify("other")
    shutil.copy(other.certificate, files["certificate"])
    assert certificates._news() is None
    assert certificates._news() is None
    shutil.copy(other.key, files["key"])
    assert certificates._news() is not None
    assert certificates._news() is None
