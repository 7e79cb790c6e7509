"""One written form for texts that differ only in how they are typeset."""

from __future__ import annotations

import re

_CHARACTERS = str.maketrans(
    {chr(0xFF10 + digit): str(digit) for digit in range(10)}
    | {
        "−": "-",  # U+2212 minus sign
        "–": "-",
        "‐": "-",
        "‑": "-",
        "－": "-",
        "＋": "+",
        "（": "(",
        "）": ")",
        "，": ",",
        "．": ".",
        "：": ":",
        "；": ";",
        "＝": "=",
        "／": "/",
        "％": "%",
        "＜": "<",
        "＞": ">",
        "［": "[",
        "］": "]",
        "｛": "{",
        "｝": "}",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u3000": " ",
        "\u200b": "",
        "\ufeff": "",
        "×": r"\times ",
        "·": r"\cdot ",
        "⋅": r"\cdot ",
        "÷": r"\div ",
        "±": r"\pm ",
        "∀": r"\forall ",
        "≤": r"\leq ",
        "≥": r"\geq ",
        "≠": r"\neq ",
        "≈": r"\approx ",
        "∞": r"\infty ",
        "∪": r"\cup ",
        "∩": r"\cap ",
        "∈": r"\in ",
        "∅": r"\emptyset ",
        "π": r"\pi ",
        "θ": r"\theta ",
        "√": r"\sqrt ",
    }
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_SUPERSCRIPT_RUN = re.compile(f"[{_SUPERSCRIPTS}]+")
_SCRIPT_TAG = re.compile(r"<su(?P<kind>[bp])>(?P<text>[^<>{}]{0,100})</su(?P=kind)>")
_TO_DIGITS = str.maketrans(_SUPERSCRIPTS, "0123456789+-")
_SYNONYMS = {
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\cfrac": r"\frac",
    r"\dbinom": r"\binom",
    r"\tbinom": r"\binom",
    r"\leqslant": r"\leq",
    r"\geqslant": r"\geq",
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\lt": "<",
    r"\gt": ">",
    r"\ne": r"\neq",
    r"\to": r"\rightarrow",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\times": r"\cdot",
    r"\ast": r"\cdot",
    r"\left": "",
    r"\right": "",
    r"\bigl": "",
    r"\bigr": "",
    r"\Bigl": "",
    r"\Bigr": "",
    r"\big": "",
    r"\Big": "",
    r"\displaystyle": "",
    r"\quad": " ",
    r"\qquad": " ",
    r"\,": "",
    r"\!": "",
    r"\;": " ",
    r"\:": " ",
    r"\ ": " ",
    r"\$": "$",
    r"\%": "%",
    r"\#": "#",
    r"\&": "&",
    r"\degree": "°",
}
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|[,!;: $%#&])")
_DEGREES = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ)")
_PLAIN_TEXT = re.compile(
    r"\\(?:text|mathrm|textbf|mathbf|textit|mbox|textrm|mathit|bf|rm)\s*\{([^{}\\]*)\}"
)
_BRACED_CHARACTER = re.compile(r"(?<=[\^_])\{([0-9A-Za-z])\}")
_THOUSANDS_GAP = re.compile(r"\{,\}|,\\!\s*")
_SPACE = re.compile(r"\s+")
_WRAPPERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("**", "**"), ("`", "`"))


def clean_text(text: str) -> str:
    """Return `text` without wrappers, its unicode mathematics written as LaTeX."""
    if text.isdecimal() and text.isascii():
        return text
    if not text.isascii():
        text = _SUPERSCRIPT_RUN.sub(_superscript, text.translate(_CHARACTERS))
    if "</su" in text:
        text = _SCRIPT_TAG.sub(_script, text)
    return strip_wrappers(text)


def _script(tag: re.Match[str]) -> str:
    return f"{'^' if tag['kind'] == 'p' else '_'}{{{tag['text']}}}"


def _superscript(run: re.Match[str]) -> str:
    return f"^{{{run[0].translate(_TO_DIGITS)}}}"


def strip_wrappers(text: str) -> str:
    r"""Remove white space, `$…$`, `\(…\)`, `\[…\]`, `**…**` and a final full stop around `text`."""
    text = text.strip()
    changed = True
    while changed:
        changed = False
        if text.endswith((".", ",", ";")) and not text.endswith((r"\,", r"\;")):
            text, changed = text[:-1].rstrip(), True
        for opening, closing in _WRAPPERS:
            if _is_wrapped(text, opening, closing):
                text, changed = text[len(opening) : -len(closing)].strip(), True
                break
    return text


def normal_text(text: str) -> str:
    """Return the one form in which texts that `clean_text` gave are equal strings if they are equal.

    Only typesetting is removed: spacing and sizing commands, variants of one command, wrappers of
    words. A space stays where it separates two words or numbers, so that `1 2` is not `12`. Case,
    braces and the order of parts stay. Time is linear in the length of `text`.
    """
    if text.isdecimal() and text.isascii():
        return text
    if "\\" in text:
        text = _THOUSANDS_GAP.sub(",", text)
        text = _DEGREES.sub("°", text)
        text = _COMMAND.sub(_synonym, text)
        text = _PLAIN_TEXT.sub(r"\1", text)
        text = strip_wrappers(text)
    if "{" in text:
        text = _BRACED_CHARACTER.sub(r"\1", text)
    return _SPACE.sub(_gap, text)


def _synonym(command: re.Match[str]) -> str:
    return _SYNONYMS.get(command[0], command[0])


def _gap(space: re.Match[str]) -> str:
    before = space.string[space.start() - 1 : space.start()]
    after = space.string[space.end() : space.end() + 1]
    # "1, 234" is a list of two and "1,234" a number.
    is_list_gap = before == "," and after.isdigit()
    return " " if is_list_gap or (before.isalnum() and after.isalnum()) else ""


def _is_wrapped(text: str, opening: str, closing: str) -> bool:
    if len(text) < len(opening) + len(closing):
        return False
    if not (text.startswith(opening) and text.endswith(closing)):
        return False
    if text.endswith("\\" + closing) and closing == "$":
        return False
    return opening not in text[len(opening) : -len(closing)]
