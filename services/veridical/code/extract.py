"""The program that a response gives: the last fenced block, the whole text, or a completion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from veridical.code.languages import plain_label
from veridical.serving.thinking import answer_span

_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)", re.MULTILINE)
_LABEL = re.compile(r"[\w+#.-]+")
_WRAPPERS = frozenset({"markdown", "md"})
_MAX_NESTING = 3
_CLOSING_INDENT = 3
_BOM = "\ufeff"


class CodeExtraction(Enum):
    """Where the program stands in a response; the contract has each by the same name."""

    LAST_FENCED_BLOCK = "last_fenced_block"
    WHOLE_TEXT = "whole_text"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True)
class Program:
    """A program, and where in the response it stands, in code points, `end` exclusive.

    `text` may differ from the response there: its lines end with LF alone, the indent of a fence is
    taken off them, and a completion begins with its prompt.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A fenced block: its label as the table of languages has it, and its content."""

    label: str
    indent: int
    start: int
    end: int


def extract_program(
    response: str, labels: Sequence[str], how: CodeExtraction | None, prompt: str = ""
) -> Program | None:
    """Take the program from a response, in time linear in its length.

    Args:
        response: The model's whole text; what is thinking in it holds no program.
        labels: What the language is called behind a fence, as the table of languages has it.
        how: Where the program stands; None means the last fenced block, else the whole text.
        prompt: What a completion continues.

    Returns:
        The program, None if there is none.
    """
    span = answer_span(response)
    if how is CodeExtraction.COMPLETION:
        text = prompt + response[span.start : span.end]
        return Program(_with_lf(text), span.start, span.end) if text.strip() else None
    if how is not CodeExtraction.WHOLE_TEXT:
        block = _last_block(response, span.start, span.end, labels)
        if block is not None or how is CodeExtraction.LAST_FENCED_BLOCK:
            return block
    return _program(response, span.start, span.end, 0)


def _last_block(response: str, start: int, end: int, labels: Sequence[str]) -> Program | None:
    """Take the last block with a label of the language, else the last without any label.

    A block without content is none.
    """
    unlabelled = None
    for block in reversed(list(_blocks(response, start, end, 0))):
        if block.label and block.label not in labels:
            continue
        program = _program(response, block.start, block.end, block.indent)
        if program is not None and block.label:
            return program
        unlabelled = unlabelled or program
    return unlabelled


def _blocks(response: str, start: int, end: int, depth: int) -> Iterator[_Block]:
    """Yield the fenced blocks of a range, those within a block of Markdown included."""
    fences = _FENCE.finditer(response, start, end)
    for opening in fences:
        if opening["fence"][0] == "`" and "`" in opening["info"]:
            continue
        closing = next((each for each in fences if _closes(each, opening)), None)
        first = min(opening.end() + 1, end)
        last = closing.start() if closing else end
        label = _LABEL.search(opening["info"])
        name = plain_label(label[0]).lstrip(".") if label else ""
        if name in _WRAPPERS and depth < _MAX_NESTING:
            yield from _blocks(response, first, last, depth + 1)
        else:
            yield _Block(name, _columns(opening["indent"]), first, last)


def _closes(fence: re.Match[str], opening: re.Match[str]) -> bool:
    """Whether a fence ends the block of another: as CommonMark has it, but for deep openings."""
    return (
        not fence["info"].strip()
        and fence["fence"].startswith(opening["fence"])
        and _columns(fence["indent"]) <= _columns(opening["indent"]) + _CLOSING_INDENT
    )


def _columns(indent: str) -> int:
    return len(indent.expandtabs(4))


def _program(response: str, start: int, end: int, indent: int) -> Program | None:
    text = response[start:end]
    if not text.strip():
        return None
    if indent:
        text = "\n".join(_without_indent(line, indent) for line in text.split("\n"))
    return Program(_with_lf(text.removeprefix(_BOM)), start, end)


def _with_lf(text: str) -> str:
    return text.replace("\r\n", "\n")


def _without_indent(line: str, columns: int) -> str:
    """Take at most so many columns of white space off a line."""
    white = line[: len(line) - len(line.lstrip(" \t"))]
    kept = max(0, _columns(white) - columns)
    return " " * kept + line[len(white) :]
