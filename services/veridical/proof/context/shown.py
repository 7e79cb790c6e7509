"""Terms as text, for a person."""

from __future__ import annotations

from veridical.math.terms import (
    Apply,
    Constant,
    Logic,
    Number,
    Power,
    Product,
    Quantity,
    Relation,
    Row,
    Sum,
    Symbol,
    Term,
    Words,
)

_MAX_LENGTH = 400


def shown(term: Term) -> str:
    """Return `term` in plain notation, cut off where it is long."""
    text = _text(term)
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 1]}…"


def _text(term: Term) -> str:
    match term:
        case Number(value, _, _):
            return str(value)
        case Symbol(text) | Words(text):
            return text
        case Constant():
            return str(term.value)
        case Sum(parts):
            return " + ".join(_text(part) for part in parts).replace("+ -", "- ")
        case Product(parts):
            return "*".join(_inner(part) for part in parts)
        case Power(base, exponent):
            return f"{_inner(base)}^{_inner(exponent)}"
        case Relation(operator, left, right):
            return f"{_text(left)} {operator} {_text(right)}"
        case _:
            return _compound(term)


def _compound(term: Term) -> str:
    match term:
        case Apply(function, arguments):
            return f"{function}({', '.join(_text(each) for each in arguments)})"
        case Logic("not", (part,)):
            return f"not ({_text(part)})"
        case Logic(operator, parts):
            return f" {operator} ".join(_text(part) for part in parts)
        case Row(opening, closing, members):
            return f"{opening}{', '.join(_text(each) for each in members)}{closing}"
        case Quantity(value, unit):
            names = " ".join(name if power == 1 else f"{name}^{power}" for name, power in unit)
            return f"{_inner(value)} {names}"
        case _:
            return type(term).__name__


def _inner(term: Term) -> str:
    text = _text(term)
    if isinstance(term, Sum | Product | Power | Relation | Logic):
        return f"({text})"
    return f"({text})" if text.startswith("-") or "/" in text else text
