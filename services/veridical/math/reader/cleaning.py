"""Removing what surrounds an answer, each code point by a space, so that offsets stay."""

from __future__ import annotations

import re
import unicodedata

from veridical.math.reader.commands import COMMANDS

_DASHES = dict.fromkeys("−–‐‑‒﹣", "-")
_SPACES = dict.fromkeys(
    "\u00a0\u2002\u2003\u2004\u2005\u2007\u2009\u200a\u200b\u202f\u2060\u3000\ufeff", " "
)
_QUOTES = {"’": "'", "‘": "'", "´": "'", "＂": '"', "“": '"', "”": '"', "µ": "μ", "。": "."}
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
# Letters and digits in the typefaces of mathematics.
_TYPEFACES = {
    chr(code): plain
    for code in (*range(0x1D400, 0x1D800), 0x210E, 0x2102, 0x2115, 0x211A, 0x211D, 0x2124)
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and chr(code) not in "ℂℕℚℝℤ"
}
_CHARACTERS = str.maketrans(_TYPEFACES | _WIDE | _DASHES | _SPACES | _QUOTES)
_WRAPPERS = (
    ("$$", "$$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("**", "**"),
    ("__", "__"),
    ("`", "`"),
    ('"', '"'),
)
_TEXT = re.compile(
    r"\\(?:text(?:bf|it|rm|normal)?|mathrm|mathbf|mbox|boxed|fbox)\s*\{{1,2}([^{}]*)\}{1,2}"
)
_TRAILING = ".,;:"
_KEPT = ("\\,", "\\;", "\\:", "\\right.", "...")
_BECAUSE = re.compile(r"(?<=\w)[,.]? (?:because|as required) .*", re.DOTALL)
_CONTROL = {"\x07": "a", "\x08": "b", "\t": "t", "\x0b": "v", "\x0c": "f", "\r": "r"}
_EATEN = re.compile(r"\\?([\x07\x08\t\x0b\x0c\r])([a-z]{2,})")
_ESCAPED = re.compile(r"\\(?=\\[a-zA-Z]{2})")


def repaired(text: str) -> str:
    r"""Return `text` with the commands restored whose escapes a reader has eaten.

    A form feed before `rac` was `\frac`, a tab before `imes` was `\times`.
    """
    return text if text.isprintable() else _EATEN.sub(_command, text)


def _command(match: re.Match[str]) -> str:
    name = _CONTROL[match[1]] + match[2]
    is_known = name in COMMANDS or name.startswith(("text", "begin", "right"))
    return f"\\{name}" if is_known else match[0]


def clean(text: str) -> str:
    """Return `text` without wrappers, final punctuation and reasons, of the same length.

    Look-alikes of ASCII characters (full width, typefaces, dashes, quotes) become ASCII. Dollar signs
    that enclose mathematics become spaces, dollar signs before amounts stay.
    """
    if not text.isascii():
        text = text.translate(_CHARACTERS)
    if " because " in text or " as required " in text:
        text = _BECAUSE.sub(lambda reason: " " * len(reason[0]), text)
    if "\\\\" in text and "\\begin" not in text:
        text = _ESCAPED.sub(" ", text)
    start, end = 0, len(text)
    changed = True
    while changed:
        start, end, changed = _trimmed(text, start, end)
    core = text[start:end]
    if "$" in core:
        core = _without_delimiters(core)
    return " " * start + core + " " * (len(text) - end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int, bool]:
    first = end - len(text[start:end].lstrip())
    last = start + len(text[start:end].rstrip())
    if first >= last:
        return start, start, False
    if text[last - 1] in _TRAILING and not text.endswith(_KEPT, first, last):
        return first, last - 1, True
    if text.endswith("\\\\", first, last):
        return first, last - 2, True
    for opening, closing in _WRAPPERS:
        if last - first <= len(opening) + len(closing):
            continue
        inner = first + len(opening), last - len(closing)
        is_wrapped = text.startswith(opening, first, last) and text.endswith(closing, first, last)
        if is_wrapped and opening not in text[inner[0] : inner[1]]:
            return *inner, True
    found = _TEXT.fullmatch(text, first, last)
    if found is not None and "$" not in found[1]:
        return *found.span(1), True
    return first, last, False


_DOLLAR = re.compile(r"\\.|\$+", re.DOTALL)


_BEFORE_AMOUNT = " \n\t-+=<>/(,"


def _without_delimiters(text: str) -> str:
    """Return `text` with the dollar signs that come in pairs around mathematics made spaces."""
    found = [match for match in _DOLLAR.finditer(text) if match[0][0] == "$"]
    if len(found) % 2 or any(map(_is_amount, found[1::2])):
        return text
    characters = list(text)
    for match in found:
        characters[match.start() : match.end()] = " " * (match.end() - match.start())
    return "".join(characters)


def _is_amount(closing: re.Match[str]) -> bool:
    """Say whether a dollar sign that would close mathematics stands before an amount."""
    text, start, end = closing.string, closing.start(), closing.end()
    return text[end : end + 1].isdigit() and (not start or text[start - 1] in _BEFORE_AMOUNT)
