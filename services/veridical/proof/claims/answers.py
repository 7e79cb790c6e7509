r"""Answers: what stands in a box, behind `####`, or behind "the answer is"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from veridical.math.terms import Term
from veridical.proof.claims.reading import read_side
from veridical.proof.claims.runs import Scanner
from veridical.proof.claims.tokens import Kind, Token, tokenise
from veridical.proof.model import Claim, Role

MAX_ANSWERS = 20
"""Answers read of one step."""

_MARK = re.compile(
    r"\\(?:boxed|fbox)\s*\{|####[ \t]*|\banswer(?:\s+is|\s*:)\s*:?\s*", re.IGNORECASE
)
_LINE_END = re.compile(r"\.(?=\s|\Z)|\n|;|\\\]|,\s+[a-z]")


def read_answers(text: str) -> Iterator[Claim]:
    """Yield the answers of a step."""
    at, boxed = 0, False
    for _ in range(MAX_ANSWERS):
        match = _MARK.search(text, at)
        if match is None:
            return
        is_box = match[0].endswith("{")
        start, end = (
            match.end(),
            _box_end(text, match.end()) if is_box else _line_end(text, match.end()),
        )
        at = match.end() if not is_box else max(end, match.end())
        if not is_box and _MARK.search(text, start, end):
            continue
        term = _read(text[start:end])
        if term is not None and end > start and not (boxed and not is_box):
            boxed |= is_box
            yield Claim(text[start:end], start, end, term, Role.ANSWER)


def _box_end(text: str, start: int) -> int:
    depth = 1
    for index in range(start, min(len(text), start + 1000)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return index
    return start


def _line_end(text: str, start: int) -> int:
    match = _LINE_END.search(text, start, start + 300)
    return match.start() if match else min(len(text), start + 300)


def _read(text: str) -> Term | None:
    stripped = text.strip().strip("$").strip()
    whole = read_side(stripped.replace("\\$", ""))
    if whole is not None:
        return whole
    for tokens in tokenise(text):
        kept: list[Token] = [token for token in tokens if token.kind is not Kind.EDGE]
        run = Scanner(kept).run(0, len(kept)) if kept else None
        if run is not None and run.text and run.end >= len(kept):
            return read_side(run.text)
    return None
