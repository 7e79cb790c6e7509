"""Bearer tokens: a file of callers and the secrets that they show.

One caller a line, its name and then its tokens, separated by blanks; `#` begins a comment:

    # name      token                              another token, while callers change over
    trainer-a   kX3v0Jq9dS2mW8pT5uYbLzR7
    evaluator   hN4cQ6sV1xZ8aF3gKj9wE2rT  P7mB5yU0iO3lD8fG6hJ1kS4a
"""

from __future__ import annotations

import hmac
import logging
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from veridical.serving.access.files import Reloaded, Source

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,512}")  # the characters of RFC 6750, section 2.1
_LOOK_SECONDS = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    digest: bytes


class TokenFile:
    """The tokens of a file, followed as it changes.

    Args:
        path: The file.

    Raises:
        BadFileError: It cannot be used; names the line, never a token.
    """

    def __init__(self, path: Path) -> None:
        self._source = Source("tokens_file", path)
        self._file = Reloaded([self._source], self._load)
        self._looked_at = time.monotonic()

    def caller(self, token: str) -> str | None:
        """The name of the caller that a token belongs to, or None.

        A change of the file counts within a second. Every token is compared, in constant time and
        by digest, so that the time taken says nothing of any of them.
        """
        self._follow()
        digest = sha256(token.encode()).digest()
        found = None
        for entry in self._file.value:
            if hmac.compare_digest(entry.digest, digest):
                found = entry.name
        return found

    def _follow(self) -> None:
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            self._file.refresh()

    def _load(self) -> tuple[_Entry, ...]:
        content = self._source.read()
        self._check_mode()
        try:
            lines = content.decode("ascii").splitlines()
        except UnicodeDecodeError as error:
            raise self._source.bad("holds more than ASCII characters") from error
        entries = tuple(self._entries(lines))
        if not entries:
            raise self._source.bad("holds no token")
        return entries

    def _check_mode(self) -> None:
        mode = self._source.path.stat().st_mode
        if mode & stat.S_IWOTH:
            raise self._source.bad("anybody may write it")
        # Not refused: a Kubernetes secret is mounted so by default, where nobody else is about.
        if mode & stat.S_IROTH:
            _log.warning("anybody may read it", extra={"tokens_file": str(self._source.path)})

    def _entries(self, lines: list[str]) -> Iterator[_Entry]:
        names: set[str] = set()
        digests: set[bytes] = set()
        for number, line in enumerate(lines, 1):
            name, *tokens = line.split("#", 1)[0].split() or [""]
            if not name:
                continue
            if not _NAME.fullmatch(name) or name in names:
                raise self._source.bad(f"line {number}: not a name, or one that came before")
            if not tokens or not all(map(_TOKEN.fullmatch, tokens)):
                raise self._source.bad(
                    f"line {number}: each token must be 16 to 512 of A-Za-z0-9._~+/=-"
                )
            names.add(name)
            for token in tokens:
                digest = sha256(token.encode()).digest()
                if digest in digests:
                    raise self._source.bad(f"line {number}: a token that came before")
                digests.add(digest)
                yield _Entry(name, digest)
