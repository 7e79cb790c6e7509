"""Writing a gold or an answer so that math-verify's parser reads it as it was meant."""

from __future__ import annotations

import re

_SIZES = re.compile(r"\\[bB]igg?[lmr]?(?![A-Za-z])")
_SET_BUILDER = re.compile(
    r"\\(?:\{|lbrace)\s*[A-Za-z]\s*(?:\\in\s*\\(?:mathbb\s*\{?R\}?|R)\s*)?(?:\\mid|\||:)"
    r"(?P<condition>[^|{}]*(?:\{[^{}]*\}[^|{}]*)*)\\(?:\}|rbrace)"
)
_BARE_DENOMINATOR = re.compile(r"\\frac(?P<top>\{[^{}]*\})\s*(?P<bottom>[A-Za-z0-9])")
_CAS_TOKEN = re.compile(
    r"(?P<opening>sqrt\s*\(|exp\s*\(|(?:\*\*|\^)\s*\()|(?:\*\*|\^)\s*(?P<exponent>-?\d+)"
    r"|(?P<name>[A-Za-z]+)|\*\*|."
)
_CAS_NAMES = {
    name: rf"\{name} "
    for name in (
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "log",
        "ln",
        "pi",
        "alpha",
        "beta",
        "theta",
    )
} | {"oo": r"\infty ", "inf": r"\infty ", "infinity": r"\infty ", "asin": r"\arcsin "}
_CAS_NAMES |= {"acos": r"\arccos ", "atan": r"\arctan ", "sqrt": r"\sqrt "}


def readable(text: str) -> str:
    r"""Return `text`, plain or LaTeX, as math-verify reads it best.

    Plain computer-algebra text becomes LaTeX (`sqrt(8)/2`, `x**2`), `\{x | x<3\}` becomes its
    condition, `\frac{a}b` gets its braces.
    """
    if "\\" not in text:
        return _latex_of_cas(text)
    text = _SIZES.sub("", text)
    text = _BARE_DENOMINATOR.sub(r"\\frac\g<top>{\g<bottom>}", text)
    builder = _SET_BUILDER.fullmatch(text)
    return text if builder is None else builder["condition"].strip()


def _latex_of_cas(text: str) -> str:
    written: list[str] = []
    closing: list[str] = []
    for token in _CAS_TOKEN.finditer(text):
        symbol = token[0]
        if token["opening"]:
            head = {"s": r"\sqrt{", "e": "e^{"}.get(symbol[0], "^{")
            written.append(head)
            closing.append("}")
        elif token["exponent"]:
            written.append(f"^{{{token['exponent']}}}")
        elif token["name"]:
            if len(symbol) > 1 and symbol not in _CAS_NAMES:
                return text
            written.append(_CAS_NAMES.get(symbol, symbol))
        elif symbol == "(":
            written.append("(")
            closing.append(")")
        elif symbol == ")":
            written.append(closing.pop() if closing else ")")
        else:
            written.append({"*": r"\cdot ", "**": "^"}.get(symbol, symbol))
    return "".join(written)
