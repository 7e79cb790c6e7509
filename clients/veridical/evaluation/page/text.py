"""Text of foreign origin on a page: escaped, and with what does not print made visible."""

from __future__ import annotations

import re
from html import escape

from veridical.evaluation.words import shown

_ODD = re.compile("(\x00[0-9A-F]+\x00)")
_MINUS = re.compile(r"(?<![^\s\[])-(?=\d)")
_KEPT = frozenset("\n\t")
_HEAD, _TAIL = 1200, 800
"""Characters that are shown of the beginning and the end of a long text."""


def block(text: str, kind: str = "") -> str:
    """Return a text as a block that nothing in it can leave; of a long one, its beginning and end.

    Line breaks and tabs stay; characters that do not print, or change the direction of writing, are
    named by their code points.

    Args:
        text: The text.
        kind: A class of the block.
    """
    attribute = f' class="{escape(kind)}"' if kind else ""
    left_out = len(text) - _HEAD - _TAIL
    if left_out <= 0:
        return f"<pre{attribute}>{_visible(text)}</pre>"
    cut = f'<span class="cut"> … {left_out:,} characters left out … </span>'
    return f"<pre{attribute}>{_visible(text[:_HEAD])}{cut}{_visible(text[-_TAIL:])}</pre>"


def inline(text: str, most: int = 300) -> str:
    """Return a text within a line, cut where it is longer than `most`."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return f"<bdi>{_visible(cut.replace(chr(10), ' '))}</bdi>"


def name(text: str) -> str:
    """Return a name, cut where it is long."""
    return f"<bdi>{escape(shown(text))}</bdi>"


def sentence(text: str) -> str:
    """Return a sentence of our own: figures get real minus signs, and keep their percent sign beside them."""
    return _MINUS.sub("−", escape(text)).replace(" %", "&nbsp;%")


def _visible(text: str) -> str:
    """Return escaped text, what does not print in marks of its own."""
    marked = "".join(each if _prints(each) else f"\x00{ord(each):04X}\x00" for each in text)
    return "".join(
        f'<span class="odd">U+{part[1:-1]}</span>' if part.startswith("\x00") else escape(part)
        for part in _ODD.split(marked)
    )


def _prints(character: str) -> bool:
    # Other blanks than U+0020 do not count as printable, and are harmless.
    return (
        character.isprintable()
        or character in _KEPT
        or (character.isspace() and character >= "\xa0")
    )
