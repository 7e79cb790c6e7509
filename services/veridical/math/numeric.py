"""Comparing parsed expressions by value: refutation at fixed points, equality of constants.

Runs in workers only. Evaluation is SymPy's `evalf` at a bounded precision; nothing is simplified.
"""

from __future__ import annotations

from fractions import Fraction

from sympy import Basic, Eq, Expr, Float, Symbol

from veridical.math.policy import MathPolicy
from veridical.math.rational import Plain
from veridical.math.values import Form, Values, equal_plain

DIGITS = 50
"""Decimal digits to which values are computed."""
_EXACT = Fraction(1, 10**30)
"""Relative distance beyond which two exact values differ."""
_ROUNDED = Fraction(1, 10**6)
"""The same where a decimal occurs within an expression."""
_POINTS = (("0.7316542", "0.0618034"), ("1.3790511", "0.1442695"))
"""First value and step of the values that the variables take, in the order of their names."""


def equal_numerically(
    gold: Basic,
    answer: Basic,
    gold_values: Values | None,
    answer_values: Values | None,
    policy: MathPolicy,
) -> bool | None:
    """Say whether `answer` equals `gold` by value; None where values cannot tell.

    Args:
        gold: The parsed gold.
        answer: The parsed answer.
        gold_values: The gold as plain numbers as written, where it is that.
        answer_values: The same for the answer.
        policy: Tolerances, units and percent signs.
    """
    gold, answer = _right_sides(gold, answer)
    if not (_is_expression(gold) and _is_expression(answer)):
        return None
    names = sorted({symbol.name for symbol in gold.free_symbols | answer.free_symbols})
    if not names:
        return _equal_constants(gold, answer, _single(gold_values), _single(answer_values), policy)
    if policy.ignore_variable_names or policy.rtol is not None or policy.atol is not None:
        return None
    accepted = _ROUNDED if gold.has(Float) or answer.has(Float) else _EXACT
    for first, step in _POINTS:
        point = {
            name: Float(first, DIGITS) + at * Float(step, DIGITS) for at, name in enumerate(names)
        }
        left, right = _value(gold, point), _value(answer, point)
        if left is not None and right is not None and _differ(left, right, accepted):
            return False
    return None


def _right_sides(gold: Basic, answer: Basic) -> tuple[Basic, Basic]:
    """Return what to compare where a side is `x = …`: the right sides, if `x` is the same."""
    if isinstance(gold, Eq) and isinstance(answer, Eq):
        same = _is_assignment(gold) and _is_assignment(answer) and gold.lhs == answer.lhs
        return (gold.rhs, answer.rhs) if same else (gold, answer)
    if _is_assignment(gold) and isinstance(answer, Expr):
        return gold.rhs, answer
    if _is_assignment(answer) and isinstance(gold, Expr):
        return gold, answer.rhs
    return gold, answer


def _is_assignment(parsed: Basic) -> bool:
    return (
        isinstance(parsed, Eq)
        and isinstance(parsed.lhs, Symbol)
        and parsed.lhs not in parsed.rhs.free_symbols
    )


def _is_expression(parsed: Basic) -> bool:
    return isinstance(parsed, Expr) and not isinstance(parsed, Symbol)


def _single(values: Values | None) -> Plain | None:
    return values.members[0] if values is not None and values.form is Form.SINGLE else None


def _equal_constants(
    gold: Expr,
    answer: Expr,
    gold_plain: Plain | None,
    answer_plain: Plain | None,
    policy: MathPolicy,
) -> bool | None:
    left, right = _value(gold, {}), _value(answer, {})
    if left is None or right is None:
        return None
    exact = _EXACT if gold_plain is not None or answer_plain is not None else None
    if exact is None and (gold.has(Float) or answer.has(Float)):
        exact = _ROUNDED
    if not _differ(left, right, exact or _EXACT):
        return True
    if left[1] or right[1]:
        return False
    return equal_plain(gold_plain or Plain(left[0]), answer_plain or Plain(right[0]), policy)


def _value(expression: Expr, point: dict[str, Expr]) -> tuple[Fraction, Fraction] | None:
    substitution = {symbol: point[symbol.name] for symbol in expression.free_symbols}
    value = expression.evalf(DIGITS, subs=substitution)
    real, imaginary = value.as_real_imag()
    if not (real.is_Number and imaginary.is_Number and real.is_finite and imaginary.is_finite):
        return None
    return Fraction(str(real)), Fraction(str(imaginary))


def _differ(
    left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction], accepted: Fraction
) -> bool:
    distance = max(abs(left[0] - right[0]), abs(left[1] - right[1]))
    return distance > accepted * max(*map(abs, left), *map(abs, right))
