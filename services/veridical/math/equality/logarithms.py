"""What base a logarithm has that was written without one."""

from __future__ import annotations

from fractions import Fraction

from veridical.math.equality.rewrite import changed
from veridical.math.equality.survey import children
from veridical.math.equality.work import Work
from veridical.math.terms import Apply, Number, Term

_TEN = Number(Fraction(10))


def common_logarithms(gold: Term, answer: Term, work: Work) -> tuple[Term, Term]:
    """Return both sides with base 10 in place of none, where a side has base 10 and none has `ln`."""
    functions = _functions(gold) | _functions(answer)
    if not {"log", "log 10"} <= functions or "ln" in functions:
        return gold, answer
    return changed(gold, _to_ten, work), changed(answer, _to_ten, work)


def _functions(term: Term) -> set[str]:
    found: set[str] = set()
    if isinstance(term, Apply):
        if term.function == "log":
            has_ten = len(term.arguments) == 2 and term.arguments[1] == _TEN
            found.add("log" if len(term.arguments) == 1 else "log 10" if has_ten else "")
        elif term.function == "ln":
            found.add("ln")
    for part in children(term):
        found |= _functions(part)
    return found


def _to_ten(term: Term) -> Term | None:
    if isinstance(term, Apply) and term.function == "log" and len(term.arguments) == 1:
        return Apply("log", (*term.arguments, _TEN))
    return None
